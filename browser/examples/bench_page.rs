//! The keeper without the app's pages, for `cargo xtask bench`: what the shipped program starts in each tab, with a few
//! JavaScript functions to ask it.
#![allow(clippy::must_use_candidate, clippy::needless_pass_by_value, reason = "JavaScript calls these")]

use browser::Runtime;
use domain::connection::{Connection, Credential};
use domain::id::{ConnectionId, ProviderId, TenantId, UserId};
use domain::keeper::{Command, Phase, View};
use domain::provider::{ClientAuthentication, Place};
use domain::secret::Secret;
use domain::tenant::Opening;
use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};

/// One tab's keeper.
#[wasm_bindgen]
pub struct Bench {
    runtime: Runtime,
    connection: ConnectionId,
}

#[wasm_bindgen]
impl Bench {
    /// Starts it and opens the vault; `on_view` is called with whether the vault is open and the generation of the first
    /// connection's token, each time there is something new to see.
    #[wasm_bindgen(constructor)]
    pub fn new(tenant: &str, on_view: Function) -> Self {
        let shown = move |view: View| {
            let token = view.connections.first().and_then(|connection| connection.token.as_ref());
            let generation = token.map_or(0, |token| token.generation) as f64;
            let open = matches!(view.phase, Phase::Open);
            let _ = on_view.call2(&JsValue::NULL, &open.into(), &generation.into());
        };
        let runtime = Runtime::start(shown, |_| {});
        runtime.open(Opening::own(UserId::new("bench"), &TenantId::new(tenant)));
        Self { runtime, connection: ConnectionId::new("bench") }
    }

    /// Adds a connection and asks for its token.
    pub fn add(&self, provider: &str, client_id: &str, client_secret: &str) {
        let connection = Connection {
            id: self.connection.clone(),
            name: "Bench".to_owned(),
            provider: ProviderId::new(provider),
            place: Place::default(),
            client_id: client_id.to_owned(),
            scopes: Vec::new(),
            authentication: ClientAuthentication::ClientSecretBasic,
            keep_credential: true,
            created_at: browser::clock::now(),
            removed_at: None,
        };
        let credential = Some(Credential::ClientSecret(Secret::new(client_secret)));
        self.runtime.send(Command::Save { connection, credential, obtain: true });
    }

    /// A valid token that is at hand, if one is.
    pub fn at_hand(&self) -> Option<String> {
        let token = self.runtime.token_at_hand(&self.connection)?;
        Some(token.access_token.expose().to_owned())
    }

    /// A valid token.
    pub async fn token(&self) -> Result<String, JsError> {
        let token = self.runtime.token(&self.connection).await;
        text(token)
    }

    /// A later token than that of this generation, which an API refused.
    pub async fn token_after(&self, generation: f64) -> Result<String, JsError> {
        let token = self.runtime.token_after(&self.connection, generation as u64).await;
        text(token)
    }
}

fn text(token: Result<Option<domain::token::StoredToken>, Box<domain::keeper::Failure>>) -> Result<String, JsError> {
    match token {
        Ok(Some(token)) => Ok(token.access_token.expose().to_owned()),
        Ok(None) => Err(JsError::new("there is no token")),
        Err(failure) => Err(JsError::new(&failure.problem.title)),
    }
}
