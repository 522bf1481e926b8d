//! What a first visit loads, and how long a person waits for a page with many tokens, for a locked vault, and for a device that
//! joins sync: `end2end/bench` measures it in Chromium.

use std::fs;

use anyhow::Context;

use crate::build::{self, Profile};
use crate::install;
use crate::playwright;
use crate::step;
use crate::workspace::Workspace;

/// Builds the release's site, measures, and prints the tables.
pub fn print(workspace: &Workspace) -> anyhow::Result<()> {
    let browser = install::browser()?;
    let server = build::server(workspace, Profile::Release)?;
    build::site_folder(workspace, Profile::Release)?;
    let mut command = playwright::command(workspace, &browser, &server);
    let measured = ["bench/first_load", "bench/pages", "bench/sync"];
    command.arg("--project=bench").args(measured).env("TOKENKEEP_BENCH", "1");
    step::must("Measure pages in Chromium", &mut command)?;
    for table in ["first-load", "pages", "sync"] {
        let path = workspace.npm().join(format!("test-results/bench-{table}.md"));
        print!("\n{}", fs::read_to_string(path).context("the measurement left no table")?);
    }
    Ok(())
}
