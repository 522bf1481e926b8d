//! The resolver of the HTTP client, which lets through what was checked, and nothing else.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use tower::Service;

use super::{Reserved, Resolver};

/// Why a name gave no address to connect to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// At least one of its addresses is not public; then none of them is used.
    #[error("{host} leads to a {purpose}")]
    Reserved {
        /// The name.
        host: String,
        /// What the address is reserved for.
        purpose: &'static str,
    },
    /// It has no address, or the name server did not answer.
    #[error("{0} has no address")]
    NotFound(String),
}

/// Resolves a name and checks every address of the answer.
///
/// The HTTP client connects to what this answers, so that the check can't be outrun.
#[derive(Clone)]
pub struct Screened {
    resolver: Arc<dyn Resolver>,
    reserved: fn(IpAddr) -> Option<Reserved>,
}

impl Screened {
    /// Checks the answers of `resolver` with `reserved`.
    pub fn new(resolver: Arc<dyn Resolver>, reserved: fn(IpAddr) -> Option<Reserved>) -> Self {
        Self { resolver, reserved }
    }
}

impl Service<Name> for Screened {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Unresolved;
    type Future = BoxFuture<'static, Result<Self::Response, Unresolved>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let host = name.as_str().to_owned();
        let answer = self.resolver.resolve(&host);
        let reserved = self.reserved;
        Box::pin(async move {
            let addresses = answer.await.map_err(|_| Unresolved::NotFound(host.clone()))?;
            check(&host, &addresses, reserved)?;
            // Port 0 stands for the URL's own.
            Ok(addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect::<Vec<_>>().into_iter())
        })
    }
}

/// One bad address spoils the whole answer: an honest name has none, and a name server that mixes them is probing.
fn check(host: &str, addresses: &[IpAddr], reserved: fn(IpAddr) -> Option<Reserved>) -> Result<(), Unresolved> {
    if addresses.is_empty() {
        return Err(Unresolved::NotFound(host.to_owned()));
    }
    for address in addresses {
        if let Some(Reserved(purpose)) = reserved(*address) {
            tracing::warn!(host, %address, purpose, "egress refused");
            return Err(Unresolved::Reserved { host: host.to_owned(), purpose });
        }
    }
    Ok(())
}
