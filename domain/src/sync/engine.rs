//! One round of one device: what it has is read, what is new on the server is met, then what is new here is pushed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use zeroize::Zeroizing;

use super::{Conflict, Item, ItemKey, ItemKind, Known, Meeting, Memory, Met, Reply, Theirs, digest, meet};
use crate::api::sync::MOST_PUSHED;
use crate::id::SyncItemId;

/// How many bytes of content a push has, not many more: sealed and as base64 that is far below what a request may have.
const PUSH_BYTES: usize = 768 * 1_024;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The round begins.
    Begin,
    /// Everything the device keeps; answers [`Effect::Read`].
    Local(Vec<Item>),
    /// A page of the copy, opened; answers [`Effect::Pull`].
    Page {
        /// Its items.
        items: Vec<Met>,
        /// Where to go on.
        through: u64,
        /// Whether more follow.
        more: bool,
        /// The number of the newest item of the copy.
        newest: u64,
    },
    /// Answers [`Effect::Keep`]: all of it is durable.
    Kept,
    /// Answers [`Effect::Push`]: one reply for each item.
    Answered(Vec<Reply>),
}

/// What is to be done. There is one at a time; a round whose effect fails is over, and begun anew from what is remembered.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read everything the device keeps.
    Read,
    /// Ask for items after this number.
    Pull {
        /// The number.
        since: u64,
    },
    /// Write all of it in one transaction, or nothing.
    Keep(Keeping),
    /// Seal and push these.
    Push(Vec<Outgoing>),
    /// The round is over.
    Done(Summary),
}

/// What is written together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keeping {
    /// Changes of what the device keeps; each only if the device still has what it had.
    pub writes: Vec<LocalWrite>,
    /// Versions that lost, each under the key of [`ItemKey::of_conflict`].
    pub conflicts: Vec<(ItemKey, Conflict)>,
    /// What is remembered anew.
    pub known: Vec<(SyncItemId, Known)>,
    /// The number of the newest item read.
    pub cursor: u64,
}

impl Keeping {
    fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.conflicts.is_empty() && self.known.is_empty()
    }
}

/// A change of what the device keeps.
#[derive(Clone, PartialEq)]
pub struct LocalWrite {
    /// What.
    pub key: ItemKey,
    /// What the device had when it was read; if it has another now, nothing is written, and the round is over.
    pub before: Option<Zeroizing<Vec<u8>>>,
    /// The new content; `None` removes it.
    pub value: Option<Zeroizing<Vec<u8>>>,
}

/// An item to be sealed and pushed.
#[derive(Clone, PartialEq)]
pub struct Outgoing {
    /// What the server calls it.
    pub id: SyncItemId,
    /// What it is.
    pub key: ItemKey,
    /// The generation it replaces.
    pub replaces: u64,
    /// Its own.
    pub generation: u64,
    /// Its content; `None` when it is removed.
    pub value: Option<Zeroizing<Vec<u8>>>,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many items of the server were taken over.
    pub pulled: usize,
    /// How many the server took.
    pub pushed: usize,
    /// How many versions lost.
    pub conflicts: usize,
    /// How many were left alone because this device can't open what stands there.
    pub unreadable: usize,
    /// Whether something was written that is to be pushed with another round.
    pub again: bool,
}

/// One round.
pub struct Engine {
    memory: Memory,
    local: BTreeMap<SyncItemId, Item>,
    step: Step,
    /// What was met since the server was found to have gone back.
    met_anew: Option<BTreeSet<SyncItemId>>,
    queue: VecDeque<Outgoing>,
    under_way: Vec<Outgoing>,
    summary: Summary,
    bare: fn(&ItemKey, &[u8]) -> Vec<u8>,
}

/// What the round waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Begin,
    Local,
    Page,
    /// Something is being written; then more is asked for, or pushed.
    Keeping {
        more: bool,
    },
    Push,
    Over,
}

impl Engine {
    /// A round from what is remembered. `bare` gives a content without what is secret in it.
    pub fn new(memory: Memory, bare: fn(&ItemKey, &[u8]) -> Vec<u8>) -> Self {
        Self {
            memory,
            local: BTreeMap::new(),
            step: Step::Begin,
            met_anew: None,
            queue: VecDeque::new(),
            under_way: Vec::new(),
            summary: Summary::default(),
            bare,
        }
    }

