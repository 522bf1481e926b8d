//! Every key, once.

use domain::id::ProviderId;
use domain::site::SiteId;
use domain::time::Span;

use super::draft::Draft;
use super::values::{
    days, items, log_format, log_level, number, optional_path, origin, parse, path, public_url, sandbox, seconds, words,
};

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
        "limits.audit_reports_per_minute",
        "60",
        "Requests a minute with which one person's browsers report to the audit log, each with 50 reports at most; 0 sets no limit.",
        |draft, text| number(text, 0, 10_000_000).map(|value| draft.limits.audit_reports = value)
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
        "gateway.answer_megabytes",
        "256",
        "How large an answer may be that is passed on while it comes; one that grows larger is cut.",
        |draft, text| number(text, 1, 65_536).map(|value: u64| draft.gateway.answer_bytes = value << 20)
    ),
    key!("gateway.request_megabytes", "32", "How large the body of a call may be.", |draft, text| number(
        text, 1, 65_536
    )
    .map(|value: u64| draft.gateway.request_bytes = value << 20)),
    key!(
        "gateway.idle_seconds",
        "30",
        "An answer, or a body that is sent, is cut when nothing of it comes for so long.",
        |draft, text| seconds(text, 1, 3_600).map(|value| draft.gateway.idle = value)
    ),
    key!(
        "gateway.stream_idle_seconds",
        "300",
        "An event stream or a WebSocket is ended when nothing comes for so long.",
        |draft, text| seconds(text, 1, 86_400).map(|value| draft.gateway.stream_idle = value)
    ),
    key!(
        "gateway.stream_minutes",
        "240",
        "No answer, event stream or WebSocket lasts longer than this.",
        |draft, text| number(text, 1, 10_080).map(|value: u64| draft.gateway.longest = Span::from_seconds(value * 60))
    ),
    key!(
        "gateway.streams",
        "2000",
        "Event streams and WebSockets that are open at once, of all people together.",
        |draft, text| number(text, 1, 100_000).map(|value| draft.gateway.streams = value)
    ),
    key!(
        "gateway.streams_per_user",
        "50",
        "Event streams and WebSockets that one person has open at once.",
        |draft, text| { number(text, 1, 100_000).map(|value| draft.gateway.streams_per_user = value) }
    ),
    key!(
        "default_token.provider",
        "",
        "The provider of a site token for all who may obtain tokens: its id, as /api/v1/providers lists it. The token itself never leaves the server.",
        |draft, text| words(text, 80).map(|value| draft.default_token.provider = value.map(ProviderId::new))
    ),
    key!("default_token.site", "", "The only site the default token is used for.", |draft, text| words(text, 128)
        .and_then(|value| value.map(|text| SiteId::parse(&text)).transpose().map_err(|error| error.to_string()))
        .map(|value| draft.default_token.site = value)),
    key!("default_token.site_name", "", "That site's name, for people.", |draft, text| words(text, 80)
        .map(|value| draft.default_token.name = value)),
    key!(
        "default_token.file",
        "",
        "File with the default token, in one line; read again when it changes.",
        |draft, text| optional_path(text).map(|value| draft.default_token.file = value)
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
        "metrics.token_file",
        "",
        "File of a token of 16 characters or more. Who sends it as Authorization: Bearer may read /metrics, as admins and auditors may who are signed in. It is read for each request.",
        |draft, text| optional_path(text).map(|value| draft.metrics.token_file = value)
    ),
    key!(list "metrics.networks", "Addresses or networks (10.0.0.0/8) that may read /metrics without a token. Behind a proxy on this machine do not name 127.0.0.1 unless trusted_proxies is set: else everybody seems to come from there.",
        |draft, text| items(text, |item| item.parse()).map(|value| draft.metrics.networks = value)),
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
