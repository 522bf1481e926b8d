//! Connections as records: saved, chosen, removed, brought back, purged.

use super::attempt::Step;
use super::entry::{Entry, Hurry, Writing};
use super::machine::fail_unknown;
use super::turn::Turn;
use super::{Effect, Held, Keeper, News, NoticeKind};
use crate::connection::{Connection, Credential};
use crate::id::ConnectionId;
use crate::time::{Span, Timestamp};
use crate::vault::{StorageLevel, StoreError};

/// How long a removed connection can come back.
pub(super) const UNDO: Span = Span::from_seconds(10);
/// Other tabs leave the purge to the one that removed, unless it is gone.
const GRACE: Span = Span::from_seconds(5);

impl Keeper {
    pub(super) fn save(
        &mut self,
        connection: Connection,
        credential: Option<Credential>,
        obtain: bool,
        turn: &mut Turn,
    ) {
        let (id, rules) = (connection.id.clone(), self.surroundings.settings.into());
        let entry = self.entries.entry(id.clone()).or_insert_with(|| Entry::new(connection.clone(), rules));
        let changed = asks_otherwise(&entry.connection, &connection);
        entry.has_credential |= credential.is_some();
        // A new way to ask outdates the token there; a mark asks for a person's change, and this is one.
        let obtain = obtain || (entry.token.is_some() && (changed || credential.is_some()));
        entry.gone = false;
        entry.write(connection, credential, Writing::Save { obtain }, turn);
        if self.current.is_none() {
            self.choose(id, turn);
        }
    }

    pub(super) fn saved(&mut self, id: &ConnectionId, turn: &mut Turn) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        let Some(writing) = entry.writes.pop_front() else { return };
        turn.want(Effect::Tell(News::Connection { connection: id.clone() }));
        let obtain = match writing {
            Writing::Save { obtain } => obtain,
            Writing::Remove => return,
            Writing::Restore => return turn.say(NoticeKind::Done, format!("{} is back.", entry.connection.name)),
        };
        turn.say(NoticeKind::Done, format!("{} is saved.", entry.connection.name));
        entry.recovered();
        if obtain {
            let beaten = entry.step.coming().unwrap_or(0).max(entry.generation());
            entry.demand = Some(beaten).max(entry.demand);
            (entry.hurry, entry.person_asked) = (Hurry::Person, true);
        }
    }

    pub(super) fn not_saved(&mut self, id: &ConnectionId, error: &StoreError, turn: &mut Turn) {
        if let StoreError::SignedOut { current } = error {
            turn.signed_out = Some(*current);
            return;
        }
        let Some(entry) = self.entries.get_mut(id) else { return };
        if entry.writes.pop_front().is_none() {
            return;
        }
        let name = &entry.connection.name;
        let text = match error {
            StoreError::Superseded { .. } => {
                format!("{name} was changed in another tab, so this change was not saved. Look at it and try again.")
            }
            StoreError::KeyRefused(_) | StoreError::Newer => format!("{name} could not be saved: {error}."),
            _ => format!(
                "{name} could not be saved: {error}. Free some space in the browser's settings, then try again."
            ),
        };
        turn.say(NoticeKind::Problem, text);
        entry.read(turn);
    }

    pub(super) fn choose(&mut self, id: ConnectionId, turn: &mut Turn) {
        let there = self.entries.get(&id).is_some_and(|entry| entry.connection.removed_at.is_none());
        if there && self.current.as_ref() != Some(&id) {
            self.current = Some(id);
            turn.want(Effect::WriteCurrent(self.current.clone()));
        }
    }

    pub(super) fn remove(&mut self, id: &ConnectionId, turn: &mut Turn) {
        if self.is_shown(id) {
            (self.revealed, self.revealing) = (None, None);
        }
        let is_current = self.current.as_ref() == Some(id);
        let Some(entry) = self.entries.get_mut(id).filter(|entry| entry.connection.removed_at.is_none()) else {
            return;
        };
        let connection = Connection { removed_at: Some(turn.now), ..entry.connection.clone() };
        (entry.removed_here, entry.was_current) = (true, is_current);
        entry.write(connection, None, Writing::Remove, turn);
        let waiters = std::mem::take(&mut entry.waiters);
        fail_unknown(waiters, turn);
        if is_current {
            self.current = self.first_by_name();
            turn.want(Effect::WriteCurrent(self.current.clone()));
        }
    }

    pub(super) fn restore(&mut self, id: &ConnectionId, turn: &mut Turn) {
        let Some(entry) = self.entries.get_mut(id) else {
            return turn.say(NoticeKind::Problem, "It can't come back any more: the ten seconds have passed.");
        };
        if entry.connection.removed_at.is_none() {
            return;
        }
        let connection = Connection { removed_at: None, ..entry.connection.clone() };
        entry.write(connection, None, Writing::Restore, turn);
        if std::mem::take(&mut entry.was_current) || self.current.is_none() {
            self.choose(id.clone(), turn);
        }
    }

    pub(super) fn read(&mut self, id: ConnectionId, held: Option<Held>, turn: &mut Turn) {
        match (self.entries.get_mut(&id), held) {
            (Some(entry), Some(held)) => {
                entry.was_read();
                entry.adopt(held, turn);
                entry.reread(turn);
            }
            (Some(entry), None) => {
                entry.was_read();
                entry.gone = entry.writes.is_empty();
                entry.reread(turn);
            }
            (None, Some(held)) if held.connection.id == id => {
                let mut entry = Entry::new(held.connection.clone(), self.surroundings.settings.into());
                entry.adopt(held, turn);
                self.entries.insert(id.clone(), entry);
            }
            (None, _) => {}
        }
        self.show_newest(&id, turn);
    }

    pub(super) fn stepped_down(&mut self, storage: StorageLevel, turn: &mut Turn) {
        if self.storage.replace(storage) != Some(storage)
            && let Some(text) = storage_words(storage)
        {
            turn.say(NoticeKind::Info, text);
        }
    }

    /// Lets go what the vault holds no more, and purges what was removed long enough ago.
    pub(super) fn sweep(&mut self, turn: &mut Turn) {
        let now = turn.now;
        self.entries.retain(|id, entry| {
            let purged = entry.purge_at(now).is_some_and(|at| at <= now);
            if purged {
                turn.want(Effect::Erase(id.clone()));
                turn.want(Effect::Tell(News::Connection { connection: id.clone() }));
            }
            let leaves = purged || (entry.gone && entry.step == Step::Idle);
            if leaves {
                fail_unknown(std::mem::take(&mut entry.waiters), turn);
            }
            !leaves
        });
        if self.current.as_ref().is_some_and(|id| !self.entries.contains_key(id)) {
            self.current = self.first_by_name();
        }
    }

    pub(super) fn first_by_name(&self) -> Option<ConnectionId> {
        let there = self.entries.values().filter(|entry| entry.connection.removed_at.is_none() && !entry.gone);
        let first = there.min_by(|a, b| a.connection.name.cmp(&b.connection.name));
        first.map(|entry| entry.connection.id.clone())
    }
}

