//! `cargo xtask test`: everything, cheap checks first. A failure is noted and the rest still runs.

use std::process::{Command, ExitCode};

use crate::build::{self, Profile};
use crate::cargo::{BROWSER, NATIVE, WASM, XTASK, with};
use crate::check;
use crate::install::{self, Browser};
use crate::playwright;
use crate::report::Report;
use crate::tally::Runner;
use crate::workspace::Workspace;

/// Runs all checks and tests.
pub fn test() -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    let mut report = Report::default();
    let tools = report.work("Tools", || tools(&workspace));
    check::format(&workspace, &mut report);
    check::lints(&workspace, &mut report);
    documentation(&workspace, &mut report);
    check::layers(&workspace, &mut report);
    check::embed_tests(&workspace, &mut report);
    let native = check::native_tests(&workspace);
    match &tools {
        Some(browser) => {
            let mut together = browser_tests(&workspace, &mut report, browser);
            together.insert(0, native);
            let site = || build::site_folder(&workspace, Profile::Release);
            let (site, ()) = build::beside(site, || report.run_together(together));
            end_to_end(&workspace, &mut report, (browser, site));
        }
        None => {
            report.run_together(vec![native]);
            report.skip("Browser and end-to-end tests", "a tool is missing");
        }
    }
    Ok(report.close())
}

fn tools(workspace: &Workspace) -> anyhow::Result<Browser> {
    install::components(workspace)?;
    install::for_build(workspace)?;
    install::browser()
}

/// With the examples, for which cargo takes the features that tests have: what the lints have looked at is used again then.
const WITH_EXAMPLES: &[&str] = &["--no-deps", "--lib", "--examples"];

fn documentation(workspace: &Workspace, report: &mut Report) {
    for (name, packages, what) in [
        ("Documentation (server)", NATIVE, WITH_EXAMPLES),
        ("Documentation (browser)", BROWSER, WITH_EXAMPLES),
        ("Documentation (commands)", XTASK, &["--no-deps"]),
    ] {
        let mut command = with(workspace, "doc", packages, what);
        report.run(name, Runner::None, command.env("RUSTDOCFLAGS", "-D warnings"));
    }
}

fn end_to_end(workspace: &Workspace, report: &mut Report, (browser, site): (&Browser, anyhow::Result<()>)) {
    let built = report.work("Server and site", || {
        site?;
        build::tested_server(workspace)
    });
    let Some(server) = built else { return report.skip("End-to-end tests", "server or site could not be built") };
    let mut playwright = playwright::command(workspace, browser, &server);
    report.run("End-to-end tests", Runner::Playwright, &mut playwright);
}

/// What the names of one half of the browser tests have, and those of the other have not.
const HALF: &str = "site";

/// The simulation's optimization takes a minute to build and is of no use in a browser.
const UNOPTIMIZED: &str = "profile.dev.package.domain.opt-level=0";

/// The tests that need a browser and no server, once their runner is built: in two halves beside each other, because
/// many of them wait, for what must not happen within some seconds.
fn browser_tests(
    workspace: &Workspace,
    report: &mut Report,
    browser: &Browser,
) -> Vec<(&'static str, Runner, Command)> {
    // As their tests are built, so that the crates they share are not built with other features again.
    let mut runner = with(workspace, "build", XTASK, &[]);
    if !report.run("Build the browser test runner", Runner::None, &mut runner) {
        return Vec::new();
    }
    let half = |name, filter: &[&str]| {
        let arguments = [&["--no-fail-fast", "--"], filter].concat();
        let mut command =
            with(workspace, "test", &["-p", "browser", "--target", WASM, "--config", UNOPTIMIZED], &arguments);
        command.env("CHROMEDRIVER", &browser.driver);
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", workspace.target.join("debug/wasm-test-runner"));
        (name, Runner::Cargo, command)
    };
    vec![half("Browser tests of sites", &[HALF]), half("Browser tests of all else", &["--skip", HALF])]
}
