//! `cargo xtask endure`: the end-to-end tests that take minutes, about eleven in all.

use std::process::ExitCode;

use anyhow::Context;

use crate::build::{self, Profile};
use crate::install;
use crate::playwright;
use crate::workspace::Workspace;

/// Builds what the end-to-end tests start, and runs those of `end2end/specs/endure`.
pub fn endure() -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    install::for_build(&workspace)?;
    let browser = install::browser()?;
    let server = build::tested_server(&workspace)?;
    build::site_folder(&workspace, Profile::Release)?;
    println!("· Tabs together for minutes: many, hidden, frozen");
    let mut command = playwright::command(&workspace, &browser, &server);
    let status =
        command.arg("--project=endure").env("TOKENKEEP_ENDURE", "1").status().context("can't start Playwright")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
