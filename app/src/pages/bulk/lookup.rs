//! Carries out what the lookup says: calls, waits, and keeping it over a reload.

use domain::management::bulk::{CHUNKS, HEAD, Job, List};
use futures::future::join_all;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::going;
use crate::Ports;
use crate::gateway::{Gateway, keep_work, recall_work};

/// How often what has changed is kept, in milliseconds.
const KEPT_EVERY: u64 = 3_000;

/// Whether there is a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is not known yet.
    Recalling,
    /// There is none.
    Nothing,
    /// There is one.
    There,
}

/// The lookup of this page.
#[derive(Clone, Copy)]
pub(super) struct Lookup {
    pub(super) job: RwSignal<Option<Job>>,
    recalling: RwSignal<bool>,
    /// What is to be said about keeping it.
    pub(super) trouble: RwSignal<Option<String>>,
    pub(super) gateway: StoredValue<Gateway>,
    pub(super) ports: StoredValue<Ports>,
    /// Which wake-up is the newest.
    pub(super) wakes: StoredValue<u64>,
    keeping: StoredValue<Keeping>,
    /// Whether it is being removed, so that nothing of it is written any more.
    forgetting: StoredValue<bool>,
}

/// What of the lookup is being written.
#[derive(Clone, Copy, Debug, Default)]
struct Keeping {
    busy: bool,
    /// Whether something else is to be written after it.
    again: bool,
    /// When it was last begun, in milliseconds.
    at: i64,
}

impl Lookup {
    /// The lookup that was kept, if there is one.
    pub(super) fn begin(gateway: Gateway) -> Self {
        let lookup = Self {
            job: RwSignal::new(None),
            recalling: RwSignal::new(true),
            trouble: RwSignal::new(None),
            gateway: StoredValue::new(gateway),
            ports: StoredValue::new(expect_context()),
            wakes: StoredValue::new(0),
            keeping: StoredValue::new(Keeping::default()),
            forgetting: StoredValue::new(false),
        };
        spawn_local(lookup.recall());
        going::hear_network(lookup);
        on_cleanup(move || lookup.leave());
        lookup
    }

    /// Where it stands, for what is shown.
    pub(super) fn stage(self) -> Stage {
        match (self.recalling.get(), self.job.with(Option::is_some)) {
            (_, true) => Stage::There,
            (true, false) => Stage::Recalling,
            (false, false) => Stage::Nothing,
        }
    }

    /// Whether it belongs to the environment this page reads.
    pub(super) fn is_here(self) -> bool {
        let here = self.gateway.with_value(|gateway| gateway.environment().to_owned());
        self.job.with(|job| job.as_ref().is_none_or(|job| job.environment == here))
    }

    /// Begins a lookup of this list.
    pub(super) fn start(self, list: List) {
        let ports = self.ports.get_value();
        let id = format!("{:032x}", (ports.desk.random)());
        let environment = self.gateway.with_value(|gateway| gateway.environment().to_owned());
        self.trouble.set(None);
        self.job.set(Some(Job::new(id, environment, list, (ports.desk.clock)())));
        // The parts of an earlier lookup must not be read under this one's head, nor the other way round.
        self.keeping.set_value(Keeping { busy: true, again: false, at: (ports.desk.clock)().millis() });
        spawn_local(async move {
            keep_work(&ports, HEAD, None).await;
            self.write().await;
        });
        going::go_on(self);
    }

    /// Forgets it, with what was kept, after a write that is under way. It is shown until it is durably gone: whoever sees it
    /// cleared finds it cleared after a reload too.
    pub(super) fn forget(self) {
        self.forgetting.set_value(true);
        let is_writing = self.keeping.try_update_value(|keeping| std::mem::replace(&mut keeping.busy, true));
        if is_writing == Some(false) {
            spawn_local(self.remove());
        }
    }

    async fn remove(self) {
        let Some(ports) = self.ports.try_get_value() else { return };
        let parts = self.job.try_with_untracked(|job| job.as_ref().map_or(0, |job| job.parts())).unwrap_or(0);
        let is_gone = keep_work(&ports, HEAD, None).await;
        if is_gone {
            join_all(CHUNKS.iter().take(parts).map(|name| keep_work(&ports, name, None))).await;
            self.job.try_set(None);
        }
        let words = "This browser could not remove the lookup. Try again, or clear this site's data in the browser.";
        self.trouble.try_set((!is_gone).then(|| words.to_owned()));
        self.keeping.try_set_value(Keeping::default());
        self.forgetting.try_set_value(false);
    }

