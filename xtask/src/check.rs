//! `cargo xtask check`: what takes seconds once it is warm.

use std::process::{Command, ExitCode};

use crate::cargo::{BROWSER, NATIVE, XTASK, cargo, with};
use crate::install;
use crate::report::Report;
use crate::tally::Runner;
use crate::workspace::Workspace;

const STRICT: &[&str] = &["--", "-D", "warnings"];

/// Format, lints, layers, native tests and those of `embed/`.
pub fn check() -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    install::wasm_target(&workspace)?;
    install::components(&workspace)?;
    let mut report = Report::default();
    format(&workspace, &mut report);
    lints(&workspace, &mut report);
    layers(&workspace, &mut report);
    let (name, runner, mut command) = native_tests(&workspace);
    report.run(name, runner, &mut command);
    embed_tests(&workspace, &mut report);
    Ok(report.close())
}

/// Whether every file is formatted.
pub fn format(workspace: &Workspace, report: &mut Report) {
    report.run("Format", Runner::None, &mut cargo(workspace, ["fmt", "--all", "--check"]));
}

/// Clippy, with each set of features apart.
pub fn lints(workspace: &Workspace, report: &mut Report) {
    let strict = [&["--all-targets"], STRICT].concat();
    report.run("Lints (server)", Runner::None, &mut with(workspace, "clippy", NATIVE, &strict));
    report.run("Lints (browser)", Runner::None, &mut with(workspace, "clippy", BROWSER, &strict));
    report.run("Lints (commands)", Runner::None, &mut with(workspace, "clippy", XTASK, &strict));
}

/// The script for other people's pages, with the keeper's own decisions as test vectors.
pub fn embed_tests(workspace: &Workspace, report: &mut Report) {
    let mut node = Command::new("node");
    node.current_dir(workspace.embed()).args(["--test", "--test-reporter=tap", "tests/"]);
    report.run("Tests of embed.js", Runner::Node, &mut node);
}

/// Layers, and the commands' own tests.
pub fn layers(workspace: &Workspace, report: &mut Report) {
    let mut command = with(workspace, "test", XTASK, &["--no-fail-fast"]);
    report.run("Tests of layers and commands", Runner::Cargo, &mut command);
}

/// The unit, property and server tests.
pub fn native_tests(workspace: &Workspace) -> (&'static str, Runner, Command) {
    ("Tests of domain, app and server", Runner::Cargo, with(workspace, "test", NATIVE, &["--no-fail-fast"]))
}
