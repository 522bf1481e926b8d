//! Logs: structured, on the standard error output, without secrets.

use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::{Log, LogFormat};

/// Starts logging for the whole process, and logs panics by their place only.
pub fn start(log: &Log) {
    subscriber(log, std::io::stderr).init();
    std::panic::set_hook(Box::new(log_panic));
}

/// What writes the log lines.
pub fn subscriber<W>(log: &Log, writer: W) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    match log.format {
        LogFormat::Text => {
            Box::new(registry.with(tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false)))
        }
        LogFormat::Json => Box::new(registry.with(tracing_subscriber::fmt::layer().with_writer(writer).json())),
    }
}

/// What was said in a panic may hold anything, so only its place is logged.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "a part of the server panicked");
}
