//! A lookup as it is kept over a reload: a head, and the entries in parts, so that a change writes little.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::job::{Job, Pause, Phase};
use super::{Entry, LeftOut};
use crate::time::Timestamp;

/// How many entries are kept together.
pub const CHUNK: usize = 500;

/// The version of what is kept.
const VERSION: u64 = 1;

/// Why a lookup that was kept can't go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRestored {
    /// What is kept is not what this version writes.
    #[error("It was kept by another version of Tokenkeep.")]
    Unknown,
    /// A part is missing, or belongs to another lookup.
    #[error("A part of it is missing.")]
    Incomplete,
}

/// The name under which the head is kept.
pub const HEAD: &str = "bulk-lookup";

/// The names under which the parts are kept.
pub const CHUNKS: [&str; 20] = [
    "bulk-lookup-0",
    "bulk-lookup-1",
    "bulk-lookup-2",
    "bulk-lookup-3",
    "bulk-lookup-4",
    "bulk-lookup-5",
    "bulk-lookup-6",
    "bulk-lookup-7",
    "bulk-lookup-8",
    "bulk-lookup-9",
    "bulk-lookup-10",
    "bulk-lookup-11",
    "bulk-lookup-12",
    "bulk-lookup-13",
    "bulk-lookup-14",
    "bulk-lookup-15",
    "bulk-lookup-16",
    "bulk-lookup-17",
    "bulk-lookup-18",
    "bulk-lookup-19",
];

/// How many parts so many entries have.
pub const fn chunk_count(entries: usize) -> usize {
    entries.div_ceil(CHUNK)
}

pub(super) const fn chunk_of(entry: usize) -> usize {
    entry / CHUNK
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u64,
    id: String,
    environment: String,
    begun_at: Timestamp,
    total: usize,
    #[serde(default)]
    left_out: LeftOut,
    #[serde(default)]
    stopped: bool,
}

#[derive(Deserialize)]
struct Chunk {
    id: String,
    entries: Vec<Entry>,
}

/// How many parts the lookup of this head has; `None` when it is no head of ours.
fn head(value: &Value) -> Option<Head> {
    Head::deserialize(value).ok().filter(|head| head.version == VERSION && head.total <= super::MOST)
}

impl Job {
    /// The head: written after the parts, so that it never speaks of parts that are not there.
    pub fn kept_head(&self) -> Value {
        let head = Head {
            version: VERSION,
            id: self.id.clone(),
            environment: self.environment.clone(),
            begun_at: self.begun_at,
            total: self.entries.len(),
            left_out: self.left_out,
            stopped: self.phase == Phase::Stopped,
        };
        serde_json::to_value(head).unwrap_or_default()
    }

    /// One part.
    pub fn kept_chunk(&self, chunk: usize) -> Value {
        let entries = self.entries.chunks(CHUNK).nth(chunk).unwrap_or_default();
        json!({ "id": self.id, "entries": entries })
    }

    /// How many parts it has.
    pub fn parts(&self) -> usize {
        chunk_count(self.entries.len())
    }

