//! Reading a folder into [`Files`], and making a folder equal to them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Files;

/// All files below `folder`.
pub fn read(folder: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    for path in list(folder)? {
        let content = fs::read(&path).with_context(|| format!("can't read {}", path.display()))?;
        files.insert(name(folder, &path), content);
    }
    Ok(files)
}

/// Makes `folder` hold exactly `files`. What is already right is left alone, so a server that runs keeps its files.
pub fn write(folder: &Path, files: &Files) -> anyhow::Result<()> {
    for (name, content) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|there| there == *content) {
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| format!("can't make {}", parent.display()))?;
        fs::write(&path, content).with_context(|| format!("can't write {}", path.display()))?;
    }
    let wanted: BTreeSet<&String> = files.keys().collect();
    for path in list(folder)? {
        if !wanted.contains(&name(folder, &path)) {
            fs::remove_file(&path).with_context(|| format!("can't remove {}", path.display()))?;
        }
    }
    Ok(())
}

fn list(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("can't list {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}

/// The path below `folder`, with `/` on every system.
fn name(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::{Files, read, write};

    fn files(names: &[&str]) -> Files {
        names.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = files(&["a.js", "pkg/b.css"]);
        write(folder.path(), &wanted).unwrap();
        assert_eq!(read(folder.path()).unwrap(), wanted);
    }

    #[test]
    fn a_file_of_an_earlier_build_goes() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &files(&["pkg/old.js"])).unwrap();
        write(folder.path(), &files(&["pkg/new.js"])).unwrap();
        assert_eq!(read(folder.path()).unwrap(), files(&["pkg/new.js"]));
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = read(std::path::Path::new("/nowhere/at/all")).err().unwrap();
        assert!(error.to_string().contains("/nowhere/at/all"));
    }
}
