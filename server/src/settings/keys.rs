//! Every key, once.

use std::net::SocketAddr;
use std::path::PathBuf;

use domain::https_url::HttpsUrl;
use domain::time::Span;

use super::error::Place;
use super::values::{
    days, items, log_format, log_level, number, optional_path, origin, parse, path, public_url, sandbox, seconds,
};
use super::{AuditKept, Limits, Log, LogFormat, SessionLife, Settings, SettingsError, TlsFiles, UpstreamBounds};

/// A key an operator may set.
pub(super) struct Key {
    /// Its name in the file; a dot leads into a table.
    pub name: &'static str,
    /// What holds when nobody sets it; empty for "not set".
    pub default: &'static str,
    /// Whether it is a list: an array in the file, comma-separated in the environment.
    pub list: bool,
    /// What it is, for the example file.
    pub about: &'static str,
    /// Takes the text over, or says why not.
    pub take: fn(&mut Draft, &str) -> Result<(), String>,
}

impl Key {
    /// The environment variable of the same meaning.
    pub fn variable(&self) -> String {
        format!("TOKENKEEP_{}", self.name.replace('.', "_").to_ascii_uppercase())
    }
}

macro_rules! key {
    ($name:literal, $default:literal, $about:literal, $take:expr) => {
        Key { name: $name, default: $default, list: false, about: $about, take: $take }
    };
    (list $name:literal, $about:literal, $take:expr) => {
        Key { name: $name, default: "", list: true, about: $about, take: $take }
    };
}

/// All keys, in the order of the example file: first those of no table, then table by table.
pub(super) const KEYS: &[Key] = &[
    key!(
        "listen",
        "127.0.0.1:7420",
        "Address and port to listen on. Without TLS only a loopback address is taken, unless trusted_proxies is set.",
        |draft, text| parse(text, "an address and port such as 127.0.0.1:7420").map(|value| draft.listen = value)
    ),
    key!(
        "public_url",
        "",
        "The address people open in the browser, when it is not the one listened on, such as https://tokens.example.com. State-changing requests must come from it.",
        |draft, text| public_url(text).map(|value| draft.public_url = value)
    ),
    key!("data", "data", "Folder of the database. Only its owner may look into it.", |draft, text| path(text)
        .map(|value| draft.data = value)),
    key!("site", "target/site", "Folder of the built browser files.", |draft, text| path(text)
        .map(|value| draft.site = value)),
    key!(list "loopback_origins", "Exact origins on this machine that providers may have, such as http://127.0.0.1:9000, for local authorization servers and tests. All other loopback and private addresses are refused.",
        |draft, text| items(text, origin).map(|value| draft.loopback_origins = value)),
    key!(list "trusted_proxies", "Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
        |draft, text| items(text, |item| item.parse()).map(|value| draft.trusted_proxies = value)),
    key!(
        "shutdown_grace_seconds",
        "30",
        "How long requests in flight may still take when the server is told to stop.",
        |draft, text| seconds(text, 0, 600).map(|value| draft.shutdown_grace = value)
    ),
    key!(
        "secret_file",
        "",
        "File of the server's own secret, which seals the keys that sign org tokens; made when it is missing. Without one it is server.secret in the data folder. Keep it apart from copies of the database.",
        |draft, text| optional_path(text).map(|value| draft.secret_file = value)
    ),
    key!(
        "tls.certificate",
        "",
        "PEM file of the certificate and its chain. Both files are read again when they change.",
        |draft, text| optional_path(text).map(|value| draft.certificate = value)
    ),
    key!("tls.key", "", "PEM file of the private key.", |draft, text| optional_path(text)
        .map(|value| draft.key = value)),
    key!("session.idle_minutes", "720", "A session ends after this long without a request.", |draft, text| number(
        text, 1, 525_600
    )
    .map(|value: u64| draft.session.idle = Span::from_seconds(value * 60))),
    key!("session.absolute_hours", "168", "A session ends after this long in any case.", |draft, text| number(
        text, 1, 8_760
    )
    .map(|value: u64| draft.session.absolute = Span::from_seconds(value * 3_600))),
    key!("limits.user_per_minute", "900", "Requests a minute of one person; 0 sets no limit.", |draft, text| number(
        text, 0, 10_000_000
    )
    .map(|value| draft.limits.per_user = value)),
    key!(
        "limits.address_per_minute",
        "1200",
        "Requests a minute from one address (one /64 network for IPv6); 0 sets no limit.",
        |draft, text| number(text, 0, 10_000_000).map(|value| draft.limits.per_address = value)
    ),
    key!(
        "limits.bootloader_per_minute",
        "120",
        "Org tokens a minute for one org key from one address; 0 sets no limit.",
        |draft, text| number(text, 0, 10_000_000).map(|value| draft.limits.bootloader = value)
    ),
    key!(
        "limits.conversations_per_minute",
        "20",
        "Conversations a minute that visitors of one organization begin from one address; 0 sets no limit.",
        |draft, text| number(text, 0, 10_000_000).map(|value| draft.limits.conversations = value)
    ),
    key!(
        "limits.visitor_messages_per_minute",
        "60",
        "Messages a minute of the visitor in one conversation; 0 sets no limit.",
        |draft, text| number(text, 0, 10_000_000).map(|value| draft.limits.visitor_messages = value)
    ),
    key!(
        "upstream.try_seconds",
        "10",
        "How long one request to a provider may take, to the last byte.",
        |draft, text| seconds(text, 1, 300).map(|value| draft.upstream.try_timeout = value)
    ),
    key!(
        "upstream.total_seconds",
        "30",
        "How long all tries of one request to a provider may take together.",
        |draft, text| seconds(text, 1, 600).map(|value| draft.upstream.total_timeout = value)
    ),
    key!(
        "upstream.tries",
        "3",
        "How often a request to a provider is tried at most; only network errors, 5xx and 429 are tried again.",
        |draft, text| number(text, 1, 10).map(|value| draft.upstream.tries = value)
    ),
    key!("upstream.answer_kilobytes", "256", "How large a provider's answer may be.", |draft, text| number(
        text, 1, 10_240
    )
    .map(|value: usize| draft.upstream.answer_bytes = value * 1_024)),
    key!(
        "upstream.api_answer_kilobytes",
        "4096",
        "How large the answer to a call of a provider's API may be.",
        |draft, text| number(text, 1, 65_536).map(|value: usize| draft.upstream.api_answer_bytes = value * 1_024)
    ),
    key!(
        "org_tokens.signing_key_days",
        "30",
        "After this many days a new key signs org tokens. The old one stays published until its tokens have ended.",
        |draft, text| days(text, 3_650).map(|value| draft.signing_key_life = value)
    ),
    key!(
        "conversations.keep_days",
        "30",
        "A conversation is deleted this many days after its last message.",
        |draft, text| days(text, 3_650).map(|value| draft.conversations_kept = value)
    ),
    key!(
        "audit.keep_days",
        "365",
        "Events of the audit log are kept this many days, and up to one more: they are removed once a day. Each removal is an event itself.",
        |draft, text| days(text, 36_500).map(|value| draft.audit.age = value)
    ),
    key!(
        "audit.keep_events",
        "1000000",
        "So many events of the audit log are kept at most, about half a kilobyte each; when there are more, the oldest twentieth is removed.",
        |draft, text| number(text, 1_000, 1_000_000_000).map(|value| draft.audit.most = value)
    ),
    key!(
        "log.format",
        "text",
        "How log lines look: text for people, json for machines. They go to the standard error output.",
        |draft, text| log_format(text).map(|value| draft.log.format = value)
    ),
    key!(
        "log.level",
        "info",
        "What is logged: error, warn, info, debug or trace, also per module, such as info,server=debug.",
        |draft, text| log_level(text).map(|value| draft.log.level = value)
    ),
    key!(
        "sandbox.listen",
        "127.0.0.1:7430",
        "Where the sandbox provider listens when the server is started with --sandbox; a loopback address.",
        |draft, text| sandbox(text).map(|value| draft.sandbox_listen = value)
    ),
    key!(
        "sandbox.demo_listen",
        "127.0.0.1:7431",
        "Where a page of another origin with the chat in it listens, beside the sandbox; a loopback address.",
        |draft, text| sandbox(text).map(|value| draft.sandbox_demo_listen = value)
    ),
];