    /// Takes an input; what does not answer the last effect is left alone.
    pub fn handle(&mut self, input: Input) -> Option<Effect> {
        match (self.step, input) {
            (Step::Begin, Input::Begin) => self.go(Step::Local, Effect::Read),
            (Step::Local, Input::Local(items)) => {
                self.local = items.into_iter().map(|item| (item.id.clone(), item)).collect();
                let since = self.memory.cursor;
                self.go(Step::Page, Effect::Pull { since })
            }
            (Step::Page, Input::Page { newest, .. }) if newest < self.memory.cursor => {
                // The server went back to an older state of its own: everything is met anew.
                self.memory.cursor = 0;
                self.met_anew = Some(BTreeSet::new());
                self.go(Step::Page, Effect::Pull { since: 0 })
            }
            (Step::Page, Input::Page { items, through, more, .. }) => Some(self.page(items, through, more)),
            (Step::Keeping { more: true }, Input::Kept) => {
                let since = self.memory.cursor;
                self.go(Step::Page, Effect::Pull { since })
            }
            (Step::Keeping { more: false }, Input::Kept) => Some(self.push_on()),
            (Step::Push, Input::Answered(replies)) => Some(self.answered(replies)),
            _ => None,
        }
    }

    fn go(&mut self, step: Step, effect: Effect) -> Option<Effect> {
        self.step = step;
        Some(effect)
    }

    /// Meets a page, and after the last one looks for what is new here.
    fn page(&mut self, items: Vec<Met>, through: u64, more: bool) -> Effect {
        let mut keeping = Keeping { cursor: through.max(self.memory.cursor), ..Keeping::default() };
        let moved = keeping.cursor != self.memory.cursor;
        for met in items {
            if let Some(met_anew) = &mut self.met_anew {
                met_anew.insert(met.id.clone());
            }
            self.meet(met, &mut keeping);
        }
        self.memory.cursor = keeping.cursor;
        if !more {
            self.forget_what_went(&mut keeping);
            self.look(&mut keeping);
        }
        if keeping.is_empty() && !moved {
            return if more { Effect::Pull { since: self.memory.cursor } } else { self.push_on() };
        }
        self.keep(keeping, more)
    }

    fn keep(&mut self, keeping: Keeping, more: bool) -> Effect {
        self.step = Step::Keeping { more };
        Effect::Keep(keeping)
    }

    /// One item of the server against what the device has.
    fn meet(&mut self, met: Met, keeping: &mut Keeping) {
        let before = self.memory.known.get(&met.id).cloned();
        let mut known = before.clone().unwrap_or_else(|| Known::new(met.key.clone()));
        let here = self.local.get(&met.id);
        let mine = known.see(here.map(Item::digest));
        let theirs = Theirs { generation: met.generation, content: met.value.as_deref().map(|value| digest(value)) };
        let meeting = meet(mine, theirs);
        match meeting {
            Meeting::Same => known.agree(theirs.generation, theirs.content),
            Meeting::Adopt { lost } => {
                let had = here.map(|item| item.value.clone());
                if let (true, Some(value)) = (lost, &had) {
                    self.lose(&met.key, theirs.generation, value, met.value.is_none(), keeping);
                }
                known.agree(theirs.generation, theirs.content);
                self.summary.pulled += 1;
                self.write(&met, had, keeping);
            }
            Meeting::Push { generation, lost } => {
                if let (true, Some(value)) = (lost, &met.value) {
                    self.lose(&met.key, generation, value, mine.content.is_none(), keeping);
                }
                // From now on it is a change over what stands.
                (known.base, known.agreed) = (theirs.generation, theirs.content);
                known.change = Some((generation, mine.content));
            }
        }
        if before.as_ref() != Some(&known) {
            self.memory.known.insert(met.id.clone(), known.clone());
            keeping.known.retain(|(id, _)| *id != met.id);
            keeping.known.push((met.id, known));
        }
    }

    fn write(&mut self, met: &Met, before: Option<Zeroizing<Vec<u8>>>, keeping: &mut Keeping) {
        match &met.value {
            Some(value) => {
                let item = Item { id: met.id.clone(), key: met.key.clone(), value: value.clone() };
                self.local.insert(met.id.clone(), item);
            }
            None => drop(self.local.remove(&met.id)),
        }
        keeping.writes.push(LocalWrite { key: met.key.clone(), before, value: met.value.clone() });
    }

