//! Settings while they are read.

use std::net::SocketAddr;
use std::path::PathBuf;

use domain::https_url::HttpsUrl;
use domain::id::ProviderId;
use domain::site::SiteId;
use domain::time::Span;

use super::error::Place;
use super::keys::{KEYS, Key};
use super::{
    AuditKept, DefaultTokenSetting, GatewayBounds, Limits, Log, LogFormat, MetricsAccess, SessionLife, Settings,
    SettingsError, TlsFiles, UpstreamBounds,
};

/// Settings while they are read.
pub(super) struct Draft {
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<String>,
    pub(super) data: PathBuf,
    pub(super) site: PathBuf,
    pub(super) loopback_origins: Vec<HttpsUrl>,
    pub(super) trusted_proxies: Vec<crate::network::Network>,
    pub(super) shutdown_grace: Span,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) session: SessionLife,
    pub(super) limits: Limits,
    pub(super) upstream: UpstreamBounds,
    pub(super) log: Log,
    pub(super) sandbox_listen: SocketAddr,
    pub(super) sandbox_demo_listen: SocketAddr,
    pub(super) secret_file: Option<PathBuf>,
    pub(super) signing_key_life: Span,
    pub(super) conversations_kept: Span,
    pub(super) audit: AuditKept,
    pub(super) metrics: MetricsAccess,
    pub(super) gateway: GatewayBounds,
    pub(super) default_token: DefaultTokenDraft,
}

/// The operator's default token while its keys are read.
#[derive(Default)]
pub(super) struct DefaultTokenDraft {
    pub(super) provider: Option<ProviderId>,
    pub(super) site: Option<SiteId>,
    pub(super) name: Option<String>,
    pub(super) file: Option<PathBuf>,
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
            limits: Limits {
                per_user: 0,
                per_address: 0,
                bootloader: 0,
                conversations: 0,
                visitor_messages: 0,
                audit_reports: 0,
            },
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
            metrics: MetricsAccess::default(),
            gateway: GatewayBounds::NONE,
            default_token: DefaultTokenDraft::default(),
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
        let default_token = self.default_token.finish()?;
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
            metrics: self.metrics,
            gateway: self.gateway,
            default_token,
        })
    }
}

impl DefaultTokenDraft {
    /// The setting, if provider, site and file are there together.
    fn finish(self) -> Result<Option<DefaultTokenSetting>, SettingsError> {
        match (self.provider, self.site, self.file) {
            (None, None, None) if self.name.is_none() => Ok(None),
            (Some(provider), Some(site), Some(file)) => {
                let name = self.name.unwrap_or_else(|| site.to_string());
                Ok(Some(DefaultTokenSetting { provider, site, name, file }))
            }
            _ => Err(SettingsError::Together {
                keys: "default_token.provider, default_token.site and default_token.file",
                why: "set all three or none",
            }),
        }
    }
}
