//! Org tokens: JWTs (RFC 7519) signed with ES256 (RFC 7518 §3.4), the keys that sign them, and whether one is good.
//!
//! One key signs at a time. It is made when first needed, and replaced when an admin says so or when it is old. The public
//! part of the one before stays published until its last token has ended. Private parts lie in the database sealed under
//! the server's own secret, which is in a file; without that file they are lost, and a new key signs.

mod claims;
mod key;

use std::sync::{Arc, Mutex};

use domain::api::org::{OrgKey, SigningKey};
use domain::api::{Code, Problem};
use domain::audit::{Action, Entry, Outcome};
use domain::org::{LIFETIME_SECONDS, Origin};
use domain::secret::Secret;
use domain::time::{Span, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::Value;

pub use claims::Claims;

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::seal::Sealer;
use crate::secret_file::SecretFile;
use crate::settings::Settings;
use crate::store::{SigningKeyRecord, Store};

/// How much longer than its tokens may live a key stays published, and how far two nodes' clocks may be apart.
const SLACK: Span = Span::from_seconds(60);

/// How often a key is tried to be replaced while other nodes do the same.
const TRIES: usize = 5;

/// Issues and checks org tokens.
pub struct OrgTokens {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    secret: SecretFile,
    issuer: String,
    key_life: Span,
    /// The key that signs, opened, under its name.
    opened: Mutex<Option<(String, EncodingKey)>>,
}

impl OrgTokens {
    /// Org tokens of this server: its address is their issuer.
    pub fn new(settings: &Settings, store: Arc<dyn Store>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            store,
            clock,
            entropy,
            secret: SecretFile::new(settings.secret_file()),
            issuer: settings.address(),
            key_life: settings.signing_key_life,
            opened: Mutex::new(None),
        }
    }

    /// A token of an organization for pages of an origin, good for as long as its settings say.
    ///
    /// # Errors
    ///
    /// [`Code::Internal`] when the store or the secret's file fails.
    pub async fn issue(&self, org: &OrgKey, origin: Option<&Origin>) -> Result<Secret, Problem> {
        let (kid, key) = self.signing().await?;
        let now = self.clock.now();
        let claims = Claims::new(&self.issuer, org, origin, now, self.entropy.bits());
        let header = Header { kid: Some(kid), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &key).map(Secret::new).map_err(|error| {
            tracing::error!(error = &error as &(dyn std::error::Error + 'static), "an org token could not be signed");
            Problem::new(Code::Internal)
        })
    }

    /// What a token says, if it is one of ours and has not ended.
    ///
    /// # Errors
    ///
    /// [`Code::OrgTokenInvalid`], [`Code::OrgTokenExpired`]; [`Code::Internal`] when the store fails.
    pub async fn check(&self, token: &str) -> Result<Claims, Problem> {
        let invalid = || Problem::new(Code::OrgTokenInvalid);
        let kid = claims::key_id(token).ok_or_else(invalid)?;
        let keys = self.store.signing_keys(self.clock.now()).await?;
        let key = keys.iter().find(|key| key.kid == kid).and_then(|key| key::public(&key.public_jwk));
        let claims = claims::read(token, &key.ok_or_else(invalid)?, &self.issuer).ok_or_else(invalid)?;
        if claims.has_ended(self.clock.now()) { Err(Problem::new(Code::OrgTokenExpired)) } else { Ok(claims) }
    }

    /// Signs with a new key from now on, which `note` records.
    ///
    /// # Errors
    ///
    /// [`Code::Internal`] when the store or the secret's file fails.
    pub async fn rotate(&self, note: &Entry) -> Result<(), Problem> {
        let signing = self.current().await?;
        // If another node was first, a new key signs as well.
        self.replace(signing.as_ref(), note).await.map(|_| ())
    }

    /// The keys, newest first, without their private parts.
    ///
    /// # Errors
    ///
    /// [`Code::Internal`] when the store fails.
    pub async fn keys(&self) -> Result<Vec<SigningKey>, Problem> {
        let keys = self.store.signing_keys(self.clock.now()).await?;
        Ok(keys.into_iter().map(shown).collect())
    }

    /// The published keys (RFC 7517 §5).
    ///
    /// # Errors
    ///
    /// [`Code::Internal`] when the store fails.
    pub async fn published(&self) -> Result<Vec<Value>, Problem> {
        let keys = self.store.signing_keys(self.clock.now()).await?;
        Ok(keys.iter().filter_map(|key| serde_json::from_str(&key.public_jwk).ok()).collect())
    }

    /// The key that signs now, made or replaced where that is due.
    async fn signing(&self) -> Result<(String, EncodingKey), Problem> {
        for _ in 0..TRIES {
            let current = self.current().await?;
            if let Some(key) = current.as_ref().filter(|key| !self.is_old(key))
                && let Some(opened) = self.open(key)?
            {
                return Ok((key.kid.clone(), opened));
            }
            let note = Entry::by_server(Action::SigningKeyRotated, Outcome::Done, self.clock.now());
            self.replace(current.as_ref(), &note).await?;
        }
        tracing::error!("the signing key was replaced again and again");
        Err(Problem::new(Code::Internal))
    }

    async fn current(&self) -> Result<Option<SigningKeyRecord>, Problem> {
        let keys = self.store.signing_keys(self.clock.now()).await?;
        Ok(keys.into_iter().find(|key| key.retired_at.is_none()))
    }

    fn is_old(&self, key: &SigningKeyRecord) -> bool {
        self.clock.now().since(key.created_at) >= self.key_life
    }

    /// The private part; `None` when it was sealed under another secret.
    fn open(&self, key: &SigningKeyRecord) -> Result<Option<EncodingKey>, Problem> {
        let mut opened = self.opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((kid, known)) = &*opened
            && *kid == key.kid
        {
            return Ok(Some(known.clone()));
        }
        let Some(private) = self.sealer()?.open(&key.sealed, &key.kid) else {
            tracing::warn!(kid = key.kid, "a signing key can't be opened with this server's secret; a new one signs");
            return Ok(None);
        };
        let key_pair = key::private(&private);
        *opened = key_pair.clone().map(|key_pair| (key.kid.clone(), key_pair));
        Ok(key_pair)
    }

    async fn replace(&self, current: Option<&SigningKeyRecord>, note: &Entry) -> Result<bool, Problem> {
        let now = self.clock.now();
        let new = key::generate(&self.sealer()?, &*self.entropy, now);
        let kid = current.map(|key| key.kid.as_str());
        let replaced = self.store.replace_signing_key(&new, kid, last_token_ends(now), note).await?;
        if replaced {
            tracing::info!(kid = new.kid, "a new key signs org tokens");
        }
        Ok(replaced)
    }

    fn sealer(&self) -> Result<Sealer, Problem> {
        let secret = self.secret.secret(&*self.entropy).map_err(|error| {
            tracing::error!(error = &error as &(dyn std::error::Error + 'static), "the server has no secret");
            Problem::new(Code::Internal)
        })?;
        Ok(Sealer::for_signing_keys(&secret))
    }
}

fn last_token_ends(now: Timestamp) -> Timestamp {
    now + Span::from_seconds(u64::from(*LIFETIME_SECONDS.end())) + SLACK
}

fn shown(key: SigningKeyRecord) -> SigningKey {
    SigningKey {
        kid: key.kid,
        algorithm: "ES256".to_owned(),
        created_at: key.created_at,
        retired_at: key.retired_at,
        published_until: key.published_until,
    }
}
