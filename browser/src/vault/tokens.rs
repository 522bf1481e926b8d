//! Tokens written and cleared by hand; renewals go by [`Vault::commit`].

use domain::audit::Report;
use domain::id::ConnectionId;
use domain::secret::Secret;
use domain::time::Timestamp;
use domain::token::{StoredToken, TokenFacts};
use domain::vault::{StoreError, StoreName};

use super::Vault;
use super::records::Change;

impl Vault {
    /// The facts of the newest token, as the place has them now; those of a cleared one too.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn token_facts(&self, id: &ConnectionId) -> Result<Option<TokenFacts>, StoreError> {
        let token: Option<StoredToken> = self.fresh(StoreName::Tokens, id.as_str()).await?;
        Ok(token.map(|token| token.facts))
    }

    /// Writes a token over the generation before its own, and with it what the audit log is `told`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] and [`StoreError::SignedOut`] when this tab is too late; else as the place gives it.
    pub async fn write_token(&self, id: &ConnectionId, token: &StoredToken, told: &[Report]) -> Result<(), StoreError> {
        let replaces = token.facts.generation.saturating_sub(1);
        let change = Change::put(StoreName::Tokens, id.as_str(), token).only_over(replaces);
        self.change_telling(self.epoch.get(), vec![change], &[], told).await.map(drop)
    }

    /// Puts a cleared token in place of the one there, and with it what the audit log is `told`; gives its generation, `None` when
    /// there is nothing to clear.
    ///
    /// # Errors
    ///
    /// As [`Vault::write_token`].
    pub async fn clear_token(
        &self,
        id: &ConnectionId,
        now: Timestamp,
        told: &[Report],
    ) -> Result<Option<u64>, StoreError> {
        self.clear(id, now, |facts| !facts.is_cleared(), told).await
    }

    /// As [`Vault::clear_token`], for the token of this generation only.
    ///
    /// # Errors
    ///
    /// As [`Vault::write_token`].
    pub async fn clear_token_of(
        &self,
        id: &ConnectionId,
        generation: u64,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        self.clear(id, now, |facts| !facts.is_cleared() && facts.generation == generation, &[]).await
    }

    async fn clear(
        &self,
        id: &ConnectionId,
        now: Timestamp,
        wanted: impl Fn(&TokenFacts) -> bool,
        told: &[Report],
    ) -> Result<Option<u64>, StoreError> {
        let Some(facts) = self.token_facts(id).await?.filter(wanted) else { return Ok(None) };
        let cleared = StoredToken { access_token: Secret::default(), facts: facts.cleared(now) };
        self.write_token(id, &cleared, told).await?;
        Ok(Some(cleared.facts.generation))
    }

    /// Whether the token was damaged and set aside since this was last asked.
    pub fn lost_token(&self, id: &ConnectionId) -> bool {
        let name = [StoreName::Tokens.name(), "/", id.as_str()].concat();
        let mut set_aside = self.set_aside.borrow_mut();
        let before = set_aside.len();
        set_aside.retain(|known| *known != name);
        set_aside.len() < before
    }
}
