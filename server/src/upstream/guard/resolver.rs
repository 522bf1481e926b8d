//! The resolver port: names become addresses here only.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::Pin;

/// A future of a name's addresses.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a host name.
pub trait Resolver: Send + Sync {
    /// All addresses of `host`; an empty list is the same as an unknown name.
    fn resolve(&self, host: &str) -> Resolving;
}

/// The operating system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, host: &str) -> Resolving {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Answers `localhost` without asking anyone; allowed origins may have no other name.
pub(super) struct Loopback;

impl Resolver for Loopback {
    fn resolve(&self, host: &str) -> Resolving {
        let both = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let answer = if host == "localhost" { both } else { Vec::new() };
        Box::pin(async move { Ok(answer) })
    }
}
