//! The token request as it will go out, with every secret masked: shown before it is sent.

use super::Connection;
use crate::https_url::HttpsUrl;
use crate::provider::{ClientAuthentication, Provider, TargetError};

/// What stands in a secret's place.
const MASK: &str = "••••••••";

/// One request of the client-credentials grant (RFC 6749 §4.4.2). The body is form-encoded when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Where it goes, always by POST.
    pub url: HttpsUrl,
    /// The header fields that matter, in order.
    pub headers: Vec<(&'static str, String)>,
    /// The form's fields, in order.
    pub body: Vec<(&'static str, String)>,
}

/// The request this connection makes.
///
/// # Errors
///
/// [`TargetError`] while the connection does not say where it goes.
pub fn preview(connection: &Connection, provider: &Provider) -> Result<Preview, TargetError> {
    let target = provider.target(&connection.place)?;
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    let mut body = vec![("grant_type", "client_credentials".to_owned())];
    if !connection.scopes.is_empty() {
        body.push(("scope", connection.scopes.join(" ")));
    }
    match connection.authentication {
        ClientAuthentication::ClientSecretBasic => headers.push(("authorization", format!("Basic {MASK}"))),
        ClientAuthentication::ClientSecretPost => {
            body.push(("client_id", connection.client_id.clone()));
            body.push(("client_secret", MASK.to_owned()));
        }
        ClientAuthentication::ClientSecretJwt | ClientAuthentication::PrivateKeyJwt => {
            body.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
            body.push(("client_assertion", format!("{MASK} (signed for {})", target.checked_audience()?)));
        }
    }
    Ok(Preview { url: target.token_endpoint, headers, body })
}

/// `client_assertion_type` for JWTs (RFC 7523 §2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ConnectionId, ProviderId};
    use crate::provider::{AssertionAudience, GatewayRules, Place, ProviderKind, Region};
    use crate::time::Timestamp;

    const ENVIRONMENT: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

    fn provider() -> Provider {
        Provider {
            id: ProviderId::new("p"),
            name: "PingOne".to_owned(),
            kind: ProviderKind::PingOne { regions: vec![Region::Eu], custom_domains: Vec::new() },
            assertion_audience: AssertionAudience::Issuer,
            gateway: GatewayRules::default(),
            enabled: true,
        }
    }

    fn connection(authentication: ClientAuthentication) -> Connection {
        let place =
            Place { environment_id: Some(ENVIRONMENT.to_owned()), region: Some(Region::Eu), custom_domain: None };
        Connection {
            id: ConnectionId::new("c"),
            name: "Work".to_owned(),
            provider: ProviderId::new("p"),
            place,
            client_id: "client".to_owned(),
            scopes: vec!["a".to_owned(), "b".to_owned()],
            authentication,
            keep_credential: true,
            created_at: Timestamp::default(),
            removed_at: None,
        }
    }

    fn names(fields: &[(&'static str, String)]) -> Vec<&'static str> {
        fields.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn the_request_goes_to_the_places_token_endpoint() {
        let preview = preview(&connection(ClientAuthentication::ClientSecretBasic), &provider()).unwrap();
        assert_eq!(preview.url.to_string(), format!("https://auth.pingone.eu/{ENVIRONMENT}/as/token"));
        assert_eq!(names(&preview.headers), ["content-type", "authorization"]);
        assert_eq!(preview.body[1], ("scope", "a b".to_owned()));
    }

    #[test]
    fn each_method_carries_its_proof_where_it_belongs() {
        let body = |method| names(&preview(&connection(method), &provider()).unwrap().body);
        assert_eq!(body(ClientAuthentication::ClientSecretPost)[2..], ["client_id", "client_secret"]);
        for method in [ClientAuthentication::ClientSecretJwt, ClientAuthentication::PrivateKeyJwt] {
            assert_eq!(body(method)[2..], ["client_assertion_type", "client_assertion"]);
        }
    }

    #[test]
    fn without_scopes_none_are_sent() {
        let bare = Connection { scopes: Vec::new(), ..connection(ClientAuthentication::ClientSecretBasic) };
        assert_eq!(names(&preview(&bare, &provider()).unwrap().body), ["grant_type"]);
    }

    #[test]
    fn a_connection_that_goes_nowhere_says_what_is_missing() {
        let lost = Connection { place: Place::default(), ..connection(ClientAuthentication::ClientSecretBasic) };
        assert!(preview(&lost, &provider()).is_err());
    }
}
