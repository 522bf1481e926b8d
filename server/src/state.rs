//! What every route can reach.

use std::ops::Deref;
use std::sync::Arc;

use domain::api::providers::SANDBOX_SITES_ID;
use domain::api::{Code, Problem};
use domain::id::{ProviderId, TenantId};
use domain::provider::Provider;
use domain::tenant::Tenant;

use crate::audit::TokenUses;
use crate::changes::Changes;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::gateway::{DefaultTokenFile, Streams, Windows};
use crate::in_flight::InFlight;
use crate::known::Known;
use crate::limiter::Limiter;
use crate::metrics::Metrics;
use crate::org_tokens::OrgTokens;
use crate::secret_file::SecretFile;
use crate::settings::Settings;
use crate::sign_in::Passwords;
use crate::store::{Person, Store};
use crate::upstream::Upstream;

/// What every route can reach: the ports and the settings. It is cloned several times for each request, so a clone is one more
/// pointer to the same.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// The parts of an [`AppState`].
#[derive(Clone)]
pub struct Parts {
    /// The settings, as read at the start.
    pub settings: Arc<Settings>,
    /// The database.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random numbers.
    pub entropy: Arc<dyn Entropy>,
    /// The way to providers.
    pub upstream: Arc<Upstream>,
    /// The sandbox, while it runs.
    pub sandbox: Option<Sandbox>,
    /// Hashing of passwords, with a bound on how many at once.
    pub passwords: Passwords,
    /// Requests per minute.
    pub limiter: Arc<Limiter>,
    /// Work that outlives its request, and whether the server is stopping.
    pub in_flight: InFlight,
    /// Org tokens: issued, checked, their keys.
    pub org_tokens: Arc<OrgTokens>,
    /// The operator's default token, if there is one.
    pub default_token: Option<Arc<DefaultTokenFile>>,
    /// Calls of the last minute, by person and site.
    pub windows: Arc<Windows>,
    /// Event streams and WebSockets that are open.
    pub streams: Arc<Streams>,
    /// What this process counts.
    pub metrics: Arc<Metrics>,
    /// From where tokens are used.
    pub token_uses: Arc<TokenUses>,
    /// The server's own secret, under which lies what must not be read in the database.
    pub secret: Arc<SecretFile>,
    /// Sessions, providers and tenants as they were read a moment ago.
    pub known: Arc<Known>,
    /// News of conversations, for those who wait for them.
    pub changes: Arc<Changes>,
}

/// The sandbox while it runs.
#[derive(Clone)]
pub struct Sandbox {
    /// It, as a provider.
    pub provider: Provider,
    /// Its API of sites, as a provider of site tokens.
    pub sites: Provider,
    /// What makes clients in it.
    #[cfg(feature = "sandbox")]
    pub running: Arc<sandbox::Running>,
}

/// The sandbox's identifier among providers.
pub const SANDBOX_ID: &str = "sandbox";

/// Whether an identifier is one of the sandbox's, which no other provider has.
pub fn is_sandbox(id: &ProviderId) -> bool {
    matches!(id.as_str(), SANDBOX_ID | SANDBOX_SITES_ID)
}

impl Sandbox {
    /// The sandbox as providers: that of worker tokens last.
    pub fn providers(&self) -> [Provider; 2] {
        [self.sites.clone(), self.provider.clone()]
    }

    fn named(&self, id: &ProviderId) -> Option<&Provider> {
        [&self.provider, &self.sites].into_iter().find(|provider| provider.id == *id)
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl From<Parts> for AppState {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl AppState {
    /// The parts, to be changed in this clone and those made of it later; other clones stay as they are.
    pub fn parts_mut(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.0)
    }

    /// The provider with that identifier, the sandbox included.
    ///
    /// # Errors
    ///
    /// [`Code::Internal`] when the store fails.
    pub async fn provider(&self, id: &ProviderId) -> Result<Option<Arc<Provider>>, Problem> {
        if is_sandbox(id) {
            return Ok(self.sandbox.as_ref().and_then(|sandbox| sandbox.named(id)).cloned().map(Arc::new));
        }
        Ok(self.known.provider(id, async { self.store.provider(id).await }).await?)
    }

    /// The provider a token is to come from.
    ///
    /// # Errors
    ///
    /// [`Code::ProviderNotAllowed`] when there is none.
    pub async fn allowed_provider(&self, id: &ProviderId) -> Result<Arc<Provider>, Problem> {
        let gone = || {
            Problem::new(Code::ProviderNotAllowed).with_detail("There is no such provider here. It may have been removed; choose another one, or ask an admin to allow it again.")
        };
        self.provider(id).await?.ok_or_else(gone)
    }

    /// The tenant a person's request is about; without one it is the person's own.
    ///
    /// # Errors
    ///
    /// [`Code::TenantUnknown`] when it is none of theirs: the same for one of somebody else and for one that never was.
    pub async fn tenant(&self, person: &Person, id: Option<&TenantId>) -> Result<Arc<Tenant>, Problem> {
        let id = id.unwrap_or(&person.tenant);
        let found = self.known.tenant((&person.id, id), async { self.store.tenant(person, id).await }).await?;
        found.ok_or_else(|| Problem::new(Code::TenantUnknown))
    }
}