/// Settings while they are read.
pub(super) struct Draft {
    listen: SocketAddr,
    public_url: Option<String>,
    data: PathBuf,
    site: PathBuf,
    loopback_origins: Vec<HttpsUrl>,
    trusted_proxies: Vec<crate::network::Network>,
    shutdown_grace: Span,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    session: SessionLife,
    limits: Limits,
    upstream: UpstreamBounds,
    log: Log,
    sandbox_listen: SocketAddr,
    sandbox_demo_listen: SocketAddr,
    secret_file: Option<PathBuf>,
    signing_key_life: Span,
    conversations_kept: Span,
    audit: AuditKept,
}

impl Draft {
    /// A draft with every key's default.
    pub fn with_defaults() -> Self {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut draft = Self {
            listen: nowhere,
            public_url: None,
            data: PathBuf::new(),
            site: PathBuf::new(),
            loopback_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            shutdown_grace: Span::ZERO,
            certificate: None,
            key: None,
            session: SessionLife { idle: Span::ZERO, absolute: Span::ZERO },
            limits: Limits { per_user: 0, per_address: 0, bootloader: 0, conversations: 0, visitor_messages: 0 },
            upstream: UpstreamBounds {
                try_timeout: Span::ZERO,
                total_timeout: Span::ZERO,
                tries: 0,
                answer_bytes: 0,
                api_answer_bytes: 0,
            },
            log: Log { format: LogFormat::Text, level: String::new() },
            sandbox_listen: nowhere,
            sandbox_demo_listen: nowhere,
            secret_file: None,
            signing_key_life: Span::ZERO,
            conversations_kept: Span::ZERO,
            audit: AuditKept { age: Span::ZERO, most: 0 },
        };
        for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
            draft.take(key, key.default, Place::Default).expect("the defaults are valid: a test reads them");
        }
        draft
    }

    /// Takes one value over.
    pub fn take(&mut self, key: &Key, text: &str, place: Place) -> Result<(), SettingsError> {
        (key.take)(self, text).map_err(|why| SettingsError::BadValue { key: key.name.to_owned(), place, why })
    }

    /// The settings, if certificate and key are there together.
    pub fn finish(self) -> Result<Settings, SettingsError> {
        let tls = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
            (None, None) => None,
            _ => {
                return Err(SettingsError::Together {
                    keys: "tls.certificate and tls.key",
                    why: "set both or neither",
                });
            }
        };
        Ok(Settings {
            listen: self.listen,
            public_url: self.public_url,
            data: self.data,
            site: self.site,
            loopback_origins: self.loopback_origins,
            trusted_proxies: self.trusted_proxies,
            tls,
            session: self.session,
            limits: self.limits,
            upstream: self.upstream,
            log: self.log,
            sandbox_listen: self.sandbox_listen,
            sandbox_demo_listen: self.sandbox_demo_listen,
            shutdown_grace: self.shutdown_grace,
            secret_file: self.secret_file,
            signing_key_life: self.signing_key_life,
            conversations_kept: self.conversations_kept,
            audit: self.audit,
        })
    }
}
