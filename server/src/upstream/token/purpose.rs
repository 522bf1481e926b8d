//! What a provider is asked for with a client's proof: a token, what it knows of one, or the end of one.

use domain::api::UpstreamError;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A token (RFC 6749 §4.4).
    Token,
    /// What is known of a token (RFC 7662).
    Introspection,
    /// The end of a token (RFC 7009).
    Revocation,
}

impl Purpose {
    /// What the answer should have been, and the address to check when it was not.
    pub(super) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Token => ("with a token", "the token URL"),
            Self::Introspection => ("with what it knows of the token", "the introspection URL"),
            Self::Revocation => ("to the revocation", "the revocation URL"),
        }
    }

    /// What a refusal means where it means something else than at the token endpoint.
    pub(super) fn advice(self, host: &str, said: &UpstreamError) -> Option<String> {
        let what = match self {
            Self::Token => return None,
            Self::Introspection => "introspection",
            Self::Revocation => "revocation",
        };
        match (said.error.as_deref(), said.status) {
            (Some("unauthorized_client" | "invalid_grant" | "access_denied"), _) => Some(format!(
                "{host} does not let this client do that: the token may belong to another one. Nothing was changed."
            )),
            (Some("unsupported_token_type"), _) => {
                Some(format!("{host} offers no {what} for tokens of this kind. It ends when it expires."))
            }
            (Some("invalid_client"), _) => None,
            (_, Some(404 | 405 | 410)) => Some(format!(
                "{host} offers no {what} at this address. Check the environment id, the region or the {what} URL."
            )),
            _ => None,
        }
    }
}
