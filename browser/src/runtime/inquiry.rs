//! Asking a provider about a token, and ending one. Token and credential go from the vault to our server, and nowhere else.

use domain::api::introspection::{IntrospectToken, Introspection, Revocation, RevokeToken, TokenQuestion};
use domain::api::{self, Code, Endpoint, Problem};
use domain::calls::CallKind;
use domain::id::ConnectionId;
use domain::vault::StoreError;
use domain::worker_token::{Refusal, Whose};

use super::Runtime;
use crate::clock;

/// A question about the token of a connection, and which of its tokens that is.
struct Inquiry {
    id: ConnectionId,
    generation: u64,
    question: TokenQuestion,
}

impl Runtime {
    /// What the provider says of the token there is (RFC 7662).
    pub(super) async fn introspect(&self, whose: Whose) -> Result<Introspection, Problem> {
        let inquiry = self.inquiry(whose).await?;
        self.asked(CallKind::Introspection, &IntrospectToken, &inquiry.question).await
    }

    /// Ends the token at its provider (RFC 7009), and then here, in every tab. One that was renewed meanwhile is another token
    /// and stays.
    pub(super) async fn revoke(&self, whose: Whose) -> Result<Revocation, Problem> {
        let inquiry = self.inquiry(whose).await?;
        let revocation = self.asked(CallKind::Revocation, &RevokeToken, &inquiry.question).await?;
        self.ended(&inquiry.id, inquiry.generation).await.map_err(|error| {
            let words = format!("The provider ended the token, but this browser could not remove it: {error}.");
            Problem::new(Code::NotStored).with_detail(words)
        })?;
        Ok(revocation)
    }

    async fn inquiry(&self, whose: Whose) -> Result<Inquiry, Problem> {
        let id = self.id(whose)?;
        let connection = self.connection(&id).ok_or(Refusal::NoCredentials)?;
        let vault = self.inner.vault().map_err(Refusal::from)?;
        // As the place has it now: another tab may have renewed it a moment ago.
        let token = vault.newest_token(&id).await.map_err(Refusal::from)?.ok_or_else(|| {
            Problem::new(Code::NotFound)
                .with_detail("There is no token any more. It may have been cleared in another tab.")
        })?;
        let question = TokenQuestion {
            proof: self.inner.proof(&connection).await?,
            provider: connection.provider,
            place: connection.place,
            client_id: connection.client_id,
            token: token.access_token,
        };
        Ok(Inquiry { id, generation: token.facts.generation, question })
    }

    async fn asked<E: Endpoint<Body = TokenQuestion>>(
        &self,
        kind: CallKind,
        endpoint: &E,
        question: &TokenQuestion,
    ) -> Result<E::Answer, Problem> {
        let exchange = self.inner.exchange(kind, &api::request(endpoint, question)?).await;
        if let Some(sample) = exchange.clock {
            self.hear_clock(sample);
        }
        serde_json::from_value(exchange.answer?).map_err(|_| Problem::new(Code::UnreadableAnswer))
    }

    async fn ended(&self, id: &ConnectionId, generation: u64) -> Result<(), StoreError> {
        let vault = self.inner.vault()?;
        match vault.clear_token_of(id, generation, clock::now()).await {
            Ok(Some(cleared)) => self.inner.tell_token(id, cleared),
            // Whoever wrote in between wrote a later token.
            Ok(None) | Err(StoreError::Superseded { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
