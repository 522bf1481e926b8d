use super::entry::Entry;
use super::records::UNDO;
use super::{Failure, Keeper};
use crate::connection::Connection;
use crate::id::ConnectionId;
use crate::secret::Secret;
use crate::settings::WorkerTokenSettings;
use crate::time::Timestamp;
use crate::token::TokenFacts;
use crate::vault::StorageLevel;

/// What a person sees of a keeper: plain data, computed from its state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Whether the vault is open.
    pub phase: Phase,
    /// The connections, by name.
    pub connections: Vec<ConnectionView>,
    /// Connections removed within the last ten seconds, which can come back until the time given; each once its removal is
    /// durable.
    pub removed: Vec<(Connection, Timestamp)>,
    /// The current connection.
    pub current: Option<ConnectionId>,
    /// The one token whose text is shown.
    pub revealed: Option<Revealed>,
    /// Where records are kept.
    pub storage: Option<StorageLevel>,
    /// How callers in this tab fare, whose requests wait for a token.
    pub callers: Callers,
    /// Whether the network is there.
    pub online: bool,
    /// Server clock minus this browser's, in milliseconds, if measured.
    pub clock_offset: Option<i64>,
    /// How worker tokens behave.
    pub settings: WorkerTokenSettings,
    /// What was to be said, oldest first.
    pub notices: Vec<Notice>,
}

/// How the callers of one tab fare, over all connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Callers {
    /// Since when the first of those has waited that wait now.
    pub waiting_since: Option<Timestamp>,
    /// When some were last let go with an error after which the keeper tries again; `None` once there is a new token.
    pub let_down_at: Option<Timestamp>,
}

impl Callers {
    fn and(self, other: Self) -> Self {
        Self {
            waiting_since: self.waiting_since.into_iter().chain(other.waiting_since).min(),
            let_down_at: self.let_down_at.max(other.let_down_at),
        }
    }
}

/// Whether the vault is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Being opened; on the server and in the first render always.
    #[default]
    Opening,
    /// Open.
    Open,
    /// Locked: nothing is given out, nothing is renewed, and this page knows no token.
    Locked,
    /// Could not be opened: why, for a person.
    Failed(String),
    /// A person signs out here: nothing is given out any more, and the vault is being told.
    Leaving,
    /// A person signed out, here or in another tab: this page may be left.
    SignedOut,
}

/// One connection with its token.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionView {
    /// The connection.
    pub connection: Connection,
    /// The facts of its token.
    pub token: Option<TokenFacts>,
    /// Whether a credential can be had for a renewal.
    pub has_credential: bool,
    /// What the keeper is doing about it.
    pub renewal: Renewal,
    /// The last failure since the last success.
    pub failure: Option<Failure>,
}

/// What the keeper is doing about a connection's token.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Renewal {
    /// Nothing is due.
    #[default]
    Idle,
    /// Waiting for another tab, or asking.
    Running {
        /// Since when.
        since: Timestamp,
    },
    /// Tried again at that time.
    Retrying {
        /// When.
        at: Timestamp,
    },
    /// Waits for a person: the credential was refused, or none is kept.
    Stopped,
}

/// A token's text, shown because a person asked for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Revealed {
    /// Whose.
    pub connection: ConnectionId,
    /// The text.
    pub access_token: Secret,
}

/// Something to be said once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: u64,
    /// How it is meant.
    pub kind: NoticeKind,
    /// The words.
    pub text: String,
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something was done.
    Done,
    /// Something to know.
    Info,
    /// Something went wrong.
    Problem,
}

impl Keeper {
    /// What a person sees now.
    pub fn view(&self) -> View {
        let here = |entry: &&Entry| !entry.gone && entry.connection.removed_at.is_none();
        let mut connections: Vec<ConnectionView> = self.entries.values().filter(here).map(Entry::view).collect();
        connections.sort_by_cached_key(|shown| (shown.connection.name.to_lowercase(), shown.connection.id.clone()));
        View {
            phase: self.phase.clone(),
            connections,
            removed: self.entries.values().filter_map(Entry::undo).collect(),
            current: self.current.clone(),
            revealed: self.revealed.clone(),
            storage: self.storage,
            callers: self.entries.values().map(|entry| entry.waiters.callers()).fold(Callers::default(), Callers::and),
            online: self.surroundings.online,
            clock_offset: self.surroundings.clock.offset(),
            settings: self.surroundings.settings,
            notices: self.notices.clone(),
        }
    }
}

impl Entry {
    fn view(&self) -> ConnectionView {
        ConnectionView {
            connection: self.connection.clone(),
            token: self.token.clone().filter(|token| !token.is_cleared()),
            has_credential: self.has_credential,
            renewal: self.renewal(),
            failure: self.failure.clone(),
        }
    }

    fn renewal(&self) -> Renewal {
        let stopped = !self.has_credential || self.failure.as_ref().is_some_and(Failure::is_final);
        match (self.step.since(), &self.failure) {
            (Some(since), _) => Renewal::Running { since },
            _ if stopped => Renewal::Stopped,
            (None, Some(_)) => self.not_before.map_or(Renewal::Idle, |at| Renewal::Retrying { at }),
            (None, None) => Renewal::Idle,
        }
    }

    /// A connection whose removal is durable, and until when it can come back.
    fn undo(&self) -> Option<(Connection, Timestamp)> {
        let is_durable = !self.gone && self.writes.is_empty();
        let removed_at = self.connection.removed_at.filter(|_| is_durable)?;
        Some((self.connection.clone(), removed_at + UNDO))
    }
}
