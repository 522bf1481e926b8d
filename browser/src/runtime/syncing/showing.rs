//! What there is to see of sync, as the vault has it now.

use std::rc::Rc;
use std::sync::Arc;

use domain::sync::{Conflict, ConflictFacts, ItemKey, SyncFacts, SyncPhase, differences, name_of};
use domain::vault::StoreError;

use super::super::Inner;
use crate::vault::Vault;

impl Inner {
    pub(super) async fn reread_sync(self: &Rc<Self>) {
        let turn = self.syncing.turn.get();
        // What can't be read now stays as it was.
        let Ok(vault) = self.vault() else { return };
        let Ok(state) = vault.sync_state().await else { return };
        let conflicts = conflicts(&vault).await.unwrap_or_default();
        if self.syncing.turn.get() != turn {
            return;
        }
        self.show_sync(|view| {
            view.phase = match (state, &view.phase) {
                (Some(state), _) => SyncPhase::On(SyncFacts { since: state.joined_at, last: state.last }),
                (None, SyncPhase::Off { copy }) => SyncPhase::Off { copy: *copy },
                (None, _) => SyncPhase::Off { copy: None },
            };
            if *view.conflicts != conflicts {
                view.conflicts = Arc::new(conflicts);
            }
        });
    }
}

async fn conflicts(vault: &Vault) -> Result<Vec<ConflictFacts>, StoreError> {
    let mut facts = Vec::new();
    for (key, conflict) in vault.sync_conflicts().await? {
        let stands = vault.synced_content(&conflict.of).await?;
        facts.push(shown(key, conflict, stands.as_ref()));
    }
    Ok(facts)
}

fn shown(key: ItemKey, conflict: Conflict, stands: Option<&serde_json::Value>) -> ConflictFacts {
    use domain::sync::ItemKind;
    let Conflict { of, value, removed } = conflict;
    let without_text = removed && of.kind == ItemKind::Site;
    let not_to_be_taken = without_text.then(|| {
        "The token was removed on the other device, and its text with it. Enter the token again if you need it."
            .to_owned()
    });
    ConflictFacts {
        name: name_of(&of, &value),
        differences: differences(&of, &value, stands),
        key,
        of,
        removed,
        not_to_be_taken,
    }
}
