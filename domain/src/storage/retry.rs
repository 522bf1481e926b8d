use crate::time::Span;
use crate::vault::{StorageLevel, StoreError};

/// How often and when a failed operation on a layer is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryRules {
    /// Tries in all, the first included.
    pub tries: u32,
    /// The longest pause before the second try; it doubles with each.
    pub first_pause: Span,
    /// The longest pause before any try.
    pub longest_pause: Span,
}

impl RetryRules {
    /// The rules of a layer. A database comes back within moments or not at all; localStorage answers at once; memory does
    /// not fail.
    pub const fn of(layer: StorageLevel) -> Self {
        let (tries, first) = match layer {
            StorageLevel::IndexedDb => (3, 100),
            StorageLevel::LocalStorage => (3, 20),
            StorageLevel::Memory => (1, 0),
        };
        Self { tries, first_pause: Span::from_millis(first), longest_pause: Span::from_seconds(2) }
    }

    /// How long to wait after the `failed`-th try (from 1) ended with this error: anything from nothing to the full pause
    /// (full jitter: M. Brooker, Exponential Backoff And Jitter, 2015). `None` when it is not tried again: the tries are
    /// used up, or trying again changes nothing.
    pub fn pause(&self, failed: u32, error: &StoreError, random: u64) -> Option<Span> {
        if failed >= self.tries || !error.may_pass() {
            return None;
        }
        let doubled = self.first_pause.scaled(1 << failed.saturating_sub(1).min(20), 1);
        let full = doubled.min(self.longest_pause);
        Some(Span::from_millis(random % (full.millis() + 1)))
    }
}
