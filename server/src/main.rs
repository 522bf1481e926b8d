//! The Tokenkeep server: reads settings, starts logging, serves.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use server::logs;
use server::start::{StartError, read_settings, run};

/// Gets, keeps, renews and watches API tokens.
#[derive(Parser)]
#[command(name = "tokenkeep", version, about)]
struct Arguments {
    /// The settings file; tokenkeep.example.toml lists every setting. Environment variables (TOKENKEEP_...) win.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Starts the sandbox too: a provider on a loopback port, to try everything without an account elsewhere.
    #[arg(long)]
    sandbox: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match start(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tokenkeep: {}", chain(&error));
            ExitCode::FAILURE
        }
    }
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
