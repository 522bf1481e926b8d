//! What a person can do about sync, and what may stand in the way.

use super::{ItemKey, KeyringUnfit};
use crate::api::{Code, Problem};
use crate::secret::Secret;
use crate::vault::StoreError;
use crate::worker_token::Done;

/// A deed; who wants to know how it ended is called back.
pub enum SyncDeed {
    /// Ask the server whether there is a copy to join.
    Look,
    /// Begin a copy under this passphrase.
    Begin {
        /// The passphrase.
        passphrase: Secret,
        /// Hears how it ended.
        done: Done<Result<(), SyncTrouble>>,
    },
    /// Take part in the copy there is.
    Join {
        /// The passphrase it was begun with.
        passphrase: Secret,
        /// Hears how it ended.
        done: Done<Result<(), SyncTrouble>>,
    },
    /// Sync now.
    Now {
        /// Hears how it ended.
        done: Done<Result<(), SyncTrouble>>,
    },
    /// Put a version that lost in the place of the one that stands.
    Take {
        /// Which.
        conflict: ItemKey,
        /// Hears how it ended.
        done: Done<Result<(), SyncTrouble>>,
    },
    /// Forget a version that lost.
    LetGo {
        /// Which.
        conflict: ItemKey,
        /// Hears how it ended.
        done: Done<Result<(), SyncTrouble>>,
    },
    /// Wrap the key under another passphrase.
    ChangePassphrase {
        /// The one that holds.
        current: Secret,
        /// The one that shall.
        new: Secret,
        /// Hears how it ended.
        done: Done<Result<(), SyncTrouble>>,
    },
    /// Take part no more; what is here and what is on the server both stay.
    Stop {
        /// Hears how it ended.
        done: Done<Result<(), SyncTrouble>>,
    },
    /// Delete the copy on the server, and take part no more; what is here stays.
    Delete {
        /// Hears how it ended.
        done: Done<Result<(), SyncTrouble>>,
    },
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SyncTrouble {
    /// The passphrase does not open the keyring.
    #[error("this is not the copy's passphrase")]
    WrongPassphrase,
    /// The keyring is not to be used.
    #[error("{0}")]
    Keyring(#[from] KeyringUnfit),
    /// No key came of the passphrase.
    #[error("no key could be made from the passphrase: {0}")]
    Derivation(String),
    /// The copy this device took part in is not there any more.
    #[error("the copy on the server was deleted")]
    Gone,
    /// Another copy stands there.
    #[error("the copy on the server was begun anew")]
    Replaced,
    /// There is none to join.
    #[error("there is no copy on the server")]
    NoCopy,
    /// The server refused, or could not be reached.
    #[error("{}", .0.title)]
    Server(Box<Problem>),
    /// The vault could not be read or written.
    #[error("{0}")]
    Vault(#[from] StoreError),
    /// The vault is kept where nothing stays.
    #[error("this browser keeps nothing of this page")]
    NothingStays,
    /// Another tab has synced all the time.
    #[error("another tab is syncing")]
    Busy,
    /// Something was changed while it was being synced.
    #[error("something was changed meanwhile")]
    Changed,
    /// The version that was to be taken is gone.
    #[error("that version is not kept any more")]
    NoConflict,
}

impl SyncTrouble {
    /// What a person can do about it.
    pub fn next_step(&self) -> String {
        match self {
            Self::WrongPassphrase => "Nothing was changed. Check capitals and keyboard layout, and try again.",
            Self::Keyring(KeyringUnfit::Newer) => "Update the server this page comes from, then load the page anew.",
            Self::Keyring(_) => {
                "Nothing was derived from your passphrase. Delete the copy and begin a new one from a device that has everything."
            }
            Self::Derivation(_) => "Close other pages to free memory, and try again.",
            Self::Gone => "What this browser keeps stays. Stop syncing here; then a new copy can be begun.",
            Self::Replaced => "What this browser keeps stays. Stop syncing here; then join with the new copy's passphrase.",
            Self::NoCopy => "Begin one here, or check that you are in the right tenant.",
            cut if cut.is_a_cut() => {
                "Nothing is lost. It is tried again each minute, and at once when the network is back."
            }
            Self::Server(problem) => return problem.detail.clone(),
            Self::Vault(_) => "Load the page anew and try again.",
            Self::NothingStays => "Allow this site to keep data, or leave private browsing, and load the page anew.",
            Self::Busy | Self::Changed => "Try again in a moment.",
            Self::NoConflict => "It was taken or let go on another device.",
        }
        .to_owned()
    }

    /// Whether another device began or deleted the copy meanwhile, so that there is another thing to do here.
    pub fn is_about_what_is_there(&self) -> bool {
        match self {
            Self::NoCopy => true,
            Self::Server(problem) => problem.code == Code::SyncCopyThere,
            _ => false,
        }
    }

    /// Whether there was no server, or none that could answer: the same may work a little later.
    pub fn is_a_cut(&self) -> bool {
        matches!(self, Self::Server(problem) if problem.code == Code::Unreachable)
    }

    /// Whether it only passes when a person does something.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Gone | Self::Replaced | Self::NothingStays)
    }
}

impl From<Problem> for SyncTrouble {
    fn from(problem: Problem) -> Self {
        match problem.code {
            Code::SyncCopyGone => Self::Gone,
            Code::SyncKeyOther => Self::Replaced,
            _ => Self::Server(Box::new(problem)),
        }
    }
}
