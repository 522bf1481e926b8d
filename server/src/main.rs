//! The Tokenkeep server: reads settings, starts logging, serves; or checks the audit log.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::audit::command::{CheckError, check, words};
use server::audit::verify::Noted;
use server::logs;
use server::start::{StartError, read_settings, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Gets, keeps, renews and watches API tokens.
#[derive(Parser)]
#[command(name = "tokenkeep", version, about)]
struct Arguments {
    /// The settings file; tokenkeep.example.toml lists every setting. Environment variables (TOKENKEEP_...) win.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Starts the sandbox too: a provider on a loopback port, to try everything without an account elsewhere.
    #[arg(long)]
    sandbox: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// What can be done with the audit log.
    #[command(subcommand)]
    Audit(Audit),
}

#[derive(Subcommand)]
enum Audit {
    /// Checks the whole audit log: finds an event that was changed, removed, moved, or cut off the end. Changes nothing.
    Verify {
        /// An event's place and code as printed by an earlier check: it must still be there as it was.
        #[arg(long, value_name = "PLACE:CODE")]
        head: Option<Noted>,
        /// The file of a secret the server had before, for events written with it; may be given several times.
        #[arg(long, value_name = "FILE")]
        secret_file: Vec<PathBuf>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let failed = |error: &dyn Error| {
        eprintln!("tokenkeep: {}", chain(error));
        ExitCode::FAILURE
    };
    match &arguments.command {
        None => start(arguments).await.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS),
        Some(Command::Audit(audit)) => verify(&arguments, audit).await.unwrap_or_else(|error| failed(&*error)),
    }
}

/// Prints what the check came to; fails when something is not as it should be.
async fn verify(arguments: &Arguments, audit: &Audit) -> Result<ExitCode, Box<dyn Error>> {
    let Audit::Verify { head, secret_file } = audit;
    let settings = read_settings(arguments.config.as_deref())?;
    let verdict = check(&settings, secret_file, *head).await.map_err(Box::<CheckError>::new)?;
    print!("{}", words(&verdict));
    Ok(if verdict.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn start(arguments: Arguments) -> Result<(), StartError> {
    let settings = read_settings(arguments.config.as_deref())?;
    logs::start(&settings.log);
    run(settings, arguments.sandbox).await
}

/// The error and what caused it, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
