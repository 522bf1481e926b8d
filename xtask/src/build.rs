//! `cargo xtask build`: the server binary and the site folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::Context;
use serde_json::Value;

use crate::cache::Cache;
use crate::cargo::{NATIVE, WASM, with};
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
    let (site, server) = beside(|| site_folder(&workspace, profile), || server(&workspace, profile));
    site?;
    server
}

/// Does two things beside each other: rustc ends with a long step on one core, and the other one is free meanwhile.
pub fn beside<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().expect("it ends, whatever it comes to"), other)
    })
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
    let packages = ["-p", "server", "--features", "sandbox", "--profile", name];
    step::must("Build the server", &mut with(workspace, "build", &packages, &[]))?;
    Ok(workspace.target.join(folder).join(format!("server{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds the server that the end-to-end tests start, without optimization: the one the tests of the server are built with, so that
/// after them nothing is left to build. Answers with the path of its binary.
pub fn tested_server(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let mut build = with(workspace, "test", NATIVE, &["--no-run", "--message-format=json"]);
    let built = step::must("Build the server", &mut build)?;
    binary(&built.output, "server").context("cargo names no server among what it built")
}

/// The path of a program among cargo's messages about what it built.
fn binary(messages: &str, name: &str) -> Option<PathBuf> {
    let mut messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.find_map(|message| {
        let (target, is_test) = (&message["target"], &message["profile"]["test"]);
        let is_it = target["name"] == name && target["kind"][0] == "bin" && *is_test == false;
        message["executable"].as_str().filter(|_| is_it).map(PathBuf::from)
    })
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::binary;

    #[test]
    fn a_program_is_found_among_cargos_messages() {
        let message = |kind: &str, name: &str, test: bool, path: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"kind":["{kind}"],"name":"{name}"}},"profile":{{"test":{test}}},"executable":{path}}}"#
            )
        };
        let messages = [
            "   Compiling server v0.1.0".to_owned(),
            message("lib", "server", false, "null"),
            message("bin", "server", true, r#""/target/debug/deps/server-1""#),
            message("bin", "other", false, r#""/target/debug/other""#),
            message("bin", "server", false, r#""/target/debug/server""#),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ];
        assert_eq!(binary(&messages.join("\n"), "server"), Some(PathBuf::from("/target/debug/server")));
        assert_eq!(binary(&messages[..4].join("\n"), "server"), None);
    }
}
