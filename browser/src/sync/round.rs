//! One device's rounds: what the engine wants is done, one thing after the other, until nothing is left.

use std::collections::{BTreeMap, BTreeSet};

use domain::api::sync::{
    MOST_ITEM_BYTES, PushSync, PushedItem, ReadSync, SyncAnswer, SyncAnswers, SyncCopy, SyncPage, SyncPush,
};
use domain::api::{self, Call, Code, Problem};
use domain::id::{SyncItemId, TenantId};
use domain::sync::{
    Effect, Engine, Input, Item, ItemKey, Keeping, LastRound, Outgoing, Reply, Summary, SyncTrouble, SyncWork, bare,
};
use domain::vault::StoreError;
use futures::future::{join_all, try_join_all};
use serde::de::DeserializeOwned;

use super::SyncKey;
use crate::vault::{SyncMemory, Touched, Vault};
use crate::{clock, http};

/// How many rounds follow each other at most, because each brought something that is to be pushed.
const ROUNDS: usize = 4;
/// Beyond any item's number: asked for what is after it, the server tells only of the copy itself.
const BEYOND: u64 = 1 << 53;
/// The longest content that fits into an item when it is sealed and written as base64.
const LONGEST: usize = MOST_ITEM_BYTES / 4 * 3 - 1_024;

/// What a device's rounds go between, and who hears of them.
pub struct Line<'a> {
    /// The vault.
    pub vault: &'a Vault,
    /// The tenant.
    pub tenant: &'a TenantId,
    /// What seals the items.
    pub key: &'a SyncKey,
    /// Whether this tab still may.
    pub may_go_on: &'a dyn Fn() -> bool,
    /// Hears what is being done.
    pub on_work: &'a dyn Fn(SyncWork),
    /// Hears what was written here, once it is durable.
    pub on_touched: &'a dyn Fn(Touched),
}

/// What the rounds came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// All of them together.
    pub last: LastRound,
    /// Whether things were left out because they are too large for an item.
    pub too_large: usize,
}

impl Line<'_> {
    /// What the server tells of the copy.
    ///
    /// # Errors
    ///
    /// The server's problem.
    pub async fn copy(tenant: &TenantId) -> Result<Option<SyncCopy>, Problem> {
        Ok(read_page(tenant, BEYOND).await?.copy)
    }
}

/// Syncs until nothing is left to do.
///
/// # Errors
///
/// [`SyncTrouble`]; whatever was done until then stands, and the next call goes on from there.
pub async fn sync(line: &Line<'_>) -> Result<Round, SyncTrouble> {
    let mut whole = Whole::default();
    for _ in 0..ROUNDS {
        let summary = round(line, &mut whole).await?;
        whole.add(summary);
        if !summary.again {
            break;
        }
    }
    let copy = Line::copy(line.tenant).await?.ok_or(SyncTrouble::Gone)?;
    let mut state = line.vault.sync_state().await?.ok_or(SyncTrouble::Gone)?;
    let last = LastRound { at: clock::now(), items: copy.items, bytes: copy.bytes, ..whole.last() };
    state.last = Some(last);
    line.vault.write_sync_state(&state).await?;
    Ok(Round { last, too_large: whole.too_large })
}

#[derive(Default)]
struct Whole {
    pulled: usize,
    pushed: usize,
    conflicts: usize,
    unreadable: usize,
    too_large: usize,
    /// Which of them can't be opened here.
    closed: BTreeSet<SyncItemId>,
}

impl Whole {
    fn add(&mut self, summary: Summary) {
        self.pulled += summary.pulled;
        self.pushed += summary.pushed;
        self.conflicts += summary.conflicts;
        self.unreadable = self.closed.len().max(summary.unreadable);
    }

    fn last(&self) -> LastRound {
        LastRound {
            at: clock::now(),
            pulled: self.pulled as u64,
            pushed: self.pushed as u64,
            conflicts: self.conflicts as u64,
            unreadable: self.unreadable as u64,
            items: 0,
            bytes: 0,
        }
    }
}

async fn round(line: &Line<'_>, whole: &mut Whole) -> Result<Summary, SyncTrouble> {
    let mut known = line.vault.sync_memory().await?.ok_or(SyncTrouble::Gone)?;
    (line.on_work)(SyncWork::Reading);
    let (local, large) = local(line, &known).await?;
    whole.too_large = large.len();
    let mut memory = known.to_begin_with();
    // What is too large for an item is left alone on both sides: it is not taken for removed.
    memory.known.retain(|_, known| !large.contains(&known.key));
    let mut engine = Engine::new(memory, bare);
    let of = local.len();
    let (mut steps, mut local) = (Steps { line, known: &mut known, whole, large, pulled: 0, sent: 0, of }, Some(local));
    let mut input = Input::Begin;
    loop {
        // The engine answers each input that answers its last effect, and no other is given to it.
        let Some(effect) = engine.handle(input) else { return Err(SyncTrouble::Changed) };
        input = match effect {
            Effect::Read => Input::Local(local.take().unwrap_or_default()),
            Effect::Pull { since } => steps.pull(since).await?,
            Effect::Keep(keeping) => steps.keep(&keeping).await?,
            Effect::Push(items) => steps.push(items).await?,
            Effect::Done(summary) => return Ok(summary),
        };
    }
}

