//! What a person sees of the vault itself, beside what is in it.

use super::{AutoLock, Cleared, Cost, Protection};
use crate::api::Problem;
use crate::time::{Span, Timestamp};

/// The vault as its page shows it; plain data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VaultView {
    /// How its key is kept; `None` before it was looked at, and where there is no key to be kept.
    pub protection: Option<Protection>,
    /// Why it is locked, while it is.
    pub locked: Option<Locked>,
    /// Why the level can't be changed in this browser, if so.
    pub fixed: Option<String>,
    /// What a guess at the passphrase costs.
    pub cost: Option<Cost>,
    /// How long deriving the key took here when the passphrase was set.
    pub usual: Option<Span>,
    /// The passkeys that open it.
    pub passkeys: Vec<PasskeyFacts>,
    /// Whether passkeys can be used in this page.
    pub passkey_support: PasskeySupport,
    /// When it locks by itself.
    pub auto_lock: AutoLock,
    /// How many private keys the browser itself keeps, out of the reach of any level above its own.
    pub loose_keys: usize,
    /// What is being done, which takes a while.
    pub work: Option<Work>,
    /// Until when no passphrase is tried.
    pub wait_until: Option<Timestamp>,
    /// What was found after everything was cleared in this tab: the page must be loaded anew.
    pub cleared: Option<Cleared>,
    /// Everything was cleared by another tab: this page must be loaded anew.
    pub cleared_elsewhere: bool,
}

impl VaultView {
    /// Whether a page shows nothing but why, and what to do about it.
    pub fn is_shut(&self) -> bool {
        self.locked.is_some() || self.cleared.is_some() || self.cleared_elsewhere
    }
}

/// Why a vault is locked.
#[derive(Clone, Debug, PartialEq)]
pub enum Locked {
    /// The page was opened, and the key comes from elsewhere.
    AtStart,
    /// A person locked it, in this tab or another.
    ByPerson,
    /// Nobody touched any tab for the time set.
    Idle,
    /// Its key was replaced in another tab.
    KeyReplaced,
    /// The server's half could not be had.
    NoHalf(Box<Problem>),
}

/// What is known of a passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyFacts {
    /// The credential's id.
    pub id: Vec<u8>,
    /// What a person calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// Whether passkeys can be used in this page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasskeySupport {
    /// Not looked at yet.
    #[default]
    Unknown,
    /// As far as can be told without trying; whether an authenticator can give a key is seen when it is added.
    Possible,
    /// The browser has no passkeys.
    NoBrowser,
    /// The page was opened by an IP address, and passkeys belong to names.
    NoName,
}

/// Something that takes a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The key is derived from the passphrase.
    Deriving {
        /// Since when.
        since: Timestamp,
        /// How long it took before.
        usual: Option<Span>,
    },
    /// A person is asked for their passkey.
    WaitingForPasskey,
    /// The server is asked for its half.
    AskingServer,
    /// Records are sealed under the new key.
    Sealing {
        /// How many are.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// Everything is cleared and read back.
    Clearing,
}
