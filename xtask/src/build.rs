//! `cargo xtask build`: the server binary and the site folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::cargo::{WASM, with};
use crate::install;
use crate::site::Site;
use crate::step;
use crate::wasm;
use crate::workspace::Workspace;

/// What the derivation's files are called; the worker's script loads them by these names.
const DERIVATION: [&str; 2] = ["argon2id.js", "argon2id.wasm"];

/// How much care a build takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Fast to build: no optimization, nothing precompressed.
    Debug,
    /// What a person runs.
    Release,
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Debug => "debug",
            Self::Release => "release",
        })
    }
}

impl Profile {
    /// The server's cargo profile and the folder it builds into.
    fn server(self) -> (&'static str, &'static str) {
        match self {
            Self::Debug => ("dev", "debug"),
            Self::Release => ("release", "release"),
        }
    }

    /// The WASM's cargo profile and the folder it builds into.
    fn wasm(self) -> (&'static str, &'static str) {
        match self {
            Self::Debug => ("dev", "debug"),
            Self::Release => ("wasm-release", "wasm-release"),
        }
    }
}

/// Builds server and site; answers with the path of the server's binary.
pub fn build(profile: Profile) -> anyhow::Result<PathBuf> {
    let workspace = Workspace::find()?;
    install::for_build(&workspace)?;
    let server = server(&workspace, profile)?;
    site_folder(&workspace, profile)?;
    Ok(server)
}

/// Builds the site folder alone.
pub fn site(profile: Profile) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    install::for_build(&workspace)?;
    site_folder(&workspace, profile)
}

/// Builds the server with the sandbox; answers with the path of its binary.
pub fn server(workspace: &Workspace, profile: Profile) -> anyhow::Result<PathBuf> {
    let (name, folder) = profile.server();
    server_of(workspace, name, folder)
}

/// Builds the server that the end-to-end tests start; answers with the path of its binary.
pub fn tested_server(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    server_of(workspace, "tested", "tested")
}

fn server_of(workspace: &Workspace, name: &str, folder: &str) -> anyhow::Result<PathBuf> {
    let packages = ["-p", "server", "--features", "sandbox", "--profile", name];
    step::must("Build the server", &mut with(workspace, "build", &packages, &[]))?;
    Ok(workspace.target.join(folder).join(format!("server{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds the WASM and puts the site folder together.
pub fn site_folder(workspace: &Workspace, profile: Profile) -> anyhow::Result<()> {
    let (name, folder) = profile.wasm();
    let packages = ["-p", "frontend", "-p", "passphrase", "--target", WASM, "--profile", name];
    // Only a release is cut into parts: it takes a while.
    let features: &[&str] = if profile == Profile::Release { &["--features", "frontend/split"] } else { &[] };
    step::must("Build the WASM", &mut with(workspace, "build", &packages, features))?;
    let built = workspace.target.join(WASM).join(folder);
    let mut site = Site::open(workspace, profile)?;
    let package = wasm::package(workspace, profile, &built.join("frontend.wasm"), site.cache())?;
    let derivation = derivation(workspace, profile, &built.join("passphrase.wasm"), site.cache())?;
    site.assemble(workspace, package, derivation)
}

/// The derivation's WASM with the JavaScript that loads it: a program of its own, which a worker loads.
fn derivation(
    workspace: &Workspace,
    profile: Profile,
    built: &Path,
    cache: &mut Cache,
) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let folder = workspace.scratch(profile).join("derivation");
    // Where it is made small, whichever profile the rest is built with.
    fs::create_dir_all(workspace.scratch(Profile::Release))?;
    wasm::bare(workspace, built, &folder, cache)?;
    let made = ["tokenkeep.js", "tokenkeep_bg.wasm"];
    made.iter().zip(DERIVATION).map(|(made, name)| Ok((name.to_owned(), fs::read(folder.join(made))?))).collect()
}
