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
use reqwest::redirect::Policy;

mod address;
mod resolver;
mod screened;

pub use address::{Reserved, reserved};
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
    outside: Option<reqwest::Client>,
    loopback: Option<reqwest::Client>,
}

impl Guard {
    /// A guard that lets out to public addresses, and to the exact `loopback_origins`.
    ///
    /// `timeout` bounds the time for one connection; whole requests are bounded by whoever sends them.
    pub fn new(loopback_origins: &[HttpsUrl], resolver: Arc<dyn Resolver>, timeout: Duration) -> Self {
        let outside = Screened::new(resolver, reserved);
        let built = |client: reqwest::ClientBuilder| match client.build() {
            Ok(client) => Some(client),
            Err(error) => {
                tracing::error!(cause = %error, "no client for providers: are the root certificates installed?");
                None
            }
        };
        Self {
            loopback_origins: loopback_origins.iter().map(|url| url.origin().to_owned()).collect(),
            outside: built(bare_client(timeout).dns_resolver(Arc::new(outside)).https_only(true)),
            loopback: built(bare_client(timeout).dns_resolver(Arc::new(screened::Loopback))),
        }
    }

    /// The client for `url`, and the URL as that client reads it.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when nothing may be sent there.
    pub fn way_to(&self, url: &HttpsUrl) -> Result<(&reqwest::Client, reqwest::Url), Refusal> {
        let parsed = reqwest::Url::parse(url.as_str()).map_err(|_| Refusal::Ambiguous)?;
        if parsed.host_str() != Some(url.host()) {
            return Err(Refusal::Ambiguous);
        }
        let client = if url.is_loopback() {
            if !self.loopback_origins.iter().any(|origin| origin == url.origin()) {
                return Err(Refusal::Loopback(url.origin().to_owned()));
            }
            &self.loopback
        } else {
            &self.outside
        };
        Ok((client.as_ref().ok_or(Refusal::NoRoots)?, parsed))
    }
}

/// How many connections to a host are kept for the next calls, for half a minute. With fewer than there are calls at once, most
/// calls would open one of their own.
const KEPT_CONNECTIONS: usize = 128;

/// HTTP/1.1 only: providers all speak it, and it is the smaller surface.
fn bare_client(timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .http1_only()
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .connect_timeout(timeout)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(KEPT_CONNECTIONS)
        .user_agent(concat!("tokenkeep/", env!("CARGO_PKG_VERSION")))
}

#[cfg(test)]
mod tests;
