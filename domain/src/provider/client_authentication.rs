use serde::{Deserialize, Serialize};

/// How a client proves who it is at the token endpoint (OpenID Connect Core §9; RFC 6749 §2.3; RFC 7523).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ClientAuthentication {
    /// Client id and secret, each form-encoded, in the `Authorization: Basic` header (RFC 6749 §2.3.1).
    #[default]
    ClientSecretBasic,
    /// Client id and secret in the form body.
    ClientSecretPost,
    /// A JWT signed with the secret by HMAC (RFC 7523 §2.2).
    ClientSecretJwt,
    /// A JWT signed with a private key that never leaves the browser (RFC 7523 §2.2).
    PrivateKeyJwt,
}

impl ClientAuthentication {
    /// All methods, in the order people see them.
    pub const ALL: [Self; 4] =
        [Self::ClientSecretBasic, Self::ClientSecretPost, Self::ClientSecretJwt, Self::PrivateKeyJwt];

    /// The registered name (IANA "OAuth Token Endpoint Authentication Methods").
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The method with that registered name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Whether the method needs a client secret; otherwise it needs a private key.
    pub const fn needs_secret(self) -> bool {
        !matches!(self, Self::PrivateKeyJwt)
    }
}
