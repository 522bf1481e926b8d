//! A server that follows its rule, and devices whose rounds can be cut at any step.

use std::collections::BTreeMap;

use domain::api::sync::PushedItem;
use domain::id::SyncItemId;
use domain::sync::{
    Conflict, Effect, Engine, Input, Item, ItemKey, ItemKind, Judgement, Keeping, Memory, Met, Outgoing, Reply,
    Summary, digest, judge,
};
use zeroize::Zeroizing;

/// The server: it takes and gives sealed texts.
#[derive(Clone, Default)]
pub struct Server {
    pub items: BTreeMap<SyncItemId, (PushedItem, u64)>,
    pub sequence: u64,
    pub key: u32,
}

impl Server {
    /// `None` when the items are sealed under another key than the copy's.
    pub fn push(&mut self, key: u32, items: &[PushedItem]) -> Option<Vec<Result<(), PushedItem>>> {
        (key == self.key).then(|| items.iter().map(|item| self.take(item)).collect())
    }

    fn take(&mut self, item: &PushedItem) -> Result<(), PushedItem> {
        let standing = self.items.get(&item.id).map(|(standing, _)| standing.clone());
        match judge(standing.as_ref().map(|standing| (standing.generation, standing.sealed.as_str())), item) {
            Judgement::Repeat => Ok(()),
            Judgement::Take => {
                self.sequence += 1;
                self.items.insert(item.id.clone(), (item.clone(), self.sequence));
                Ok(())
            }
            Judgement::Stands => standing.map_or(Ok(()), Err),
        }
    }

    /// A page of at most `most` items after `since`, where it ends, and whether more follow.
    fn page(&self, since: u64, most: usize) -> (Vec<PushedItem>, u64, bool) {
        let mut after: Vec<_> = self.items.values().filter(|(_, sequence)| *sequence > since).collect();
        after.sort_by_key(|(_, sequence)| *sequence);
        let more = after.len() > most;
        after.truncate(most);
        let through = after.last().map_or(since, |(_, sequence)| *sequence);
        (after.into_iter().map(|(item, _)| item.clone()).collect(), through, more)
    }
}

/// A device of one person.
#[derive(Default)]
pub struct Device {
    pub vault: BTreeMap<ItemKey, Vec<u8>>,
    pub memory: Memory,
    pub key: u32,
    pub seals: u64,
    pub round: Option<(Engine, Effect)>,
}

/// What becomes of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done, and the round goes on.
    Done,
    /// The device stops before it is done.
    CutBefore,
    /// It is done, and the device stops before it hears so.
    CutAfter,
}

/// Opened only by who has the key: `key`, a nonce, the thing's key, the content.
fn seal(key: u32, nonce: u64, thing: &ItemKey, value: Option<&[u8]>) -> String {
    let value = value.map(|value| String::from_utf8(value.to_vec()).unwrap());
    serde_json::to_string(&(key, nonce, thing, value)).unwrap()
}

fn open(key: u32, item: &PushedItem) -> Option<Met> {
    let (sealed_under, _, thing, value): (u32, u64, ItemKey, Option<String>) =
        serde_json::from_str(&item.sealed).ok()?;
    let value = value.map(|value| Zeroizing::new(value.into_bytes()));
    (sealed_under == key).then(|| Met { id: item.id.clone(), generation: item.generation, key: thing, value })
}

