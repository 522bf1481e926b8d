//! Who asks, and whether it is true (RFC 6749 §2.3, RFC 7523 §2.2).

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::secret::Secret;

use super::assertion::Assertion;
use super::form::Form;
use crate::Sandbox;
use crate::client::{Client, ClientCredential};
use crate::oauth_error::OAuthError;

/// What a request presents to prove its client's identity: exactly one way.
pub(super) enum Presented {
    /// In the `Authorization` header.
    Basic {
        /// The client id, decoded.
        client_id: String,
        /// The secret, decoded.
        secret: Secret,
    },
    /// In the form body.
    Post {
        /// The client id.
        client_id: String,
        /// The secret.
        secret: Secret,
    },
    /// A signed assertion.
    Assertion(Assertion),
}

const UNSUPPORTED: &str = "Request denied: Unsupported authentication method";
const DENIED: &str = "Request denied: Invalid client credentials";

impl Presented {
    /// Reads what the request presents; two ways at once are refused (RFC 6749 §2.3).
    pub(super) fn read(headers: &HeaderMap, form: &Form) -> Result<Self, OAuthError> {
        let secret = form.get("client_secret");
        let assertion = form.get("client_assertion");
        match (headers.get(header::AUTHORIZATION), secret, assertion) {
            (Some(value), None, None) => basic(value.as_bytes(), form),
            (None, Some(secret), None) => {
                let Some(client_id) = form.get("client_id") else {
                    return Err(OAuthError::invalid_request("client_id is required"));
                };
                Ok(Self::Post { client_id: client_id.to_owned(), secret: Secret::new(secret) })
            }
            (None, None, Some(jwt)) => Assertion::read(jwt, form).map(Self::Assertion),
            (None, None, None) => Err(OAuthError::invalid_client(UNSUPPORTED)),
            _ => Err(OAuthError::invalid_request("More than one way to authenticate is used")),
        }
    }

    /// The client it says it is. Not checked yet.
    pub(super) fn client_id(&self) -> &str {
        match self {
            Self::Basic { client_id, .. } | Self::Post { client_id, .. } => client_id,
            Self::Assertion(assertion) => assertion.client_id(),
        }
    }

    /// The client, when what is presented proves it.
    pub(super) fn authenticate(&self, sandbox: &Sandbox) -> Result<Client, OAuthError> {
        let client = sandbox.clients().get(self.client_id()).cloned();
        let client = client.ok_or_else(|| OAuthError::invalid_client(DENIED))?;
        match (self, &client.credential) {
            (Self::Basic { secret, .. }, ClientCredential::ClientSecretBasic { client_secret })
            | (Self::Post { secret, .. }, ClientCredential::ClientSecretPost { client_secret }) => {
                check_secret(secret, client_secret)?;
            }
            (
                Self::Assertion(assertion),
                credential @ (ClientCredential::ClientSecretJwt { .. } | ClientCredential::PrivateKeyJwt { .. }),
            ) => assertion.check(credential, sandbox)?,
            _ => return Err(OAuthError::invalid_client(UNSUPPORTED)),
        }
        Ok(client)
    }
}

fn check_secret(presented: &Secret, known: &Secret) -> Result<(), OAuthError> {
    let (presented, known) = (presented.expose().as_bytes(), known.expose().as_bytes());
    aws_lc_rs::constant_time::verify_slices_are_equal(presented, known).map_err(|_| OAuthError::invalid_client(DENIED))
}

/// Id and secret are form-encoded before they are joined and encoded as base64 (RFC 6749 §2.3.1).
fn basic(value: &[u8], form: &Form) -> Result<Presented, OAuthError> {
    let (id, secret) = split(value).ok_or_else(|| OAuthError::invalid_client(UNSUPPORTED))?;
    let (Some(client_id), Some(secret)) = (form_decoded(&id), form_decoded(secret.expose())) else {
        return Err(OAuthError::invalid_client(DENIED));
    };
    if form.get("client_id").is_some_and(|named| named != client_id) {
        return Err(OAuthError::invalid_request("client_id differs from the one in the Authorization header"));
    }
    Ok(Presented::Basic { client_id, secret: Secret::new(secret) })
}

fn split(value: &[u8]) -> Option<(String, Secret)> {
    let (scheme, encoded) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = Secret::new(String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?);
    let (id, secret) = text.expose().split_once(':')?;
    Some((id.to_owned(), Secret::new(secret)))
}

/// A text that stands for itself alone in a form; `&` and `=` would end it, so an unencoded one is refused.
fn form_decoded(text: &str) -> Option<String> {
    if text.contains(['&', '=']) {
        return None;
    }
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned())
}
