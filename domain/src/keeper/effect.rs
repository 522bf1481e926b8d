use super::{Failure, Intent, News, WaiterId};
use crate::connection::{Connection, Credential};
use crate::id::{ConnectionId, IntentId};
use crate::settings::WorkerTokenSettings;
use crate::time::Timestamp;
use crate::token::StoredToken;

/// What a keeper wants done. The effects of one input are begun in their order.
///
/// An effect that names its answer gets exactly one, in bounded time (a request that hangs is answered as
/// `Code::Unreachable`). Answers of different effects may come in any order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read all the vault holds of a connection: answered by `Read`.
    Read(ConnectionId),
    /// Read a connection's newest token, about which there is news: answered by `TokenRead`.
    ReadToken(ConnectionId),
    /// Read all the vault holds, then the sign-out epoch: answered by `Looked` or `NotLooked`.
    Look,
    /// Write a connection, and its credential if one is given: answered by `Saved` or `NotSaved`. A credential of a
    /// connection that is not to keep it goes to this tab's memory only, and any kept before is removed. Writes of one
    /// connection happen in the order they were wanted.
    WriteConnection {
        /// The connection.
        connection: Connection,
        /// The new credential.
        credential: Option<Credential>,
    },
    /// Remove a connection with its credential, token and intent, if its record is still marked as removed: another tab
    /// may have brought it back. Needs no answer.
    Erase(ConnectionId),
    /// Note the current connection. Needs no answer.
    WriteCurrent(Option<ConnectionId>),
    /// Write the settings: answered by `SettingsNotSaved` if that fails.
    WriteSettings(WorkerTokenSettings),
    /// Read the settings: answered by `Settings`.
    ReadSettings,
    /// Ask for a connection's exclusive lock; after the grant read its records: answered by `Locked` or `NotLocked`, unless
    /// `Unlock` comes first.
    Lock(ConnectionId),
    /// Give the lock back, or stop waiting for it. Needs no answer.
    Unlock(ConnectionId),
    /// Write an intent durably, under the lock, over the one before: answered by `IntentWritten`, `IntentNotWritten` or
    /// `LockLost`.
    WriteIntent(ConnectionId, Intent),
    /// Remove an intent that no longer means anything, under the lock. Needs no answer.
    EndIntent(ConnectionId, IntentId),
    /// Ask our server for a token with the intent's id as `Idempotency-Key`, under the lock: answered by `Answered`
    /// or `LockLost`.
    Ask {
        /// The connection as it was read under the lock.
        connection: Connection,
        /// The intent.
        intent: Intent,
    },
    /// Write a token durably and remove the intent, in one transaction that checks generation and epoch: answered by
    /// `Committed` or `NotCommitted`.
    Commit {
        /// Whose.
        connection: ConnectionId,
        /// The token; it replaces the generation before its own.
        token: StoredToken,
        /// The sign-out epoch the intent began in.
        epoch: u64,
        /// The intent that ends.
        intent: IntentId,
    },
    /// Let a caller go: with the generation it may use, or with why there is none.
    Release {
        /// The caller.
        waiter: WaiterId,
        /// The generation to read from the vault's memory, or the one error.
        outcome: Result<u64, Box<Failure>>,
    },
    /// Tell the other tabs. Needs no answer.
    Tell(News),
    /// Send `Woke` at that time of this browser's clock; replaces any earlier wish.
    WakeAt(Timestamp),
    /// Read a token's text for showing: answered by `Revealed`.
    Reveal(ConnectionId),
    /// Put a token's text on the clipboard: answered by `Copied`.
    Copy(ConnectionId),
    /// Move the sign-out epoch on, then tell the other tabs with the new one. Forget all tokens and credentials held in
    /// memory. Answered by `EpochAdvanced`; a keeper that waits in vain takes it as done after a while.
    AdvanceEpoch,
    /// After all that was wanted before: note durably that the vault is locked, tell the other tabs, drop the key and forget
    /// all tokens and credentials held in memory. Needs no answer.
    LockVault,
    /// A person signed out in another tab: forget all tokens and credentials held in this tab's memory. Needs no answer.
    Forget,
}
