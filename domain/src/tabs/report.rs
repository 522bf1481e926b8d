//! What there is to see of the tabs: plain data, and never a token.

use std::collections::VecDeque;

use super::way::{Way, Ways};
use crate::id::TabId;
use crate::keeper::News;
use crate::storage::Response;
use crate::time::Timestamp;

/// How many messages and steps are remembered.
const MOST: usize = 40;

/// All there is to see.
#[derive(Clone, Debug, PartialEq)]
pub struct TabsReport {
    /// This tab.
    pub me: OtherTab,
    /// The way it tells on; `None` when none is left.
    pub way: Option<Way>,
    /// The way a person wants it to use at best.
    pub wanted: Option<Way>,
    /// Who wakes a tab whose token is due.
    pub wakes: WakesBy,
    /// By what tabs exclude each other; `None` where that is not known.
    pub excludes: Option<ExcludesBy>,
    /// The other tabs.
    pub others: Vec<OtherTab>,
    /// The last changes of way, oldest first.
    pub steps: Vec<Step>,
    /// The last messages, oldest first.
    pub log: Vec<Logged>,
    /// How many there were.
    pub counts: Counts,
    /// How long it takes to another tab and back.
    pub round_trip: Response,
}

/// A tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherTab {
    /// Which.
    pub id: TabId,
    /// The ways it hears on.
    pub ways: Ways,
    /// When its page was opened.
    pub since: Timestamp,
    /// Whether a person can see it.
    pub seen: bool,
    /// When it was last heard.
    pub heard_at: Timestamp,
    /// Since when it does not answer: it is frozen, or was closed without a word.
    pub silent_since: Option<Timestamp>,
}

/// By what it is chosen which tab acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExcludesBy {
    /// The browser's locks, which end with their tab.
    WebLocks,
    /// A lease in localStorage, by best effort: now and then two tabs may act at once.
    Lease,
}

/// Who wakes a tab whose token is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WakesBy {
    /// The shared worker, to the second, hidden tabs too.
    Worker,
    /// Each tab itself; this one is never throttled, or has been there the longest.
    Tab(TabId),
}

/// One change of way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// The way told on before.
    pub from: Option<Way>,
    /// The way told on since.
    pub to: Option<Way>,
    /// Why.
    pub why: Why,
}

/// Why the way changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It opened.
    Opened,
    /// The browser refused it, or could not load what it needs.
    Refused,
    /// The shared worker did not welcome this tab in time.
    NoWelcome,
    /// The shared worker did not confirm a message in time.
    NoAnswer,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// When.
    pub at: Timestamp,
    /// Told or heard.
    pub direction: Direction,
    /// Who told it; `None` for the shared worker, and for older builds.
    pub from: Option<TabId>,
    /// The ways it was told on, or the one on which it came first.
    pub ways: Ways,
    /// What it is about.
    pub kind: &'static str,
    /// The connection or record, if it is about one.
    pub subject: Option<String>,
    /// The generation or epoch, if it names one.
    pub generation: Option<u64>,
}

/// Told or heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// By this tab.
    Told,
    /// By this tab, of another.
    Heard,
}

/// How many messages there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Told by this tab.
    pub told: u64,
    /// Heard, each once.
    pub heard: u64,
    /// Heard again on another way, and dropped.
    pub repeated: u64,
    /// Told again because the shared worker did not confirm them.
    pub told_again: u64,
    /// Ignored as noise.
    pub noise: u64,
    /// Ignored because they are of another version.
    pub other_version: u64,
    /// Ignored because a newer build says something this one does not know.
    pub unknown: u64,
}

/// The last of something, oldest first.
#[derive(Clone, Debug)]
pub(super) struct Last<T>(VecDeque<T>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Clone> Last<T> {
    pub fn note(&mut self, item: T) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(item);
    }

    pub fn to_vec(&self) -> Vec<T> {
        self.0.iter().cloned().collect()
    }
}

/// What news are about: kind, subject and generation.
pub fn about(news: &News) -> (&'static str, Option<String>, Option<u64>) {
    let of = |id: &crate::id::ConnectionId| Some(id.as_str().to_owned());
    match news {
        News::Token { connection, generation } => ("token", of(connection), Some(*generation)),
        News::Connection { connection } => ("connection", of(connection), None),
        News::Failed { connection, .. } => ("failed", of(connection), None),
        News::Settings => ("settings", None, None),
        News::Written { store, id, generation } => {
            ("written", Some([store.name(), "/", id].concat()), Some(*generation))
        }
        News::Sites { .. } => ("sites", None, None),
        News::SignedOut { epoch } => ("signed_out", None, Some(*epoch)),
        News::VaultLocked { generation } => ("vault_locked", None, Some(*generation)),
        News::VaultKey { generation } => ("vault_key", None, Some(*generation)),
        News::VaultCleared { generation } => ("vault_cleared", None, Some(*generation)),
    }
}
