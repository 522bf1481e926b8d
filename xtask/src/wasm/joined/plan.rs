//! Which chunks become one file.

use std::collections::BTreeSet;

use anyhow::ensure;

/// The part for people who are not signed in: all that a first visit loads.
const OUTSIDE: &str = "outside";
/// The parts that every page for people who are signed in loads.
const ALWAYS: [&str; 2] = ["shell", "runtime"];
/// What a request costs, in bytes of WASM as the cut makes it: about 2 kB over the wire.
const REQUEST: u64 = 16_000;

/// What several parts share.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Its file's name, without `.wasm`.
    pub name: String,
    /// The parts that need it.
    pub parts: BTreeSet<String>,
    /// How large it is.
    pub bytes: u64,
}

/// Chunks that are loaded together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The parts that need some of it.
    pub parts: BTreeSet<String>,
    /// The chunks in it.
    pub chunks: Vec<String>,
    bytes: u64,
    /// The visits that load it, by their places in [`visits`].
    visits: BTreeSet<usize>,
}

/// Puts chunks together as long as that saves more requests than it loads bytes in vain, over one visit to each part. What
/// a first visit loads stays as small as it is.
pub fn files(chunks: &[Chunk], parts: &BTreeSet<String>) -> anyhow::Result<Vec<File>> {
    for known in ALWAYS.iter().chain([&OUTSIDE]) {
        ensure!(parts.contains(*known), "the WASM has no part called {known} any more");
    }
    let visits = visits(parts);
    let mut files: Vec<File> = Vec::new();
    for chunk in chunks {
        let one = file(chunk, &visits);
        match files.iter_mut().find(|file| file.visits == one.visits) {
            Some(same) => *same = together(same, &one),
            None => files.push(one),
        }
    }
    while let Some((first, second)) = best(&files) {
        let other = files.remove(second);
        files[first] = together(&files[first], &other);
    }
    files.sort_by(|one, other| one.chunks.cmp(&other.chunks));
    Ok(files)
}

/// What is loaded at a visit: the part outside, or the parts that are always there with one other.
fn visits(parts: &BTreeSet<String>) -> Vec<BTreeSet<&str>> {
    let inside = parts.iter().map(String::as_str).filter(|part| *part != OUTSIDE && !ALWAYS.contains(part));
    let visit = |part| ALWAYS.into_iter().chain([part]).collect();
    [BTreeSet::from([OUTSIDE])].into_iter().chain(inside.map(visit)).collect()
}

fn file(chunk: &Chunk, visits: &[BTreeSet<&str>]) -> File {
    let loads = |visit: &BTreeSet<&str>| chunk.parts.iter().any(|part| visit.contains(part.as_str()));
    File {
        parts: chunk.parts.clone(),
        chunks: vec![chunk.name.clone()],
        bytes: chunk.bytes,
        visits: visits.iter().enumerate().filter(|(_, visit)| loads(visit)).map(|(place, _)| place).collect(),
    }
}

fn together(one: &File, other: &File) -> File {
    File {
        parts: &one.parts | &other.parts,
        chunks: one.chunks.iter().chain(&other.chunks).cloned().collect(),
        bytes: one.bytes + other.bytes,
        visits: &one.visits | &other.visits,
    }
}

/// The two files that are best put together, the earlier one first; none when that costs more than it saves.
fn best(files: &[File]) -> Option<(usize, usize)> {
    let mut best = None;
    for (second, other) in files.iter().enumerate() {
        for (first, one) in files[..second].iter().enumerate() {
            let saved = saved(one, other);
            if saved > best.map_or(0, |(most, _)| most) {
                best = Some((saved, (first, second)));
            }
        }
    }
    best.map(|(_, pair)| pair)
}

/// The bytes saved over all visits when two files are one.
fn saved(one: &File, other: &File) -> i64 {
    let outside = |file: &File| file.visits.contains(&0);
    if outside(one) != outside(other) {
        return 0;
    }
    let times = |visits: usize, bytes: u64| i64::try_from(visits as u64 * bytes).unwrap_or(i64::MAX);
    let in_vain = times((&other.visits - &one.visits).len(), one.bytes)
        .saturating_add(times((&one.visits - &other.visits).len(), other.bytes));
    times((&one.visits & &other.visits).len(), REQUEST).saturating_sub(in_vain)
}

#[cfg(test)]
mod tests {
    use super::{Chunk, File, REQUEST, files};

    fn chunk(name: &str, parts: &[&str], bytes: u64) -> Chunk {
        Chunk { name: name.to_owned(), parts: parts.iter().map(|&part| part.to_owned()).collect(), bytes }
    }

    fn planned(chunks: &[Chunk]) -> Vec<File> {
        let parts = ["outside", "shell", "runtime", "one", "two", "three"];
        files(chunks, &parts.iter().map(|&part| part.to_owned()).collect()).unwrap()
    }

    fn names(files: &[File]) -> Vec<Vec<&str>> {
        files.iter().map(|file| file.chunks.iter().map(String::as_str).collect()).collect()
    }

    #[test]
    fn what_is_always_loaded_together_is_one_file_however_large() {
        let files = planned(&[chunk("a", &["shell", "one"], 1_000_000), chunk("b", &["runtime", "two"], 2_000_000)]);
        assert_eq!(names(&files), [["a", "b"]]);
        assert_eq!(files[0].parts.iter().collect::<Vec<_>>(), ["one", "runtime", "shell", "two"]);
    }

    #[test]
    fn small_chunks_are_loaded_in_vain_rather_than_asked_for() {
        let files = planned(&[chunk("a", &["one", "two"], 100), chunk("b", &["one", "three"], 100)]);
        assert_eq!(names(&files), [["a", "b"]]);
    }

    #[test]
    fn a_large_chunk_is_not_loaded_in_vain() {
        let files = planned(&[chunk("a", &["one", "two"], REQUEST), chunk("b", &["one", "three"], 100)]);
        assert_eq!(names(&files), [["a"], ["b"]]);
    }

    #[test]
    fn a_first_visit_loads_nothing_in_vain() {
        let files = planned(&[chunk("a", &["outside", "shell"], 100), chunk("b", &["shell", "one"], 1)]);
        assert_eq!(names(&files), [["a"], ["b"]]);
    }

    #[test]
    fn a_part_that_was_renamed_is_noticed() {
        let error = files(&[], &["outside".to_owned(), "shell".to_owned()].into()).unwrap_err();
        assert!(error.to_string().contains("runtime"));
    }
}
