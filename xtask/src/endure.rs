//! `cargo xtask endure`: the end-to-end tests that take minutes, and those of several tabs over each way for their news.

use std::process::ExitCode;

use anyhow::Context;

use crate::build::{self, Profile};
use crate::install;
use crate::playwright;
use crate::workspace::Workspace;

/// What is run: `end2end/playwright.config.ts` says which specs each has.
const PROJECTS: [&str; 4] = ["endure", "news-by-worker", "news-by-channel", "news-by-storage"];

/// Builds what the end-to-end tests start, and runs those of `end2end/specs/endure` and what goes on between tabs.
pub fn endure() -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    install::for_build(&workspace)?;
    let browser = install::browser()?;
    let server = build::tested_server(&workspace)?;
    build::site_folder(&workspace, Profile::Release)?;
    println!("· Tabs together for minutes: many, hidden, frozen; then their specs over each way for news");
    let mut command = playwright::command(&workspace, &browser, &server);
    command.args(PROJECTS.map(|name| format!("--project={name}")));
    let status = command.env("TOKENKEEP_ENDURE", "1").status().context("can't start Playwright")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
