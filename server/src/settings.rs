//! What an operator may set: a TOML file first, then environment variables.
//!
//! Every key stands once in `keys::KEYS`, with its default and its words; `tokenkeep.example.toml`, the reader and the
//! error messages all come from there. An unknown key or a bad value stops the start and names the key.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use domain::https_url::HttpsUrl;
use domain::id::ProviderId;
use domain::site::SiteId;
use domain::time::Span;

mod draft;
mod error;
mod example;
mod keys;
mod read;
mod values;

pub use error::SettingsError;
pub use example::example;

use crate::network::Network;

/// All settings, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address people open, when it is not the one listened on.
    pub public_url: Option<String>,
    /// The folder of the database.
    pub data: PathBuf,
    /// The folder of the built browser files.
    pub site: PathBuf,
    /// Exact loopback origins that may be asked.
    pub loopback_origins: Vec<HttpsUrl>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Certificate and key files.
    pub tls: Option<TlsFiles>,
    /// How long a session lasts.
    pub session: SessionLife,
    /// Requests per minute.
    pub limits: Limits,
    /// How providers are asked.
    pub upstream: UpstreamBounds,
    /// What is logged, and how.
    pub log: Log,
    /// Where the sandbox listens.
    pub sandbox_listen: SocketAddr,
    /// Where the page that shows the chat listens, beside the sandbox.
    pub sandbox_demo_listen: SocketAddr,
    /// How long requests in flight may take when the server stops.
    pub shutdown_grace: Span,
    /// The file with the server's own secret, when it is not in the data folder.
    pub secret_file: Option<PathBuf>,
    /// How long a key signs org tokens before the next one does.
    pub signing_key_life: Span,
    /// How long a conversation is kept after its last message.
    pub conversations_kept: Span,
    /// How much of the audit log is kept.
    pub audit: AuditKept,
    /// Who else may read the metrics.
    pub metrics: MetricsAccess,
    /// How calls are passed on.
    pub gateway: GatewayBounds,
    /// The site token the operator gives to all who may obtain tokens.
    pub default_token: Option<DefaultTokenSetting>,
}

impl Settings {
    /// The file with the server's own secret.
    pub fn secret_file(&self) -> PathBuf {
        self.secret_file.clone().unwrap_or_else(|| self.data.join("server.secret"))
    }
}

/// The files of a certificate, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and its chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// How long a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLife {
    /// Without a request.
    pub idle: Span,
    /// In all.
    pub absolute: Span,
}

/// How many requests a minute are answered; 0 sets no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of one person.
    pub per_user: u32,
    /// From one address (one /64 network for IPv6).
    pub per_address: u32,
    /// Of the bootloader, for one org key from one address.
    pub bootloader: u32,
    /// Conversations begun on one organization's pages from one address.
    pub conversations: u32,
    /// Messages a visitor sends in one conversation.
    pub visitor_messages: u32,
    /// Of one person's browsers, with reports for the audit log.
    pub audit_reports: u32,
}

/// Who may read the metrics beside signed-in admins and auditors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricsAccess {
    /// The file of a scraper's bearer token.
    pub token_file: Option<PathBuf>,
    /// Networks that need none.
    pub networks: Vec<Network>,
}

/// How much of the audit log is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditKept {
    /// How long an event is kept.
    pub age: Span,
    /// How many events are kept.
    pub most: u64,
}

/// How providers are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpstreamBounds {
    /// How long one try may take.
    pub try_timeout: Span,
    /// How long all tries may take.
    pub total_timeout: Span,
    /// How many tries.
    pub tries: u32,
    /// How many bytes an answer may have.
    pub answer_bytes: usize,
    /// How many bytes the answer of an API may have.
    pub api_answer_bytes: usize,
}

/// How calls are passed on to providers' APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayBounds {
    /// How many bytes an answer may have.
    pub answer_bytes: u64,
    /// How many bytes the body of a call may have.
    pub request_bytes: u64,
    /// How long nothing of a body may come.
    pub idle: Span,
    /// How long nothing of an event stream or a WebSocket may come.
    pub stream_idle: Span,
    /// How long anything may last in all.
    pub longest: Span,
    /// How many event streams and WebSockets may be open at once.
    pub streams: u32,
    /// How many of them one person may have.
    pub streams_per_user: u32,
}

impl GatewayBounds {
    /// Nothing may be passed on.
    pub const NONE: Self = Self {
        answer_bytes: 0,
        request_bytes: 0,
        idle: Span::ZERO,
        stream_idle: Span::ZERO,
        longest: Span::ZERO,
        streams: 0,
        streams_per_user: 0,
    };
}

/// The site token the operator gives to all who may obtain tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultTokenSetting {
    /// The provider whose API it is for.
    pub provider: ProviderId,
    /// The only site it is used for.
    pub site: SiteId,
    /// The site's name.
    pub name: String,
    /// Where the token lies.
    pub file: PathBuf,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Text for people or JSON for machines.
    pub format: LogFormat,
    /// The filter, as `tracing_subscriber::EnvFilter` takes it.
    pub level: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Settings {
    /// Reads the file's text, if there is a file, then the environment's variables.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] names the key and where it stands.
    pub fn read(file: Option<&str>, environment: &BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let mut draft = draft::Draft::with_defaults();
        if let Some(text) = file {
            read::apply_file(&mut draft, text)?;
        }
        read::apply_environment(&mut draft, environment)?;
        let settings = draft.finish()?;
        settings.check()?;
        Ok(settings)
    }

    /// The settings nobody has touched.
    pub fn defaults() -> Self {
        Self::read(None, &BTreeMap::new()).expect("the defaults are valid: a test reads them")
    }

    /// The address people open, without a trailing slash.
    pub fn address(&self) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let host = match self.listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => "127.0.0.1".to_owned(),
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) if ip.is_unspecified() => "[::1]".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        format!("{scheme}://{host}:{}", self.listen.port())
    }

    fn check(&self) -> Result<(), SettingsError> {
        let guarded = self.tls.is_some() || self.listen.ip().is_loopback() || !self.trusted_proxies.is_empty();
        if !guarded {
            return Err(SettingsError::PlainHttp { listen: self.listen });
        }
        if self.session.idle > self.session.absolute {
            return Err(SettingsError::Together {
                keys: "session.idle_minutes and session.absolute_hours",
                why: "a session can't last longer without a request than in all",
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
