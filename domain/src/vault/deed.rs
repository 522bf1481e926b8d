//! What a person can do with the vault itself.

use super::{AutoLock, StoreError};
use crate::api::Problem;
use crate::secret::Secret;
use crate::time::{Span, Timestamp};
use crate::worker_token::Done;

/// A deed on the vault; who wants to know how it ended is called back.
pub enum VaultDeed {
    /// Lock it, in every tab.
    Lock,
    /// Unlock it in this tab.
    Unlock {
        /// With what.
        by: Opener,
        /// Hears how it ended.
        done: Done<Result<(), VaultTrouble>>,
    },
    /// Keep its key another way, or under another passphrase: a new key, and every record sealed anew.
    Protect {
        /// How.
        wish: Wish,
        /// What opens it now; needed when it is kept by a passphrase.
        proof: Option<Opener>,
        /// Hears how it ended.
        done: Done<Result<Protected, VaultTrouble>>,
    },
    /// Let a passkey open it as well.
    AddPasskey {
        /// What a person calls it.
        name: String,
        /// The passphrase.
        passphrase: Secret,
        /// Hears how it ended.
        done: Done<Result<(), VaultTrouble>>,
    },
    /// Let a passkey open it no more.
    RemovePasskey {
        /// The credential's id.
        id: Vec<u8>,
        /// Hears how it ended.
        done: Done<Result<(), VaultTrouble>>,
    },
    /// Set when it locks by itself, in every tab.
    SetAutoLock {
        /// When.
        after: AutoLock,
        /// Hears how it ended.
        done: Done<Result<(), VaultTrouble>>,
    },
    /// Clear everything this browser keeps for the person.
    Clear {
        /// Whether the synced copies of all the person's tenants on the server go as well.
        synced: bool,
        /// Whether tokens that earlier apps left here in plain text go as well.
        earlier: bool,
        /// Hears what was found afterwards.
        done: Done<Cleared>,
    },
}

/// What opens a vault.
#[derive(Clone, Debug)]
pub enum Opener {
    /// The server's half.
    Session,
    /// A passphrase.
    Passphrase(Secret),
    /// A passkey, which the browser asks for.
    Passkey,
}

/// How a vault's key is to be kept.
#[derive(Clone, Debug)]
pub enum Wish {
    /// By this browser.
    Browser,
    /// By this browser together with the server's half.
    Session,
    /// By this passphrase.
    Passphrase(Secret),
}

/// What keeping the key another way came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protected {
    /// How many records were sealed anew.
    pub records: usize,
    /// How many could not be opened before, and are gone with the old key.
    pub lost: usize,
    /// How many private keys stay with the browser itself.
    pub loose_keys: usize,
    /// How long it took.
    pub took: Span,
}

/// Why a deed on the vault was not done. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VaultTrouble {
    /// The passphrase is another one.
    #[error("The passphrase is wrong. Nothing was changed.")]
    WrongPassphrase,
    /// Too many were wrong.
    #[error("Too many wrong passphrases. Wait a moment, then try again.")]
    TooSoon {
        /// Until when.
        until: Timestamp,
    },
    /// The new passphrase is too easy to guess.
    #[error("{0}")]
    Weak(&'static str),
    /// The passkey did not do it: why.
    #[error("{0}")]
    Passkey(String),
    /// The server's half could not be had or made.
    #[error("{} {}", .0.title, .0.detail)]
    Server(Box<Problem>),
    /// The key could not be derived.
    #[error("The key could not be derived from the passphrase: {0}. Nothing was changed.")]
    NotDerived(String),
    /// The level can't be changed here: why.
    #[error("{0}")]
    Fixed(String),
    /// Another tab replaced the key at the same time.
    #[error("The key was replaced in another tab at the same time. Look at the level as it is now, then try again.")]
    Overtaken,
    /// The key material stands there and can't be opened, whatever a person enters.
    #[error("The vault's key can't be brought back: it was damaged, or written by a newer Tokenkeep.")]
    Damaged,
    /// Storage refused.
    #[error("This browser's storage can't be used: {0}. Nothing was changed.")]
    Store(StoreError),
}

impl From<StoreError> for VaultTrouble {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::KeyMoved { .. } => Self::Overtaken,
            error => Self::Store(error),
        }
    }
}

/// What was found when everything had been cleared and was read back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// Each place looked at.
    pub checks: Vec<Check>,
    /// Where texts of earlier apps still lie, such as `localStorage: aceIotApiToken`. They are not Tokenkeep's, so they go only
    /// when that is wanted.
    pub earlier: Vec<String>,
}

/// One place, looked at after it was cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The place.
    pub place: &'static str,
    /// What was found there.
    pub found: String,
    /// Whether nothing of the person's is left there, as far as a page can see.
    pub is_clear: bool,
}

impl Cleared {
    /// Whether every place is clear of what Tokenkeep kept.
    pub fn is_whole(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.is_clear)
    }

    /// Notes what was found in a place.
    pub fn note(&mut self, place: &'static str, is_clear: bool, found: impl Into<String>) {
        self.checks.push(Check { place, found: found.into(), is_clear });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clearing_is_whole_only_when_every_place_was_found_clear() {
        let mut cleared = Cleared::default();
        assert!(!cleared.is_whole(), "nothing was looked at");
        cleared.note("Memory", true, "dropped");
        assert!(cleared.is_whole());
        cleared.note("localStorage", false, "1 entry");
        assert!(!cleared.is_whole());
    }
}
