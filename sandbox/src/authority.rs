//! The sandbox itself: who it is, and what it knows.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::api::providers::{NewSandboxClient, SandboxClient};
use domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::client::{Client, ClientError};
use crate::clients::Clients;
use crate::counters::Counters;
use crate::fault::FaultPlan;
use crate::file::{self, Kept};
use crate::management::RateLimit;
use crate::random;
use crate::signing_key::SigningKey;
use crate::world::World;

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a sandbox needs to start.
#[derive(Clone)]
pub struct SandboxSettings {
    /// The loopback address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The folder for `sandbox.json`, which keeps key and clients over a restart; without it all is gone at the end.
    pub data: Option<PathBuf>,
    /// The clock.
    pub now: Now,
}

/// Why a sandbox can't start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is not this machine's own.
    #[error("the sandbox listens on loopback addresses only, and {0} is none")]
    NotLoopback(SocketAddr),
    /// The address is taken, or may not be used.
    #[error("the sandbox can't listen on {0}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The data file can't be read.
    #[error("the sandbox's data file {} can't be read; remove it to start afresh", .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// The data file can't be written.
    #[error("the sandbox's data file {} can't be written", .0.display())]
    Write(PathBuf, #[source] io::Error),
}

/// The stand-in provider; its clones are the same one.
#[derive(Clone)]
pub struct Sandbox(Arc<Authority>);

struct Authority {
    origin: String,
    environment_id: String,
    organization_id: String,
    key: SigningKey,
    file: Option<PathBuf>,
    now: Now,
    world: World,
    clients: Mutex<Clients>,
    /// Held while the file is written, so that an older state never overwrites a newer one.
    writing: tokio::sync::Mutex<()>,
}

impl Sandbox {
    /// Opens a sandbox that is reached at `origin`, with what `settings.data` keeps of an earlier run. It serves
    /// nothing until its router is; [`Sandbox::start`] does both.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Read`] and [`SandboxError::Write`] of the data file.
    pub fn open(origin: &str, settings: &SandboxSettings) -> Result<Self, SandboxError> {
        let file = settings.data.as_deref().map(file::path_in);
        let kept = match &file {
            Some(path) => file::read(path).map_err(|error| SandboxError::Read(path.clone(), error))?,
            None => None,
        };
        let new = kept.is_none();
        let authority = Authority::new(origin, settings, file.clone(), kept)
            .map_err(|error| SandboxError::Read(file.clone().unwrap_or_default(), error))?;
        if let (true, Some(path)) = (new, file) {
            let kept = authority.kept(Vec::new());
            file::write(&path, &kept).map_err(|error| SandboxError::Write(path, error))?;
        }
        Ok(Self(Arc::new(authority)))
    }

    /// Makes a client; with a data folder it is on disk when this answers.
    ///
    /// # Errors
    ///
    /// [`ClientError`] for a wish that can't be met.
    pub async fn add_client(&self, wish: &NewSandboxClient) -> Result<SandboxClient, ClientError> {
        let (client, shown) = Client::make(wish, &self.0.environment_id)?;
        // A task of its own: were a caller that goes away to let go of the lock while the file is still written, an
        // older state could land on a newer one.
        let keeping = tokio::spawn(self.clone().keep(client));
        keeping.await.map_err(|error| ClientError::Write(io::Error::other(error)))??;
        Ok(shown)
    }

    async fn keep(self, client: Client) -> Result<(), ClientError> {
        let _writing = self.0.writing.lock().await;
        self.clients().check_room()?;
        self.0.write_with(&client).await.map_err(ClientError::Write)?;
        self.clients().add(client);
        Ok(())
    }

    /// Switches a fault on or off.
    pub fn set_fault(&self, plan: FaultPlan) {
        self.clients().faults.set(plan);
    }

    /// Sets how much the management API answers.
    pub fn set_limit(&self, limit: RateLimit) {
        self.clients().rates.set(limit);
    }

    /// What a client did; `None` when there is no such client.
    pub fn counters(&self, client_id: &str) -> Option<Counters> {
        self.clients().counters(client_id)
    }

    /// The environment's id, a UUID.
    pub fn environment_id(&self) -> &str {
        &self.0.environment_id
    }

    /// The organization's id, a UUID.
    pub(crate) fn organization_id(&self) -> &str {
        &self.0.organization_id
    }

    /// Where the sandbox is reached.
    pub(crate) fn origin(&self) -> &str {
        &self.0.origin
    }

    /// The issuer identifier: `<origin>/<environment>/as`.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/{}/as", self.0.origin, self.0.environment_id)
    }

    /// The token endpoint.
    pub(crate) fn token_endpoint(&self) -> String {
        format!("{}/token", self.issuer())
    }

    /// The key that signs tokens.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.0.key
    }

    /// The claims of a token that is this sandbox's own, has not expired and was not revoked.
    pub(crate) fn good_claims(&self, token: &str) -> Option<Map<String, Value>> {
        let claims = self.0.key.claims_of(token)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let expires_at = claims.get("exp")?.as_i64().map(Timestamp::from_seconds)?;
        let good = text("iss") == Some(&self.issuer()) && self.now() < expires_at;
        let good = good && !self.clients().is_revoked(text("jti")?);
        good.then_some(claims)
    }

    /// Ends the token of these claims.
    pub(crate) fn revoke(&self, claims: &Map<String, Value>) {
        let (jti, exp) = (claims.get("jti").and_then(Value::as_str), claims.get("exp").and_then(Value::as_i64));
        if let (Some(jti), Some(exp)) = (jti, exp) {
            self.clients().revoke(jti, Timestamp::from_seconds(exp), self.now());
        }
    }

    /// The made-up company.
    pub(crate) fn world(&self) -> World {
        self.0.world
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        (self.0.now)()
    }

    /// What changes while the sandbox runs. Never held over an await.
    pub(crate) fn clients(&self) -> MutexGuard<'_, Clients> {
        self.0.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Authority {
    fn new(origin: &str, settings: &SandboxSettings, file: Option<PathBuf>, kept: Option<Kept>) -> io::Result<Self> {
        let born = kept.as_ref().and_then(|kept| kept.born).unwrap_or_else(|| (settings.now)());
        let (environment_id, organization_id, key, clients) = match kept {
            None => (random::uuid(), random::uuid(), SigningKey::generate(), Clients::default()),
            Some(kept) => {
                let key = SigningKey::from_text(&kept.key_id, &kept.signing_key)
                    .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "its signing key can't be read"))?;
                (kept.environment_id, kept.organization_id, key, Clients::from_kept(kept.clients))
            }
        };
        Ok(Self {
            origin: origin.to_owned(),
            environment_id,
            organization_id,
            key,
            file,
            now: settings.now.clone(),
            world: World::new(born),
            clients: Mutex::new(clients),
            writing: tokio::sync::Mutex::new(()),
        })
    }

    fn kept(&self, clients: Vec<Client>) -> Kept {
        Kept {
            version: 1,
            environment_id: self.environment_id.clone(),
            organization_id: self.organization_id.clone(),
            born: Some(self.world.born()),
            key_id: self.key.id().to_owned(),
            signing_key: self.key.to_text(),
            clients,
        }
    }

    async fn write_with(&self, client: &Client) -> io::Result<()> {
        let Some(path) = self.file.clone() else { return Ok(()) };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner).to_kept();
        clients.push(client.clone());
        let kept = self.kept(clients);
        tokio::task::spawn_blocking(move || file::write(&path, &kept)).await.map_err(io::Error::other)?
    }
}