impl Entry {
    fn write(&mut self, connection: Connection, credential: Option<Credential>, writing: Writing, turn: &mut Turn) {
        self.connection = connection.clone();
        self.writes.push_back(writing);
        turn.want(Effect::WriteConnection { connection, credential });
    }

    /// When this tab may erase a removed connection. One removed in the future was removed before the clock was set back.
    pub(super) fn purge_at(&self, now: Timestamp) -> Option<Timestamp> {
        let removed_at = self.connection.removed_at?;
        let rests = self.step == Step::Idle && self.writes.is_empty();
        let grace = if self.removed_here { UNDO } else { UNDO + GRACE };
        let at = if removed_at > now + GRACE { now } else { removed_at + grace };
        rests.then_some(at)
    }

    /// The generation to be beaten by resuming a renewal that was left behind before this page was opened.
    pub(super) fn resumes(&self, held: &Held, now: Timestamp) -> Option<u64> {
        let generation = held.token.as_ref().map_or(0, |token| token.generation);
        let intent = held.intent.as_ref()?;
        super::attempt::is_left_behind(intent, generation + 1, now).then_some(generation)
    }
}

/// Whether a request made for `new` differs from one made for `old`.
fn asks_otherwise(old: &Connection, new: &Connection) -> bool {
    old.provider != new.provider
        || old.place != new.place
        || old.client_id != new.client_id
        || old.scopes != new.scopes
        || old.authentication != new.authentication
}

/// What a step down the ladder means; nothing for the best rung.
pub(super) fn storage_words(storage: StorageLevel) -> Option<&'static str> {
    match storage {
        StorageLevel::IndexedDb => None,
        StorageLevel::LocalStorage => Some(
            "This browser's database can't be used. Records are kept encrypted in simpler storage, and only for this session.",
        ),
        StorageLevel::Memory => {
            Some("This browser keeps nothing for this site. Connections and tokens are gone when this tab is closed.")
        }
    }
}
