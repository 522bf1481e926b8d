//! `cargo xtask run`: builds the app and becomes the server.

use std::process::{Command, ExitCode};

use anyhow::Context;

use crate::build::{self, Profile};
use crate::workspace::Workspace;

/// Builds, then starts the server with the sandbox; `flags` go to the server.
///
/// The server takes this process's place where the system can do that, so that Ctrl-C and other signals reach it alone
/// and its graceful shutdown is seen to the end.
pub fn run(profile: Profile, flags: &[String]) -> anyhow::Result<ExitCode> {
    let program = build::build(profile)?;
    println!("· Start the server (Ctrl-C stops it)");
    let mut server = Command::new(&program);
    server.arg("--sandbox").args(flags).env("TOKENKEEP_SITE", Workspace::find()?.site());
    become_it(&mut server).with_context(|| format!("can't start {}", program.display()))
}

#[cfg(unix)]
fn become_it(command: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> std::io::Result<ExitCode> {
    let status = command.status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