    /// Keeps a version that lost. A conflict itself is never one: it is the same on every device.
    fn lose(&mut self, key: &ItemKey, winner: u64, value: &[u8], removed: bool, keeping: &mut Keeping) {
        if key.kind == ItemKind::Conflict {
            return;
        }
        // What was removed is not to be kept under another name.
        let value = if removed { (self.bare)(key, value) } else { value.to_vec() };
        let value = Zeroizing::new(value);
        let Ok(content) = serde_json::from_slice(&value) else { return };
        let conflict = Conflict { of: key.clone(), value: content, removed };
        keeping.conflicts.push((ItemKey::of_conflict(key, winner, &value), conflict));
        self.summary.conflicts += 1;
        self.summary.again = true;
    }

    /// What a server that went back does not have any more is as if it never had it.
    fn forget_what_went(&mut self, keeping: &mut Keeping) {
        let Some(met) = self.met_anew.take() else { return };
        for (id, known) in self.memory.known.iter_mut().filter(|(id, known)| known.base > 0 && !met.contains(*id)) {
            known.agree(0, None);
            keeping.known.retain(|(other, _)| other != id);
            keeping.known.push((id.clone(), known.clone()));
        }
    }

    /// Finds what is new here, and queues it.
    fn look(&mut self, keeping: &mut Keeping) {
        let local = &self.local;
        let gone = self.memory.known.iter().filter(|(id, _)| !local.contains_key(*id));
        let gone: Vec<_> = gone.map(|(id, known)| (id.clone(), known.key.clone(), None)).collect();
        let here = local.values().map(|item| (item.id.clone(), item.key.clone(), Some(item.value.clone())));
        let all: Vec<_> = here.chain(gone).collect();
        self.queue.clear();
        for (id, key, value) in all {
            self.see(id, key, value, keeping);
        }
    }

    fn see(&mut self, id: SyncItemId, key: ItemKey, value: Option<Zeroizing<Vec<u8>>>, keeping: &mut Keeping) {
        let before = self.memory.known.get(&id).cloned();
        let mut known = before.clone().unwrap_or_else(|| Known::new(key.clone()));
        let mine = known.see(value.as_deref().map(|value| digest(value)));
        if mine.generation > mine.base {
            self.queue.push_back(Outgoing {
                id: id.clone(),
                key,
                replaces: mine.base,
                generation: mine.generation,
                value,
            });
        }
        if before.as_ref() != Some(&known) {
            self.memory.known.insert(id.clone(), known.clone());
            keeping.known.retain(|(other, _)| *other != id);
            keeping.known.push((id, known));
        }
    }

    /// The next push, or the end.
    fn push_on(&mut self) -> Effect {
        let (mut some, mut bytes) = (Vec::new(), 0);
        while some.len() < MOST_PUSHED && bytes < PUSH_BYTES {
            let Some(next) = self.queue.pop_front() else { break };
            bytes += next.value.as_ref().map_or(0, |value| value.len());
            some.push(next);
        }
        if some.is_empty() {
            self.step = Step::Over;
            return Effect::Done(self.summary);
        }
        self.under_way.clone_from(&some);
        self.step = Step::Push;
        Effect::Push(some)
    }

    fn answered(&mut self, replies: Vec<Reply>) -> Effect {
        let mut keeping = Keeping { cursor: self.memory.cursor, ..Keeping::default() };
        for (sent, reply) in std::mem::take(&mut self.under_way).into_iter().zip(replies) {
            match reply {
                Reply::Taken => self.taken(sent, &mut keeping),
                Reply::Stands(met) => {
                    let (id, key) = (met.id.clone(), met.key.clone());
                    self.meet(met, &mut keeping);
                    let value = self.local.get(&id).map(|item| item.value.clone());
                    self.see(id, key, value, &mut keeping);
                }
                Reply::Unreadable => self.summary.unreadable += 1,
            }
        }
        if keeping.is_empty() { self.push_on() } else { self.keep(keeping, false) }
    }

    fn taken(&mut self, sent: Outgoing, keeping: &mut Keeping) {
        self.summary.pushed += 1;
        let mut known = self.memory.known.get(&sent.id).cloned().unwrap_or_else(|| Known::new(sent.key));
        known.agree(sent.generation, sent.value.as_deref().map(|value| digest(value)));
        self.memory.known.insert(sent.id.clone(), known.clone());
        keeping.known.push((sent.id, known));
    }
}

impl std::fmt::Debug for LocalWrite {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("LocalWrite");
        shown.field("key", &self.key).field("removes", &self.value.is_none()).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Outgoing");
        shown.field("key", &self.key).field("generation", &self.generation).finish_non_exhaustive()
    }
}
