//! Connections: what it takes to get a worker token.

use serde::{Deserialize, Serialize};

use crate::id::{ConnectionId, ProviderId};
use crate::provider::{ClientAuthentication, Place};
use crate::secret::Secret;
use crate::time::Timestamp;

pub mod preview;
pub mod purpose;
pub mod validation;

/// A named connection, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its identifier, made in the browser.
    pub id: ConnectionId,
    /// The name its owner gave it.
    pub name: String,
    /// The provider it asks.
    pub provider: ProviderId,
    /// Which part of the provider.
    pub place: Place,
    /// The OAuth 2.0 client id.
    pub client_id: String,
    /// The scopes to ask for; empty where roles decide.
    pub scopes: Vec<String>,
    /// How the client proves who it is.
    pub authentication: ClientAuthentication,
    /// Whether the credential is kept in the vault; otherwise it lives in this tab's memory only.
    pub keep_credential: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner removed it: hidden at once, really gone ten seconds later, until then it can come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Timestamp>,
}

/// What proves a client's identity, as a person enters it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Credential {
    /// The client secret.
    ClientSecret(Secret),
    /// A private key as PKCS#8 PEM or JWK text; it is imported as non-extractable at once and the text is dropped.
    PrivateKey(Secret),
}

/// Splits what a person typed into scopes at blanks and commas, each once, in order.
pub fn scopes(text: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split(|c: char| c.is_whitespace() || c == ',').filter(|scope| !scope.is_empty()) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// `wanted`, at most 80 characters of it, with a number behind it where `taken` says that another connection has the name.
pub fn free_name(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name: String = wanted.trim().chars().take(80).collect();
    let start: String = name.chars().take(74).collect();
    let mut count: u32 = 1;
    while taken(&name) && count < u32::MAX {
        count += 1;
        name = format!("{start} {count}");
    }
    name
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let taken = ["Billing", "Billing 2"];
        assert_eq!(super::free_name(" Billing ", |name| taken.contains(&name)), "Billing 3");
        assert_eq!(super::free_name(&"x".repeat(100), |_| false).chars().count(), 80);
    }

    #[test]
    fn scopes_are_split_once_each_and_in_order() {
        assert_eq!(super::scopes(" b, a\n b  c,"), ["b", "a", "c"]);
    }
}
