//! `cargo xtask simulate`: many more simulated browsers than the tests run.

use std::process::ExitCode;

use anyhow::Context;

use crate::cargo::with;
use crate::workspace::Workspace;

/// Builds the simulation with optimization and runs it; `bounds` are how many worlds and the first seed.
pub fn simulate(bounds: &[&str]) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    println!("· Simulate browsers full of tabs, each from its seed");
    let example = ["--release", "-p", "domain", "--example", "simulate", "--"];
    let status = with(&workspace, "run", &example, bounds).status().context("can't start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
