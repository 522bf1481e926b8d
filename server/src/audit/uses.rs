use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::audit::suspicion::ADDRESS_WINDOW;
use domain::time::{Span, Timestamp};

use crate::digest::Digest;
use crate::store::{Store, TokenUse};

/// A use of the same token from the same address is written down at most this often; well below the window they count in.
const WRITTEN_EVERY: Span = Span::from_seconds(60);

/// From so many on, those that no longer count are forgotten.
const MANY: usize = 10_000;

/// Writes down from where tokens are used, so that all nodes together see when it is from too many places at once.
#[derive(Debug, Default)]
pub struct TokenUses(Mutex<HashMap<(Digest, String), Timestamp>>);

impl TokenUses {
    /// Notes a use. If it can't be written down the call goes on: it is a hint, and the next use says it again.
    pub async fn note(&self, store: &dyn Store, used: TokenUse) {
        if !self.is_due(&used) {
            return;
        }
        if let Err(error) = store.note_token_use(&used).await {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(used.token, used.address));
            tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "a token's use could not be noted");
        }
    }

    fn is_due(&self, used: &TokenUse) -> bool {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.len() >= MANY {
            written.retain(|_, at| used.at.since(*at) < ADDRESS_WINDOW);
        }
        let key = (used.token, used.address.clone());
        let due = written.get(&key).is_none_or(|at| used.at.since(*at) >= WRITTEN_EVERY || used.at < *at);
        if due {
            written.insert(key, used.at);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use domain::audit::suspicion::Watched;

    use super::*;

    fn used(address: &str, seconds: i64) -> TokenUse {
        let (token, address) = (Digest::of_text("token"), address.to_owned());
        let at = Timestamp::from_seconds(seconds);
        TokenUse { token, watched: Watched::default(), username: String::new(), address, at }
    }

    #[test]
    fn the_same_use_is_written_once_a_minute_and_another_address_at_once() {
        let uses = TokenUses::default();
        let due = |address: &str, seconds| uses.is_due(&used(address, seconds));
        assert!(due("a", 100) && !due("a", 159) && due("b", 159) && due("a", 160));
        assert!(due("a", 50), "a clock that was set back");
    }
}