    /// Keeps what has changed, if that was not done a moment ago.
    pub(super) fn keep_now_and_then(self) {
        let now = self.ports.with_value(|ports| (ports.desk.clock)()).millis();
        let rested = self.keeping.try_with_value(|keeping| now.abs_diff(keeping.at) >= KEPT_EVERY).unwrap_or(false);
        if rested {
            self.keep();
        }
    }

    /// Keeps what has changed.
    pub(super) fn keep(self) {
        let now = self.ports.try_with_value(|ports| (ports.desk.clock)().millis()).unwrap_or(0);
        let was = self.keeping.try_update_value(|keeping| {
            let was = *keeping;
            *keeping = Keeping { busy: true, again: was.busy, at: now };
            was
        });
        if was.is_some_and(|was| !was.busy) {
            spawn_local(self.write());
        }
    }

    async fn write(self) {
        loop {
            let Some(ports) = self.ports.try_get_value() else { return };
            let whole = self.write_once(&ports).await;
            if self.forgetting.try_get_value() == Some(true) {
                return self.remove().await;
            }
            self.trouble.try_update(|trouble| {
                let words =
                    "This browser could not keep the lookup: after a reload it would be gone. Export what you need.";
                *trouble = if whole { trouble.take().filter(|text| text != words) } else { Some(words.to_owned()) };
            });
            let again = self.keeping.try_update_value(|keeping| {
                let again = std::mem::take(&mut keeping.again);
                keeping.busy = again;
                again
            });
            if again != Some(true) {
                return;
            }
        }
    }

    /// Writes the parts, then the head; gives whether all is durable.
    async fn write_once(self, ports: &Ports) -> bool {
        let taken = self.job.try_update_untracked(|job| {
            let job = job.as_mut()?;
            let changed = job.take_changed();
            let parts: Vec<_> = changed.into_iter().map(|chunk| (chunk, job.kept_chunk(chunk))).collect();
            Some((job.id().to_owned(), parts, job.kept_head()))
        });
        let Some((id, parts, head)) = taken.flatten() else { return true };
        // Another lookup may have begun meanwhile, or this one be cleared, or its page left, which writes the rest.
        let is_current = || {
            self.forgetting.try_get_value() == Some(false)
                && self.job.try_with_untracked(|job| job.as_ref().is_some_and(|job| job.id() == id)) == Some(true)
        };
        let mut not_kept = Vec::new();
        for (chunk, part) in parts {
            if !is_current() {
                return true;
            }
            if !keep_work(ports, CHUNKS[chunk], Some(part)).await {
                not_kept.push(chunk);
            }
        }
        if !is_current() {
            return true;
        }
        let whole = not_kept.is_empty() && keep_work(ports, HEAD, Some(head)).await;
        self.job.try_update_untracked(|job| job.as_mut().map(|job| job.not_kept(not_kept)));
        whole
    }

    /// The page is left: what changed since it was last kept is written, from here on without it. All of it is asked for at
    /// once, so that whoever comes back finds it, and with all parts where a write was under way, which ends with the page.
    fn leave(self) {
        let (Some(ports), Some(Some(mut job))) = (self.ports.try_get_value(), self.job.try_get_untracked()) else {
            return;
        };
        if self.forgetting.try_get_value() == Some(true) {
            spawn_local(async move {
                keep_work(&ports, HEAD, None).await;
            });
            return;
        }
        let is_writing = self.keeping.try_with_value(|keeping| keeping.busy).unwrap_or(false);
        let changed = job.take_changed().into_iter().collect();
        let chunks: Vec<usize> = if is_writing { (0..job.parts()).collect() } else { changed };
        let mut work: Vec<_> = chunks.into_iter().map(|chunk| (CHUNKS[chunk], job.kept_chunk(chunk))).collect();
        work.push((HEAD, job.kept_head()));
        spawn_local(async move {
            join_all(work.into_iter().map(|(name, work)| keep_work(&ports, name, Some(work)))).await;
        });
    }

    async fn recall(self) {
        let Some(ports) = self.ports.try_get_value() else { return };
        if let Some(head) = recall_work(&ports, HEAD).await {
            let mut parts = Vec::new();
            for name in CHUNKS.iter().take(Job::chunks_of(&head).unwrap_or(0)) {
                parts.push(recall_work(&ports, name).await);
            }
            match Job::restore(&head, parts) {
                Ok(job) => drop(self.job.try_set(Some(job))),
                Err(why) => {
                    keep_work(&ports, HEAD, None).await;
                    self.trouble
                        .try_set(Some(format!("A lookup was kept here and can't go on. {why} It was put away.")));
                }
            }
        }
        self.recalling.try_set(false);
    }
}
