//! `cargo xtask bench`: figures of one run on one machine, as a table. Nothing here passes or fails.

use std::path::PathBuf;
use std::process::Command;

use crate::build::{self, Profile};
use crate::cargo::{WASM, with};
use crate::install;
use crate::step;
use crate::workspace::Workspace;

mod gateway;
mod http;
mod load;
mod memory;
mod nginx;
mod page;
mod pages;
mod printed;
mod processor;
mod quantiles;
mod rig;
mod table;
mod tabs;
mod token;

use rig::Rig;
use table::Table;

/// All figures: minutes for the first table, hours for that of the tabs.
pub fn bench() -> anyhow::Result<()> {
    server()?;
    pages()?;
    tabs()
}

/// Builds the release, starts it with fresh data, measures it, the keeper's decisions and the vault, and prints the table.
pub fn server() -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    install::for_build(&workspace)?;
    let server = build::server(&workspace, Profile::Release)?;
    build::site_folder(&workspace, Profile::Release)?;
    let mut table = Table::default();
    let rig = step::work("Start the server with fresh data", || Rig::start(&workspace, &server))?;
    table.part("Memory, idle", || Ok(vec![memory::row("resident memory, idle", memory::resident(rig.process())?)]));
    table.part("First load and pages", || page::figures(&rig));
    table.part("Token route, one request at a time", || token::figures(&rig));
    table.part("Token route under load", || load::figures(&rig, &workspace.target.join("xtask/bench")));
    table.part("Gateway", || gateway::figures(&workspace, &rig));
    drop(rig);
    table.part("Keeper", || keeper(&workspace));
    table.part("Vault", || vault(&workspace));
    print!("{table}");
    Ok(())
}

/// What a call through the gateway costs, beside nginx and Express: of the release, which is built first, or of a server that is
/// there already, with the site folder as it is.
pub fn gateway(built: Option<&str>) -> anyhow::Result<()> {
    of_server(built, |workspace, rig, table| table.part("Gateway", || gateway::figures(workspace, rig)))
}

/// What a token by the token route costs, one at a time and under load beside nginx: of the same servers.
pub fn tokens(built: Option<&str>) -> anyhow::Result<()> {
    of_server(built, |workspace, rig, table| {
        table.part("Token route, one request at a time", || token::figures(rig));
        table.part("Token route under load", || load::figures(rig, &workspace.target.join("xtask/bench")));
    })
}

fn of_server(built: Option<&str>, measure: impl FnOnce(&Workspace, &Rig, &mut Table)) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    let server = match built {
        Some(server) => PathBuf::from(server),
        None => {
            install::for_build(&workspace)?;
            build::site_folder(&workspace, Profile::Release)?;
            build::server(&workspace, Profile::Release)?
        }
    };
    let mut table = Table::default();
    let rig = step::work("Start the server with fresh data", || Rig::start(&workspace, &server))?;
    measure(&workspace, &rig, &mut table);
    print!("{table}");
    Ok(())
}

/// How long a page with many tokens takes, and a vault kept by a passphrase.
pub fn pages() -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    install::for_build(&workspace)?;
    pages::print(&workspace)
}

/// What the keeper does between tabs, beside the libraries from npm; needs no more than the server and its own page.
pub fn tabs() -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    install::for_build(&workspace)?;
    tabs::print(&workspace)
}

fn keeper(workspace: &Workspace) -> anyhow::Result<Vec<table::Row>> {
    let example = ["--release", "-p", "domain", "--example", "keeper_decisions"];
    let finished = step::must("Count the keeper's decisions", &mut with(workspace, "run", &example, &[]))?;
    printed::figures(&finished.output)
}

fn vault(workspace: &Workspace) -> anyhow::Result<Vec<table::Row>> {
    let browser = install::browser()?;
    let mut command: Command =
        with(workspace, "test", &["-p", "browser", "--target", WASM, "--test", "bench_vault"], &["--", "--nocapture"]);
    let finished = step::must("Time the vault in Chromium", command.env("CHROMEDRIVER", browser.driver))?;
    printed::figures(&finished.output)
}