    /// The parts that changed since this was last asked.
    pub fn take_changed(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.changed).into_iter().collect()
    }

    /// Parts that could not be kept, to be tried again.
    pub fn not_kept(&mut self, chunks: impl IntoIterator<Item = usize>) {
        self.changed.extend(chunks);
    }

    /// How many parts belong to a head that was kept.
    ///
    /// # Errors
    ///
    /// [`NotRestored::Unknown`] when it is no head of this version.
    pub fn chunks_of(kept: &Value) -> Result<usize, NotRestored> {
        head(kept).map(|head| chunk_count(head.total)).ok_or(NotRestored::Unknown)
    }

    /// The lookup as it was kept, not asking until a person wants it.
    ///
    /// # Errors
    ///
    /// [`NotRestored`] when it is not whole.
    pub fn restore(kept: &Value, chunks: Vec<Option<Value>>) -> Result<Self, NotRestored> {
        let head = head(kept).ok_or(NotRestored::Unknown)?;
        let mut entries = Vec::with_capacity(head.total);
        for chunk in chunks {
            let chunk = chunk.and_then(|chunk| serde_json::from_value::<Chunk>(chunk).ok());
            let chunk = chunk.filter(|chunk| chunk.id == head.id).ok_or(NotRestored::Incomplete)?;
            entries.extend(chunk.entries);
        }
        if entries.len() != head.total {
            return Err(NotRestored::Incomplete);
        }
        let mut job = Self::of(head.id, head.environment, entries, (head.left_out, head.begun_at));
        job.changed.clear();
        job.phase = match job.counts().ended() == job.counts().all() {
            true => Phase::Done,
            false if head.stopped => Phase::Stopped,
            false => Phase::Paused(Pause::Reloaded),
        };
        Ok(job)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, List, Next};
    use super::*;

    fn job(count: usize) -> Job {
        let entries = (0..count).map(|number| format!("user-{number}")).collect();
        let list = List { entries, left_out: LeftOut { duplicates: 3, ..LeftOut::default() } };
        Job::new("j".to_owned(), "e".to_owned(), list, Timestamp::from_seconds(1))
    }

    fn kept(job: &Job) -> (Value, Vec<Option<Value>>) {
        let chunks = (0..chunk_count(job.entries().len())).map(|chunk| Some(job.kept_chunk(chunk))).collect();
        (job.kept_head(), chunks)
    }

    #[test]
    fn the_longest_list_has_a_name_for_each_part() {
        assert_eq!(chunk_count(super::super::MOST), CHUNKS.len());
    }

    #[test]
    fn what_is_kept_comes_back_paused() {
        let mut job = job(1_201);
        let now = Timestamp::from_seconds(2);
        let Next::Ask(call) = job.next(now) else { panic!() };
        job.take(call.ticket, Ok(json!({ "_embedded": { "users": [{ "id": "u", "username": "USER-3" }] } })), now);
        let (head, chunks) = kept(&job);
        assert_eq!((chunks.len(), Job::chunks_of(&head)), (3, Ok(3)));
        let again = Job::restore(&head, chunks).unwrap();
        assert_eq!(again.entries(), job.entries());
        assert_eq!((again.counts(), again.left_out.duplicates), (job.counts(), 3));
        assert_eq!(*again.phase(), Phase::Paused(Pause::Reloaded));
        assert_eq!(again.counts().of(Kind::Found), 1);
    }

    #[test]
    fn only_what_changed_is_written_again() {
        let mut job = job(1_201);
        assert_eq!(job.take_changed(), [0, 1, 2]);
        let now = Timestamp::from_seconds(2);
        let Next::Ask(call) = job.next(now) else { panic!() };
        job.take(call.ticket, Ok(json!({})), now);
        assert_eq!(job.take_changed(), [0]);
        job.not_kept([0]);
        assert_eq!((job.take_changed(), job.take_changed()), (vec![0], vec![]));
    }

    #[test]
    fn a_part_that_is_missing_or_of_another_lookup_is_said() {
        let (head, chunks) = kept(&job(600));
        let mut missing = chunks.clone();
        missing[1] = None;
        let mut foreign = chunks.clone();
        foreign[0].as_mut().unwrap()["id"] = "other".into();
        let shorter = chunks[..1].to_vec();
        for chunks in [missing, foreign, shorter] {
            assert_eq!(Job::restore(&head, chunks), Err(NotRestored::Incomplete));
        }
    }

    #[test]
    fn what_another_version_kept_is_not_guessed_at() {
        for head in [json!(null), json!({}), json!({ "version": 2, "total": 3 }), json!("x")] {
            assert_eq!(Job::restore(&head, Vec::new()), Err(NotRestored::Unknown), "{head}");
        }
        let (mut head, chunks) = kept(&job(10));
        head["total"] = 10_001.into();
        assert_eq!(Job::restore(&head, chunks), Err(NotRestored::Unknown));
    }
}
