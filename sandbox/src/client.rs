//! A client of the sandbox.

use domain::api::providers::{NewSandboxClient, SandboxClient, SandboxRole};
use domain::provider::ClientAuthentication;
use domain::secret::Secret;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use serde::{Deserialize, Serialize};

use crate::key_pair::ClientKeyPair;
use crate::random;

/// The longest life of a token, in seconds: a day.
const LONGEST_LIFETIME: u32 = 86_400;

/// A client as the sandbox keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Client {
    /// The client id, a UUID as at PingOne.
    pub(crate) id: String,
    /// How long its tokens live, in seconds.
    pub(crate) lifetime_seconds: u32,
    /// How it proves who it is.
    pub(crate) credential: ClientCredential,
    /// What it may read through the management API. Clients kept before there were roles have all.
    #[serde(default = "SandboxRole::all")]
    pub(crate) roles: Vec<SandboxRole>,
}

/// What proves a client's identity.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub(crate) enum ClientCredential {
    /// Secret in the `Authorization` header.
    ClientSecretBasic {
        /// The client secret.
        client_secret: Secret,
    },
    /// Secret in the form body.
    ClientSecretPost {
        /// The client secret.
        client_secret: Secret,
    },
    /// Assertion signed with the secret.
    ClientSecretJwt {
        /// The client secret.
        client_secret: Secret,
    },
    /// Assertion signed with a private key.
    PrivateKeyJwt {
        /// The public key, as JWK text.
        public_jwk: String,
    },
}

impl ClientCredential {
    /// The method's name.
    pub(crate) fn method(&self) -> ClientAuthentication {
        match self {
            Self::ClientSecretBasic { .. } => ClientAuthentication::ClientSecretBasic,
            Self::ClientSecretPost { .. } => ClientAuthentication::ClientSecretPost,
            Self::ClientSecretJwt { .. } => ClientAuthentication::ClientSecretJwt,
            Self::PrivateKeyJwt { .. } => ClientAuthentication::PrivateKeyJwt,
        }
    }
}

/// Why a client can't be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The lifetime is out of range.
    #[error("the lifetime must be 1 to 86400 seconds")]
    Lifetime,
    /// The public key can't be used.
    #[error("the public key can't be used: {0}")]
    PublicKey(&'static str),
    /// The sandbox has as many clients as it keeps.
    #[error("the sandbox already keeps {0} clients; remove its data file to start afresh")]
    Full(usize),
    /// The client could not be written to the data file, and was not made.
    #[error("the client could not be written to the sandbox's data file")]
    Write(#[source] std::io::Error),
}

impl ClientError {
    /// The field of [`NewSandboxClient`] at fault, if it is one.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Lifetime => Some("lifetime_seconds"),
            Self::PublicKey(_) => Some("public_jwk"),
            Self::Full(_) | Self::Write(_) => None,
        }
    }
}

impl Client {
    /// Makes a client, and what its owner is shown of it this one time.
    pub(crate) fn make(wish: &NewSandboxClient, environment_id: &str) -> Result<(Self, SandboxClient), ClientError> {
        if !(1..=LONGEST_LIFETIME).contains(&wish.lifetime_seconds) {
            return Err(ClientError::Lifetime);
        }
        let (credential, client_secret, private_key) = credential(wish)?;
        let (lifetime_seconds, roles) = (wish.lifetime_seconds, wish.roles.clone());
        let client = Self { id: random::uuid(), lifetime_seconds, credential, roles };
        let environment_id = environment_id.to_owned();
        let shown = SandboxClient { environment_id, client_id: client.id.clone(), client_secret, private_key };
        Ok((client, shown))
    }
}

fn credential(wish: &NewSandboxClient) -> Result<(ClientCredential, Secret, Option<Secret>), ClientError> {
    let client_secret = Secret::new(random::secret());
    let shown = client_secret.clone();
    let credential = match wish.authentication {
        ClientAuthentication::ClientSecretBasic => ClientCredential::ClientSecretBasic { client_secret },
        ClientAuthentication::ClientSecretPost => ClientCredential::ClientSecretPost { client_secret },
        ClientAuthentication::ClientSecretJwt => ClientCredential::ClientSecretJwt { client_secret },
        ClientAuthentication::PrivateKeyJwt => {
            let (public_jwk, private_key) = key(wish.public_jwk.as_deref())?;
            return Ok((ClientCredential::PrivateKeyJwt { public_jwk }, Secret::default(), private_key));
        }
    };
    Ok((credential, shown, None))
}

fn key(brought: Option<&str>) -> Result<(String, Option<Secret>), ClientError> {
    if let Some(text) = brought {
        check_public_jwk(text)?;
        return Ok((text.to_owned(), None));
    }
    let pair = ClientKeyPair::generate();
    Ok((pair.public_jwk, Some(pair.private_key)))
}

fn check_public_jwk(text: &str) -> Result<(), ClientError> {
    let refuse = |why| Err(ClientError::PublicKey(why));
    if text.len() > 16_384 {
        return refuse("it is longer than 16384 characters");
    }
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else { return refuse("it is not JSON") };
    if value.get("d").is_some() {
        return refuse("it holds the private part, which must stay with its owner");
    }
    match serde_json::from_value::<Jwk>(value).map(|jwk| jwk.algorithm) {
        Ok(AlgorithmParameters::RSA(_) | AlgorithmParameters::EllipticCurve(_)) => Ok(()),
        _ => refuse("it must be an RSA or EC key in JWK form"),
    }
}