pub fn id_of(key: &ItemKey) -> SyncItemId {
    let bytes = serde_json::to_vec(key).unwrap();
    SyncItemId::new(digest(&bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// What is secret is under `secret`.
fn bare(_: &ItemKey, value: &[u8]) -> Vec<u8> {
    let mut json: serde_json::Value = serde_json::from_slice(value).unwrap();
    if let Some(map) = json.as_object_mut() {
        map.remove("secret");
    }
    serde_json::to_vec(&json).unwrap()
}

pub fn setting(name: &str) -> ItemKey {
    ItemKey::new(ItemKind::Setting, name)
}

impl Device {
    pub fn write(&mut self, name: &str, value: &str) {
        self.vault.insert(setting(name), value.as_bytes().to_vec());
    }

    pub fn remove(&mut self, name: &str) {
        self.vault.remove(&setting(name));
    }

    pub fn read(&self, name: &str) -> Option<&str> {
        self.vault.get(&setting(name)).map(|value| std::str::from_utf8(value).unwrap())
    }

    pub fn conflicts(&self) -> Vec<(ItemKey, Conflict)> {
        let conflicts = self.vault.iter().filter(|(key, _)| key.kind == ItemKind::Conflict);
        conflicts.map(|(key, value)| (key.clone(), serde_json::from_slice(value).unwrap())).collect()
    }

    /// Whole rounds until nothing is left to do.
    pub fn sync(&mut self, server: &mut Server) -> Summary {
        self.round = None;
        for _ in 0..100 {
            let mut summary = None;
            while summary.is_none() {
                summary = self.step(server, Fate::Done, 3, &mut Vec::new());
            }
            if summary.is_some_and(|summary| !summary.again) {
                return summary.unwrap();
            }
        }
        panic!("the rounds never end");
    }

    /// One step of a round; a push that is cut off may still reach the server later, by `late`.
    pub fn step(
        &mut self,
        server: &mut Server,
        fate: Fate,
        most: usize,
        late: &mut Vec<(u32, Vec<PushedItem>)>,
    ) -> Option<Summary> {
        let Some((mut engine, effect)) = self.round.take() else {
            let mut engine = Engine::new(self.memory.clone(), bare);
            let effect = engine.handle(Input::Begin).unwrap();
            self.round = Some((engine, effect));
            return None;
        };
        if fate == Fate::CutBefore {
            if let Effect::Push(items) = &effect {
                late.push((self.key, self.sealed(items)));
            }
            return None;
        }
        let input = match effect {
            Effect::Read => Input::Local(self.items()),
            Effect::Pull { since } => {
                let (items, through, more) = server.page(since, most);
                let items = items.iter().filter_map(|item| open(self.key, item)).collect();
                Input::Page { items, through, more, newest: server.sequence }
            }
            Effect::Keep(keeping) if !self.keep(&keeping) => return None,
            Effect::Keep(_) => Input::Kept,
            Effect::Push(items) => {
                let sealed = self.sealed(&items);
                let answers = server.push(self.key, &sealed)?;
                Input::Answered(answers.into_iter().map(|answer| self.reply(answer)).collect())
            }
            Effect::Done(summary) => return Some(summary),
        };
        if fate == Fate::Done {
            let effect = engine.handle(input).unwrap();
            self.round = Some((engine, effect));
        }
        None
    }

    fn reply(&self, answer: Result<(), PushedItem>) -> Reply {
        match answer {
            Ok(()) => Reply::Taken,
            Err(standing) => open(self.key, &standing).map_or(Reply::Unreadable, Reply::Stands),
        }
    }

    fn items(&self) -> Vec<Item> {
        let item = |(key, value): (&ItemKey, &Vec<u8>)| Item {
            id: id_of(key),
            key: key.clone(),
            value: Zeroizing::new(value.clone()),
        };
        self.vault.iter().map(item).collect()
    }

    fn sealed(&mut self, items: &[Outgoing]) -> Vec<PushedItem> {
        let seal = |item: &Outgoing| {
            self.seals += 1;
            PushedItem {
                id: item.id.clone(),
                replaces: item.replaces,
                generation: item.generation,
                removed: item.value.is_none(),
                sealed: seal(self.key, self.seals, &item.key, item.value.as_deref().map(Vec::as_slice)),
            }
        };
        items.iter().map(seal).collect()
    }

    /// One transaction; gives whether the device still had what was read.
    fn keep(&mut self, keeping: &Keeping) -> bool {
        let stands = keeping.writes.iter().all(|write| self.vault.get(&write.key) == write.before.as_deref());
        if !stands {
            return false;
        }
        for write in &keeping.writes {
            match &write.value {
                Some(value) => drop(self.vault.insert(write.key.clone(), value.to_vec())),
                None => drop(self.vault.remove(&write.key)),
            }
        }
        for (key, conflict) in &keeping.conflicts {
            self.vault.insert(key.clone(), serde_json::to_vec(conflict).unwrap());
        }
        self.memory.known.extend(keeping.known.iter().cloned());
        self.memory.cursor = keeping.cursor;
        true
    }
}
