//! The vault's part of a renewal that is only played.

use domain::token::StoredToken;
use domain::vault::StoreName;

use super::Vault;
use super::place::Fence;
use super::records::json;
use crate::js;

/// The id of records nobody writes.
const NOBODY: &str = "rehearsal";

impl Vault {
    /// Seals and opens this token, reads records there are not, and ends a transaction that writes nothing: what a renewal does, so
    /// that the browser has compiled it. It changes nothing and counts as nothing; what goes wrong shows when it matters.
    pub async fn rehearse(&self, token: &StoredToken) {
        let stores = [StoreName::Tokens, StoreName::Connections, StoreName::Intents, StoreName::Credentials];
        let keys = stores.map(|store| Self::key_of(store, NOBODY));
        let Ok(sealer) = self.sealer() else { return };
        if let Ok(record) = sealer.seal(&keys[0], 1, &json(token)).await
            && let Ok(opened) = sealer.open(&keys[0], &record).await
        {
            std::hint::black_box(js::from_json::<StoredToken>(&opened));
        }
        let place = self.ladder.place();
        let _ = place.read(&keys).await;
        let fence = Fence { epoch: self.epoch.get(), key: sealer.generation() };
        let _ = place.apply(fence, &[], &[], false).await;
    }
}
