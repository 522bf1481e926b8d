//! Asking our server for a token.

use domain::api::providers::Providers;
use domain::api::token::{ClientProof, ObtainToken, TokenAnswer, TokenRequest};
use domain::api::{self, Code, IDEMPOTENCY_HEADER, Problem};
use domain::calls::CallKind;
use domain::connection::Connection;
use domain::keeper::{Event, Intent};
use domain::provider::{ClientAuthentication, Provider};
use domain::secret::Secret;
use domain::vault::StoreError;
use serde_json::Value;

use super::Inner;
use crate::http::{Exchange, exchange};
use crate::private_key::{Assertion, PrivateKey};
use crate::vault::UsableCredential;
use crate::vault::sealing::subtle;

impl Inner {
    /// Asks under the intent's id, which makes a repeat safe.
    pub(super) async fn ask(&self, connection: &Connection, intent: &Intent) -> Event {
        let Exchange { answer, clock } = match self.call(connection, intent).await {
            Ok(call) => self.exchange(CallKind::Token, &call).await,
            Err(problem) => Exchange { answer: Err(problem), clock: None },
        };
        let answer = answer.and_then(token_of);
        if answer.is_err() {
            // An admin may have changed what the assertion was made for.
            self.providers.borrow_mut().clear();
        }
        Event::Answered { connection: connection.id.clone(), intent: intent.id.clone(), answer, clock }
    }

    async fn call(&self, connection: &Connection, intent: &Intent) -> Result<api::Call, Problem> {
        token_call(connection, intent, self.proof(connection).await?)
    }

    pub(super) async fn proof(&self, connection: &Connection) -> Result<ClientProof, Problem> {
        let vault = self.vault().map_err(not_read)?;
        let credential = vault.credential(&connection.id).await.map_err(not_read)?.ok_or_else(missing)?;
        match (connection.authentication, credential) {
            (ClientAuthentication::ClientSecretBasic, UsableCredential::ClientSecret(client_secret)) => {
                Ok(ClientProof::ClientSecretBasic { client_secret })
            }
            (ClientAuthentication::ClientSecretPost, UsableCredential::ClientSecret(client_secret)) => {
                Ok(ClientProof::ClientSecretPost { client_secret })
            }
            (ClientAuthentication::ClientSecretJwt, UsableCredential::ClientSecret(client_secret)) => {
                Ok(ClientProof::ClientSecretJwt { client_secret })
            }
            (ClientAuthentication::PrivateKeyJwt, UsableCredential::PrivateKey(key)) => {
                self.signed(connection, &key).await
            }
            _ => Err(missing()),
        }
    }

    async fn signed(&self, connection: &Connection, key: &PrivateKey) -> Result<ClientProof, Problem> {
        let refused = |detail: String| Problem::new(Code::ProviderNotAllowed).with_detail(detail);
        let provider = self.provider(connection).await?;
        let target = provider.target(&connection.place).map_err(|error| refused(error.to_string()))?;
        let audience = target.checked_audience().map_err(|error| refused(error.to_string()))?;
        let subtle = subtle().ok_or_else(|| not_read(StoreError::InsecureContext))?;
        let assertion = Assertion { client_id: &connection.client_id, audience, now: self.now() };
        let client_assertion = key.sign(&subtle, assertion).await.map_err(|error| not_read(error.into()))?;
        Ok(ClientProof::PrivateKeyJwt { client_assertion })
    }

    /// The connection's provider; the list is fetched when it is not in the one known.
    pub(super) async fn provider(&self, connection: &Connection) -> Result<Provider, Problem> {
        if let Some(provider) = self.known_provider(connection) {
            return Ok(provider);
        }
        self.fetch_providers().await?;
        self.known_provider(connection).ok_or_else(|| Problem::new(Code::ProviderNotAllowed))
    }

    /// Asks the server for the providers allowed now.
    pub(super) async fn fetch_providers(&self) -> Result<(), Problem> {
        let exchange = exchange(&api::request(&Providers, &())?).await;
        let providers = serde_json::from_value(exchange.answer?).map_err(|_| Problem::new(Code::UnreadableAnswer))?;
        self.providers.replace(providers);
        Ok(())
    }

    pub(super) fn known_provider(&self, connection: &Connection) -> Option<Provider> {
        self.providers.borrow().iter().find(|provider| provider.id == connection.provider).cloned()
    }
}

/// The request for a token under this intent.
pub(super) fn token_call(connection: &Connection, intent: &Intent, proof: ClientProof) -> Result<api::Call, Problem> {
    let request = TokenRequest {
        provider: connection.provider.clone(),
        place: connection.place.clone(),
        client_id: connection.client_id.clone(),
        scopes: connection.scopes.clone(),
        proof,
    };
    let mut call = api::request(&ObtainToken, &request)?;
    call.headers.push((IDEMPOTENCY_HEADER, Secret::new(intent.id.as_str())));
    Ok(call)
}

/// The token in an answer.
pub(super) fn token_of(answer: Value) -> Result<TokenAnswer, Problem> {
    serde_json::from_value(answer).map_err(|_| Problem::new(Code::UnreadableAnswer))
}

/// No credential, or one of another kind than the method needs.
fn missing() -> Problem {
    Problem::new(Code::InvalidFields)
        .with_detail("This browser has no credential for the connection's authentication method. Enter it again.")
        .with_error("credential", "Enter the client secret or the private key again.")
}

/// The credential is kept, and could not be read or used just now.
fn not_read(error: StoreError) -> Problem {
    Problem::new(Code::Unreachable).with_detail(match error {
        StoreError::InsecureContext => error.to_string(),
        error => ["The credential could not be read in this browser: ", &error.to_string(), "."].concat(),
    })
}
