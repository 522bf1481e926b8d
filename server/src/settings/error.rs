use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the settings can't be used. Nothing is started.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file can't be read.
    #[error("the settings file {0} can't be read; check the path after --config")]
    File(PathBuf, #[source] std::io::Error),
    /// The file is not TOML.
    #[error("the settings file is not valid TOML: {0}")]
    Syntax(String),
    /// No setting has this name.
    #[error("{place} names \"{key}\", which is no setting; tokenkeep.example.toml lists them all")]
    UnknownKey {
        /// The key or variable as it was written.
        key: String,
        /// Where it stands.
        place: Place,
    },
    /// The value can't be used.
    #[error("{place} sets {key} to a value that can't be used: {why}")]
    BadValue {
        /// The key.
        key: String,
        /// Where it stands.
        place: Place,
        /// What is wrong with it; never the value, which may be a secret put in the wrong place.
        why: String,
    },
    /// Two settings that don't fit together.
    #[error("the settings {keys} don't fit together: {why}")]
    Together {
        /// Both keys.
        keys: &'static str,
        /// Why.
        why: &'static str,
    },
    /// Passwords and tokens would travel in clear.
    #[error(
        "listening on {listen} without TLS would send passwords and tokens in clear; set tls.certificate and tls.key, \
         or listen on 127.0.0.1, or name the proxy in front in trusted_proxies"
    )]
    PlainHttp {
        /// Where it was to listen.
        listen: SocketAddr,
    },
}

/// Where a setting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the settings file.
    File,
    /// In the environment.
    Environment,
    /// Built in.
    Default,
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::File => "the settings file",
            Self::Environment => "the environment",
            Self::Default => "the program",
        })
    }
}
