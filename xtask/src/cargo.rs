//! Calls of cargo. Which packages and features go together is decided here, once: cargo builds a dependency again for
//! each set of features, and `app` must never have `ssr` and `hydrate` in one call.

use std::ffi::OsStr;
use std::process::Command;

use crate::workspace::Workspace;

/// The target of everything that runs in the browser.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The rooms that run natively, with the features they share in lints, documentation and tests.
pub const NATIVE: &[&str] = &[
    "-p",
    "domain",
    "-p",
    "passphrase",
    "-p",
    "app",
    "-p",
    "sandbox",
    "-p",
    "server",
    "--features",
    "server/sandbox,app/ssr",
];

/// The rooms that run in the browser.
pub const BROWSER: &[&str] = &[
    "-p",
    "browser",
    "-p",
    "frontend",
    "-p",
    "passphrase",
    "-p",
    "app",
    "--features",
    "app/hydrate",
    "--target",
    WASM,
];

/// These commands themselves, apart from the rest because they are already built with just their own features.
pub const XTASK: &[&str] = &["-p", "xtask", "-p", "wasm-test-runner"];

/// `cargo <arguments>` in the workspace's root.
pub fn cargo<I: IntoIterator<Item: AsRef<OsStr>>>(workspace: &Workspace, arguments: I) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&workspace.root).args(arguments);
    // What cargo told this process about `xtask` would only confuse build scripts of other packages.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_about_this_package) {
            command.env_remove(name);
        }
    }
    command
}

/// `cargo <verb> <packages> <more>`.
pub fn with(workspace: &Workspace, verb: &str, packages: &[&str], more: &[&str]) -> Command {
    cargo(workspace, [verb].iter().chain(packages).chain(more))
}

fn is_about_this_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_BIN_")
}
