use serde::{Deserialize, Serialize};

use crate::connection::{Connection, Credential};
use crate::id::ProviderId;
use crate::provider::{Provider, ProviderKind};
use crate::time::Timestamp;

/// The format's name.
pub const FORMAT: &str = "tokenkeep.connections";
/// The newest version of the format.
pub const FILE_VERSION: u64 = 1;

/// A connection for a file, with its provider as this server knows it, and its credential if that is to go along.
#[derive(Clone, Debug, PartialEq)]
pub struct Source<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// Its provider; `None` when it was removed.
    pub provider: Option<&'a Provider>,
    /// Its credential.
    pub credential: Option<Credential>,
}

/// What finds a connection's provider again on another server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedProvider {
    /// Its id where the file was written.
    pub id: ProviderId,
    /// Its name there.
    #[serde(default)]
    pub name: String,
    /// `pingone`, `oauth` or `sandbox`; empty when it was removed there.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// The token endpoint of an OAuth 2.0 server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
}

impl PackedProvider {
    fn new(id: &ProviderId, known: Option<&Provider>) -> Self {
        let (kind, token_endpoint) = match known.map(|provider| &provider.kind) {
            None => ("", None),
            Some(ProviderKind::PingOne { .. }) => ("pingone", None),
            Some(ProviderKind::OAuth { token_endpoint, .. }) => ("oauth", Some(token_endpoint.to_string())),
            Some(ProviderKind::Sandbox { .. }) => ("sandbox", None),
            Some(ProviderKind::SiteApi { .. }) => ("site_api", None),
        };
        let name = known.map(|provider| provider.name.clone()).unwrap_or_default();
        Self { id: id.clone(), name, kind: kind.to_owned(), token_endpoint }
    }
}

/// The file's JSON, in lines. It holds a secret only where a source has a credential.
pub fn write(sources: Vec<Source<'_>>, exported_at: Timestamp) -> String {
    let packed = |source: Source<'_>| {
        let connection = source.connection;
        serde_json::json!({
            "name": connection.name,
            "provider": PackedProvider::new(&connection.provider, source.provider),
            "place": connection.place,
            "client_id": connection.client_id,
            "scopes": connection.scopes,
            "authentication": connection.authentication,
            "credential": source.credential,
        })
    };
    let connections: Vec<_> = sources.into_iter().map(packed).collect();
    let file = serde_json::json!({
        "format": FORMAT,
        "version": FILE_VERSION,
        "exported_at": exported_at,
        "connections": connections,
    });
    format!("{file:#}\n")
}
