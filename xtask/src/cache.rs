//! What a slow step made, kept by the hash of what went in, so that it is made once.

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::path::PathBuf;

/// Sixteen hexadecimal digits for the content of `parts`, each bounded, so that `["ab", "c"]` is not `["a", "bc"]`.
///
/// It tells versions of our own files apart; it is no protection against someone who looks for collisions.
pub fn content_hash(parts: &[&[u8]]) -> String {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        hasher.write_usize(part.len());
        hasher.write(part);
    }
    format!("{:016x}", hasher.finish())
}

/// A folder of made things, each named by the hash of its inputs.
pub struct Cache {
    folder: PathBuf,
    used: HashSet<String>,
}

impl Cache {
    /// The cache in `folder`, which is made if it is missing.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, used: HashSet::new() })
    }

    /// Whether the thing named `key` is kept.
    pub fn has(&self, key: &str) -> bool {
        self.folder.join(key).exists()
    }

    /// What `make` makes of the inputs hashed in `key`: read if it was made before, else made and kept.
    pub fn get(&mut self, key: &str, make: impl FnOnce() -> anyhow::Result<Vec<u8>>) -> anyhow::Result<Vec<u8>> {
        self.used.insert(key.to_owned());
        let path = self.folder.join(key);
        if let Ok(kept) = fs::read(&path) {
            return Ok(kept);
        }
        let made = make()?;
        // Written beside and renamed: a command that is stopped half-way leaves no half of an entry.
        let beside = self.folder.join(format!("{key}.{}", std::process::id()));
        fs::write(&beside, &made)?;
        fs::rename(&beside, &path)?;
        Ok(made)
    }

    /// Removes what was not asked for since the cache was opened.
    pub fn sweep(self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if !self.used.contains(entry.file_name().to_string_lossy().as_ref()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, content_hash};

    fn made(text: &str) -> anyhow::Result<Vec<u8>> {
        Ok(text.as_bytes().to_vec())
    }

    #[test]
    fn the_same_content_has_the_same_hash() {
        assert_eq!(content_hash(&[b"a", b"b"]), content_hash(&[b"a", b"b"]));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(content_hash(&[b"ab", b"c"]), content_hash(&[b"a", b"bc"]));
    }

    #[test]
    fn a_thing_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path().to_owned()).unwrap();
        cache.get("key", || made("first")).unwrap();
        assert_eq!(cache.get("key", || made("second")).unwrap(), b"first");
    }

    #[test]
    fn a_failed_make_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path().to_owned()).unwrap();
        assert!(cache.get("key", || anyhow::bail!("no")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_sweep_keeps_only_what_was_used() {
        let folder = tempfile::tempdir().unwrap();
        Cache::open(folder.path().to_owned()).unwrap().get("old", || made("old")).unwrap();
        let mut cache = Cache::open(folder.path().to_owned()).unwrap();
        cache.get("new", || made("new")).unwrap();
        cache.sweep().unwrap();
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["new"]);
    }
}
