//! The egress guard: decides whether an address may be asked at all, and makes the clients that can't ask another.
//!
//! - Only `https`, or an exact loopback origin from the operator's settings.
//! - A name is resolved once for each connection, by our own resolver; every address of the answer is checked there,
//!   and the connection goes to exactly these addresses. A name server that changes its mind between check and connect
//!   changes nothing, because there is no second question.
//! - Redirects are never followed, proxies from the environment are not used, answers are not decompressed.

use std::sync::Arc;
use std::time::Duration;

use domain::https_url::HttpsUrl;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

mod address;
mod client;
mod resolver;
mod screened;

pub use address::{Reserved, reserved};
pub(super) use client::trouble;
pub use client::{Address, Answer, Client, upgraded};
pub use resolver::{Resolver, Resolving, SystemResolver};
pub use screened::{Screened, Unresolved};

/// Why an address may not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A loopback address that is not among the exact origins of the settings.
    #[error("{0} is an address of the server's own machine, and the operator has not allowed it")]
    Loopback(String),
    /// Two readers disagree about what the URL says.
    #[error("the address can't be read in one way only")]
    Ambiguous,
    /// No trusted root certificates were found on the server's machine, so that no `https` address can be asked.
    #[error("the server's machine has no trusted root certificates")]
    NoRoots,
}

/// The guard, with the only clients that may be used.
pub struct Guard {
    loopback_origins: Vec<String>,
    has_roots: bool,
    outside: Client,
    loopback: Client,
}

impl Guard {
    /// A guard that lets out to public addresses, and to the exact `loopback_origins`.
    ///
    /// `timeout` bounds the time for one connection; whole requests are bounded by whoever sends them.
    pub fn new(loopback_origins: &[HttpsUrl], resolver: Arc<dyn Resolver>, timeout: Duration) -> Self {
        let tls = tls_config();
        let outside = Screened::new(resolver, reserved);
        let loopback = Screened::new(Arc::new(resolver::Loopback), |_| None);
        Self {
            loopback_origins: loopback_origins.iter().map(|url| url.origin().to_owned()).collect(),
            has_roots: tls.is_some(),
            outside: Client::new(outside, tls.clone(), true, timeout),
            loopback: Client::new(loopback, tls, false, timeout),
        }
    }

    /// The client for `url`, and the address as that client reads it.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when nothing may be sent there.
    pub fn way_to(&self, url: &HttpsUrl) -> Result<(&Client, Address), Refusal> {
        let address = Address::of(url).ok_or(Refusal::Ambiguous)?;
        if !url.is_loopback() {
            return if self.has_roots { Ok((&self.outside, address)) } else { Err(Refusal::NoRoots) };
        }
        if !self.loopback_origins.iter().any(|origin| origin == url.origin()) {
            return Err(Refusal::Loopback(url.origin().to_owned()));
        }
        Ok((&self.loopback, address))
    }
}

/// TLS as the machine trusts it; `None` without trusted roots.
fn tls_config() -> Option<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    match versions.and_then(BuilderVerifierExt::with_platform_verifier) {
        Ok(config) => {
            let mut config = config.with_no_client_auth();
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            Some(Arc::new(config))
        }
        Err(error) => {
            tracing::error!(cause = %error, "no provider can be asked: are the root certificates installed?");
            None
        }
    }
}

#[cfg(test)]
mod tests;
