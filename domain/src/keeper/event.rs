use serde::{Deserialize, Serialize};

use super::{Failure, Intent, NoticeKind, WaiterId};
use crate::api::Problem;
use crate::api::token::TokenAnswer;
use crate::connection::Connection;
use crate::id::{ConnectionId, IntentId, SiteTokenId};
use crate::secret::Secret;
use crate::settings::WorkerTokenSettings;
use crate::time::Timestamp;
use crate::token::TokenFacts;
use crate::vault::{StorageLevel, StoreError, StoreName};

/// What the vault holds of one connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The connection.
    pub connection: Connection,
    /// The facts of its newest token.
    pub token: Option<TokenFacts>,
    /// Whether a credential can be had: from the vault, or from this tab's memory.
    pub has_credential: bool,
    /// The newest renewal begun and not ended with a token, by this tab, another, or one that is no more.
    pub intent: Option<Intent>,
}

/// One look at the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSample {
    /// This browser's clock when the request was sent.
    pub sent_at: Timestamp,
    /// This browser's clock when the answer was there.
    pub received_at: Timestamp,
    /// The answer's `Date` header (RFC 9110 §6.6.1), to the second.
    pub server_date: Timestamp,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The vault is open; this is all it holds.
    Opened {
        /// Where records are kept.
        storage: StorageLevel,
        /// The sign-out epoch.
        epoch: u64,
        /// All connections, removed ones included.
        held: Vec<Held>,
        /// The current connection.
        current: Option<ConnectionId>,
        /// What the person set; `None` for the defaults.
        settings: Option<WorkerTokenSettings>,
        /// Ids of records that could not be opened and were set aside.
        set_aside: Vec<String>,
    },
    /// The vault is locked: its key is not, or no longer, in this tab. `Opened` comes when it is unlocked.
    VaultLocked,
    /// The vault could not be opened at all.
    NotOpened(StoreError),
    /// Answer to [`super::Effect::Read`]: what the vault holds of a connection now.
    Read {
        /// Which.
        connection: ConnectionId,
        /// What it holds; `None` when it is gone.
        held: Option<Held>,
    },
    /// Answer to [`super::Effect::ReadToken`].
    TokenRead {
        /// Whose.
        connection: ConnectionId,
        /// The facts of the token there now, of a cleared one too.
        token: Option<TokenFacts>,
    },
    /// Answer to [`super::Effect::Look`].
    Looked {
        /// The sign-out epoch that stands, read after the records.
        epoch: u64,
        /// All connections, removed ones included.
        held: Vec<Held>,
    },
    /// The answer to [`super::Effect::Look`] when the place can't be read.
    NotLooked(StoreError),
    /// Records are now kept elsewhere: the place before failed.
    SteppedDown(StorageLevel),
    /// A connection is written durably.
    Saved(ConnectionId),
    /// A connection could not be written.
    NotSaved(ConnectionId, StoreError),
    /// The lock was granted, and the newest record read after the grant.
    Locked {
        /// Whose lock.
        connection: ConnectionId,
        /// What the vault holds now; `None` when the connection is gone.
        held: Option<Held>,
        /// The sign-out epoch now.
        epoch: u64,
    },
    /// The lock could not be had.
    NotLocked {
        /// Whose lock.
        connection: ConnectionId,
        /// Why, for the log.
        reason: String,
    },
    /// The lock is not this tab's any more: it stood still for longer than a lock may be held. What was wanted was not done.
    /// (Later than the request nothing needs this: the commit is fenced.)
    LockLost(ConnectionId),
    /// The intent is written durably.
    IntentWritten(ConnectionId, IntentId),
    /// The intent could not be written.
    IntentNotWritten(ConnectionId, StoreError),
    /// Our server answered, or could not be reached.
    Answered {
        /// Whose token.
        connection: ConnectionId,
        /// The intent it was asked under.
        intent: IntentId,
        /// The answer.
        answer: Result<TokenAnswer, Problem>,
        /// The server's clock, if the answer showed it.
        clock: Option<ClockSample>,
    },
    /// The token is written durably, and its intent is gone.
    Committed {
        /// Whose token.
        connection: ConnectionId,
        /// Its generation.
        generation: u64,
    },
    /// The token could not be written anywhere. A place that fails is stepped down from first (`SteppedDown`) and the
    /// write replayed there, so `QuotaExceeded` and `Unavailable` mean that no rung took it; the keeper then asks again
    /// under the same intent, which costs no second token.
    NotCommitted {
        /// Whose token.
        connection: ConnectionId,
        /// Why.
        error: StoreError,
    },
    /// Answer to [`super::Effect::ReadSettings`]; `None` for the defaults.
    Settings(Option<WorkerTokenSettings>),
    /// The settings could not be written.
    SettingsNotSaved(StoreError),
    /// The sign-out epoch was moved on durably, or could not be: either way all that could be done is done.
    EpochAdvanced,
    /// The server's clock, seen in an answer to any other request.
    Clock(ClockSample),
    /// Another tab has news.
    Heard(News),
    /// A token's text, asked for by [`super::Effect::Reveal`].
    Revealed(ConnectionId, Secret),
    /// A connection's token in storage was not of the form its provider issues, and was cleared.
    TokenInvalid(ConnectionId),
    /// A token's text is on the clipboard and ends then, or why it is not there.
    Copied(ConnectionId, Result<Timestamp, String>),
    /// Something was done beside the keeper that a person is to hear of, once.
    Told(NoticeKind, String),
    /// The time asked for by [`super::Effect::WakeAt`] has come.
    Woke,
    /// The tab is seen again, was thawed, came back, or may have missed news: whatever it knows may be out of date.
    Resumed,
    /// The browser says the network is there or gone.
    Network {
        /// Whether it is there.
        online: bool,
    },
    /// Another caller was refused by an API with this token's generation: it may be revoked.
    Rejected {
        /// Whose token.
        connection: ConnectionId,
        /// The generation that was refused.
        generation: u64,
        /// Who waits for a new one.
        waiter: WaiterId,
    },
}

/// What tabs tell each other: hints, never a token. Versioned by its `v`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// A token of this generation is committed.
    Token {
        /// Whose.
        connection: ConnectionId,
        /// Which.
        generation: u64,
    },
    /// A connection was written or removed.
    Connection {
        /// Which.
        connection: ConnectionId,
    },
    /// A renewal failed; the failure is for showing only.
    Failed {
        /// Whose.
        connection: ConnectionId,
        /// Why, and what is next.
        failure: Failure,
    },
    /// The settings were written.
    Settings,
    /// A record no connection is about was written, such as a setting.
    Written {
        /// Its store.
        store: StoreName,
        /// Its id within it.
        id: String,
        /// Its generation now.
        generation: u64,
    },
    /// Site tokens, or what is kept about them, were written or removed.
    Sites {
        /// Which tokens, at most 50; when there is none, any may have been.
        tokens: Vec<SiteTokenId>,
    },
    /// A person signed out.
    SignedOut {
        /// The new epoch.
        epoch: u64,
    },
    /// The vault was locked.
    VaultLocked {
        /// How often it has been locked now: a tab that was unlocked since heeds no older news.
        generation: u64,
    },
    /// The vault's key was replaced, and every record sealed anew.
    VaultKey {
        /// The new key's generation.
        generation: u64,
    },
    /// Everything was cleared.
    VaultCleared {
        /// How often it has been cleared now.
        generation: u64,
    },
}