/// What is here, and what of it is too large for an item.
async fn local(line: &Line<'_>, known: &SyncMemory) -> Result<(Vec<Item>, BTreeSet<ItemKey>), SyncTrouble> {
    let contents = line.vault.synced_contents().await?;
    let (fitting, large): (Vec<_>, Vec<_>) = contents.into_iter().partition(|(_, value)| value.len() <= LONGEST);
    let names: BTreeMap<&ItemKey, &SyncItemId> = known.memory.known.iter().map(|(id, it)| (&it.key, id)).collect();
    let naming = fitting.into_iter().map(async |(key, value)| {
        let id = match names.get(&key) {
            Some(id) => (*id).clone(),
            None => line.key.name(&key).await.map_err(StoreError::from)?,
        };
        Ok::<Item, SyncTrouble>(Item { id, key, value })
    });
    Ok((try_join_all(naming).await?, large.into_iter().map(|(key, _)| key).collect()))
}

struct Steps<'a, 'b> {
    line: &'a Line<'b>,
    known: &'a mut SyncMemory,
    whole: &'a mut Whole,
    large: BTreeSet<ItemKey>,
    pulled: usize,
    sent: usize,
    of: usize,
}

impl Steps<'_, '_> {
    async fn pull(&mut self, since: u64) -> Result<Input, SyncTrouble> {
        (self.line.on_work)(SyncWork::Pulling { items: self.pulled });
        let page = read_page(self.line.tenant, since).await?;
        let copy = page.copy.ok_or(SyncTrouble::Gone)?;
        let state = &self.known.state;
        if (&copy.id, &copy.key) != (&state.copy, &state.key) {
            return Err(SyncTrouble::Replaced);
        }
        let opened = join_all(page.items.iter().map(|item| self.line.key.open(&copy.id, item))).await;
        let mut items = Vec::new();
        for (item, met) in page.items.iter().zip(opened) {
            match met {
                Some(met) if self.large.contains(&met.key) => {}
                Some(met) => items.push(met),
                None => drop(self.whole.closed.insert(item.id.clone())),
            }
        }
        self.pulled += page.items.len();
        Ok(Input::Page { items, through: page.through, more: page.more, newest: copy.sequence })
    }

    async fn keep(&mut self, keeping: &Keeping) -> Result<Input, SyncTrouble> {
        self.check()?;
        let touched = self.line.vault.keep_synced(self.known, keeping).await?;
        if touched != Touched::default() {
            (self.line.on_touched)(touched);
        }
        Ok(Input::Kept)
    }

    async fn push(&mut self, items: Vec<Outgoing>) -> Result<Input, SyncTrouble> {
        self.check()?;
        let of = self.of.max(self.sent + items.len());
        (self.line.on_work)(SyncWork::Pushing { done: self.sent, of });
        let (copy, key) = (self.known.state.copy.clone(), self.known.state.key.clone());
        let sealing = items.iter().map(|item| self.line.key.seal(&copy, item));
        let sealed: Vec<PushedItem> = try_join_all(sealing).await.map_err(StoreError::from)?;
        let push = SyncPush { copy: copy.clone(), key, items: sealed };
        let call = api::request(&PushSync { id: self.line.tenant.clone() }, &push)?;
        let SyncAnswers { answers } = answered(&call).await?;
        if answers.len() != items.len() {
            return Err(Problem::new(Code::UnreadableAnswer).into());
        }
        let replies = answers.iter().map(async |answer| match answer {
            SyncAnswer::Taken => Reply::Taken,
            SyncAnswer::Stands(item) => match self.line.key.open(&copy, item).await {
                Some(met) => Reply::Stands(met),
                None => Reply::Unreadable,
            },
        });
        let replies = join_all(replies).await;
        self.sent += items.len();
        Ok(Input::Answered(replies))
    }

    /// Another tab may have taken over while this one stood still.
    fn check(&self) -> Result<(), SyncTrouble> {
        if (self.line.may_go_on)() { Ok(()) } else { Err(SyncTrouble::Busy) }
    }
}

async fn read_page(tenant: &TenantId, since: u64) -> Result<SyncPage, Problem> {
    let mut call = api::request(&ReadSync { id: tenant.clone() }, &())?;
    call.path.push_str(&format!("?since={since}"));
    answered(&call).await
}

async fn answered<T: DeserializeOwned>(call: &Call) -> Result<T, Problem> {
    let answer = http::exchange(call).await.answer?;
    serde_json::from_value(answer).map_err(|_| Problem::new(Code::UnreadableAnswer))
}
