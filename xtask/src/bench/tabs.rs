//! What the keeper does between tabs, beside five libraries from npm: `end2end/bench` measures it in Chromium.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::build::{self, Profile};
use crate::cache::Cache;
use crate::cargo::{WASM, with};
use crate::install;
use crate::playwright;
use crate::step;
use crate::wasm;
use crate::workspace::Workspace;

/// Builds the keeper's own page, installs the libraries, measures, and prints the tables.
pub fn print(workspace: &Workspace) -> anyhow::Result<()> {
    let browser = install::browser()?;
    let server = build::server(workspace, Profile::Release)?;
    build::site_folder(workspace, Profile::Release)?;
    let page = keeper_page(workspace)?;
    let bench = workspace.npm().join("bench");
    let mut install = Command::new(install::npm_program());
    step::must("Install what is measured against", install.current_dir(bench).args(["ci", "--no-audit", "--no-fund"]))?;
    let mut command = playwright::command(workspace, &browser, &server);
    command.args(["--project=bench", "bench/figures"]).env("TOKENKEEP_BENCH", "1").env("BENCH_PAGE", page);
    step::must("Measure tabs in Chromium", &mut command)?;
    let table = workspace.npm().join("test-results/bench.md");
    print!("\n{}", fs::read_to_string(table).context("the measurement left no table")?);
    simulation(workspace)
}

/// The folder of the keeper's page program.
fn keeper_page(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let example = ["-p", "browser", "--example", "bench_page", "--target", WASM, "--profile", "wasm-release"];
    step::must("Build the keeper's page", &mut with(workspace, "build", &example, &[]))?;
    let built = workspace.target.join(WASM).join("wasm-release/examples/bench_page.wasm");
    let folder = workspace.scratch(Profile::Release).join("bench-page");
    let mut cache = Cache::open(workspace.scratch(Profile::Release).join("bench-cache"))?;
    wasm::bare(workspace, &built, &folder, &mut cache)?;
    Ok(folder)
}

fn simulation(workspace: &Workspace) -> anyhow::Result<()> {
    let example = ["--release", "-p", "domain", "--example", "simulate", "--"];
    let finished = step::must("Simulate", &mut with(workspace, "run", &example, &["10000"]))?;
    print!("\n{}", finished.output.lines().rev().take(3).collect::<Vec<_>>().join("\n"));
    println!("\nthat took {:.1} s", finished.elapsed.as_secs_f64());
    Ok(())
}
