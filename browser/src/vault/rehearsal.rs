//! The vault's part of a renewal that is only played.

use std::rc::Rc;

use domain::audit::Report;
use domain::connection::Connection;
use domain::keeper::Intent;
use domain::secret::Secret;
use domain::token::StoredToken;
use domain::vault::StoreName;

use super::place::Fence;
use super::records::{Change, json};
use super::{KeptCredential, Vault};
use crate::js;

/// A generation of records nobody wrote: whoever writes over it loses.
const NEVER: u64 = 9;

impl Vault {
    /// Does what a renewal does, so that the browser has compiled it, for a connection the vault does not hold: opens what it sealed,
    /// reads records there are not, and writes over generations that do not stand, which every place refuses. Nothing is changed;
    /// what goes wrong shows when it matters.
    pub async fn rehearse(&self, connection: &Connection, intent: &Intent, token: &StoredToken, told: &[Report]) {
        let Ok(sealer) = self.sealer() else { return };
        let id = &connection.id;
        let key = Self::key_of(StoreName::Tokens, id.as_str());
        if let Ok(record) = sealer.seal(&key, 1, &json(token)).await
            && let Ok(opened) = sealer.open(&key, &record).await
        {
            std::hint::black_box(js::from_json::<StoredToken>(&opened));
        }
        let kept = KeptCredential::ClientSecret { secret: Secret::default() };
        let _ = self.parsed::<Connection>(&key, None, &Rc::new(Some(json(connection)))).await;
        let _ = self.parsed::<Intent>(&key, None, &Rc::new(Some(json(intent)))).await;
        let _ = self.parsed::<KeptCredential>(&key, None, &Rc::new(Some(json(&kept)))).await;
        let _ = self.held_in_epoch(id).await;
        let place = self.ladder.place();
        let fence = Fence { epoch: self.epoch.get(), key: sealer.generation() };
        let _ = place.apply(fence, &[], &[], false).await;
        let begun = Change::put(StoreName::Intents, id.as_str(), intent).only_over(NEVER);
        let _ = self.changed(fence.epoch, &[begun], &[]).await;
        let mut token = token.clone();
        token.facts.generation = NEVER + 1;
        self.note_intent(id, Some(&intent.id), NEVER);
        let _ = self.commit(id, &token, fence.epoch, &intent.id, told).await;
        self.note_intent(id, None, 0);
    }
}
