//! From settings to a running server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::api::Method;
use domain::api::gateway::ApiPath;
use domain::api::providers::SANDBOX_SITES_ID;
use domain::audit::{Action, Entry, Outcome};
use domain::https_url::HttpsUrl;
use domain::id::ProviderId;
use domain::provider::{AssertionAudience, DEFAULT_TEST_PATH, GatewayRules, PathPattern, Provider, ProviderKind};
use domain::secret::Secret;

use crate::assets::read_assets;
use crate::clock::{Clock, SystemClock};
use crate::digest::Digest;
use crate::entropy::{Entropy, SystemEntropy};
use crate::gateway::{DefaultTokenError, DefaultTokenFile, Streams};
use crate::in_flight::InFlight;
use crate::known::Known;
use crate::limiter::Limiter;
use crate::org_tokens::OrgTokens;
use crate::router::router;
use crate::secret_file::SecretFile;
use crate::serve::{ServeError, listen, serve};
use crate::settings::{Settings, SettingsError};
use crate::sign_in::{Passwords, new_secret};
use crate::state::{AppState, Parts, SANDBOX_ID, Sandbox};
use crate::store::{Database, OpenError, Store, StoreError};
use crate::upstream::{Upstream, UpstreamSettings};

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings can't be used.
    #[error("the settings can't be used")]
    Settings(#[from] SettingsError),
    /// The database can't be opened.
    #[error("the database can't be opened")]
    Open(#[from] OpenError),
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The browser files can't be used.
    #[error("the browser files can't be used: {0}")]
    Assets(String),
    /// The sandbox can't be started.
    #[error("the sandbox can't be started: {0}")]
    Sandbox(String),
    /// The default token can't be read.
    #[error("the operator's default token can't be used")]
    DefaultToken(#[from] DefaultTokenError),
    /// The server can't listen.
    #[error("the server can't serve")]
    Serve(#[from] ServeError),
}

/// Reads the settings of a file, if one is named, and of the environment.
///
/// # Errors
///
/// [`SettingsError`] names the key.
pub fn read_settings(file: Option<&Path>) -> Result<Settings, SettingsError> {
    let read =
        |path: &Path| std::fs::read_to_string(path).map_err(|error| SettingsError::File(PathBuf::from(path), error));
    let text = file.map(read).transpose()?;
    // A variable that is not UTF-8 can't be one of ours: all values are plain text.
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Settings::read(text.as_deref(), &variables.collect::<BTreeMap<_, _>>())
}

/// Starts everything and serves until told to stop.
///
/// # Errors
///
/// [`StartError`] says what failed.
pub async fn run(mut settings: Settings, with_sandbox: bool) -> Result<(), StartError> {
    let listener = listen(settings.listen)?;
    let assets = read_assets(&settings.site).map_err(StartError::Assets)?;
    let database = open_database(&settings, &SystemEntropy).await?;
    let sandbox = if with_sandbox { Some(start_sandbox(&settings).await?) } else { None };
    if let Some(sandbox) = &sandbox {
        settings.loopback_origins.extend(origin_of(sandbox));
    }
    let state = assemble(settings, Arc::new(database), Arc::new(SystemClock), Arc::new(SystemEntropy), sandbox);
    let started = Entry::by_server(Action::ServerStarted, Outcome::Done, state.clock.now());
    state.store.record(&[started.named(concat!("Tokenkeep ", env!("CARGO_PKG_VERSION")))]).await?;
    if let Some(file) = &state.default_token {
        file.shown(state.clock.now())?;
    }
    if let Some(key) = setup_key(&state).await? {
        println!("Setup link: {}/setup#key={}", state.settings.address(), key.expose());
    }
    println!("Tokenkeep listens on {}", state.settings.address());
    #[cfg(feature = "sandbox")]
    if state.sandbox.is_some()
        && let Some(address) = crate::demo::start(&state).await?
    {
        println!("Demo page with the chat: {address}");
    }
    Ok(serve(listener, router(&state, assets), state).await?)
}

/// Opens the database, with the server's own secret for its audit log.
///
/// # Errors
///
/// [`OpenError`] says which step failed.
pub async fn open_database(settings: &Settings, entropy: &dyn Entropy) -> Result<Database, OpenError> {
    Database::open(&settings.data, &SecretFile::new(settings.secret_file()), entropy).await
}

/// Puts the state together from its ports.
pub fn assemble(
    settings: Settings,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sandbox: Option<Sandbox>,
) -> AppState {
    let hashes_at_once = std::thread::available_parallelism().map_or(2, |cores| cores.get().min(4));
    let upstream = Upstream::new(upstream_settings(&settings), Arc::clone(&clock), Arc::clone(&entropy));
    let org_tokens = OrgTokens::new(&settings, Arc::clone(&store), Arc::clone(&clock), Arc::clone(&entropy));
    AppState::from(Parts {
        org_tokens: Arc::new(org_tokens),
        known: Arc::new(Known::new(store.epoch().clone())),
        changes: Arc::default(),
        token_uses: Arc::default(),
        metrics: Arc::default(),
        default_token: settings.default_token.clone().map(|setting| Arc::new(DefaultTokenFile::new(setting))),
        windows: Arc::default(),
        streams: Arc::new(Streams::new(settings.gateway.streams, settings.gateway.streams_per_user)),
        limiter: Arc::new(Limiter::new(settings.limits, &clock)),
        secret: Arc::new(SecretFile::new(settings.secret_file())),
        settings: Arc::new(settings),
        store,
        passwords: Passwords::new(hashes_at_once, Arc::clone(&entropy)),
        clock,
        entropy,
        upstream: Arc::new(upstream),
        sandbox,
        in_flight: InFlight::default(),
    })
}

/// A new key for the setup link, while no admin exists; the link of an earlier start no longer works.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn setup_key(state: &AppState) -> Result<Option<Secret>, StoreError> {
    let key = new_secret(&*state.entropy);
    let needed = state.store.renew_setup_link(&Digest::of(&key), state.clock.now()).await?;
    Ok(needed.then_some(key))
}

fn upstream_settings(settings: &Settings) -> UpstreamSettings {
    UpstreamSettings {
        loopback_origins: settings.loopback_origins.clone(),
        try_timeout: settings.upstream.try_timeout,
        total_timeout: settings.upstream.total_timeout,
        max_tries: settings.upstream.tries,
        max_answer_bytes: settings.upstream.answer_bytes,
        max_api_answer_bytes: settings.upstream.api_answer_bytes,
    }
}

fn origin_of(sandbox: &Sandbox) -> Option<HttpsUrl> {
    match &sandbox.provider.kind {
        ProviderKind::Sandbox { origin } => Some(origin.clone()),
        _ => None,
    }
}

#[cfg(not(feature = "sandbox"))]
async fn start_sandbox(_: &Settings) -> Result<Sandbox, StartError> {
    Err(StartError::Sandbox("this server was built without it; build with --features sandbox".to_owned()))
}

#[cfg(feature = "sandbox")]
async fn start_sandbox(settings: &Settings) -> Result<Sandbox, StartError> {
    let wish = sandbox::SandboxSettings {
        listen: settings.sandbox_listen,
        data: Some(settings.data.clone()),
        now: Arc::new(|| SystemClock.now()),
    };
    let running = sandbox::Sandbox::start(wish).await.map_err(|error| StartError::Sandbox(error.to_string()))?;
    let (provider, sites) = sandbox_providers(running.origin());
    Ok(Sandbox { provider, sites, running: Arc::new(running) })
}

/// The sandbox as a provider of worker tokens, and its API of sites as one of site tokens.
pub fn sandbox_providers(origin: &HttpsUrl) -> (Provider, Provider) {
    let provider = |id, name: &str, kind, gateway| Provider {
        id: ProviderId::new(id),
        name: name.to_owned(),
        enabled: true,
        kind,
        assertion_audience: AssertionAudience::Issuer,
        gateway,
    };
    let worker = ProviderKind::Sandbox { origin: origin.clone() };
    let sites = ProviderKind::SiteApi {
        base: HttpsUrl::parse(&format!("{}/ace/api", origin.origin())).expect("a plain path behind an origin is a URL"),
        test_path: ApiPath::parse(DEFAULT_TEST_PATH).expect("a plain path: a test reads it"),
        refresh_path: ApiPath::parse("token/refresh").ok(),
    };
    let rules = GatewayRules {
        methods: vec![Method::Get, Method::Post],
        paths: ["GET sites/**", "GET sites", "GET points/**", "POST points/get_timeseries"]
            .into_iter()
            .filter_map(|text| PathPattern::parse(text).ok())
            .collect(),
        ..GatewayRules::default()
    };
    (
        provider(SANDBOX_ID, "Sandbox", worker, GatewayRules::default()),
        provider(SANDBOX_SITES_ID, "Sandbox sites", sites, rules),
    )
}
