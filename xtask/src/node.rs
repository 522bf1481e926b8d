//! Our own scripts, run by Node over contents that are not files yet.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step;

/// A script that is given paths of files, and writes what it makes of each beside it.
pub struct Script<'a> {
    /// Its text, an ES module.
    pub text: &'a str,
    /// What it is given before the paths.
    pub arguments: &'a [&'a str],
    /// The extensions of what it writes: `3.br` and `3.gz` beside `3`.
    pub makes: &'a [&'a str],
    /// Where it is run: the packages it imports are installed there.
    pub at: &'a Path,
}

impl Script<'_> {
    /// Runs it over `contents` as the step `name`; answers, for each content, with what was made by the order of [`Script::makes`].
    /// `folder` is made for it and removed.
    ///
    /// # Errors
    ///
    /// If Node is missing or fails, the script left something out, or a file can't be written or read.
    pub fn over(&self, contents: &[&[u8]], name: &str, folder: &Path) -> anyhow::Result<Vec<Vec<Vec<u8>>>> {
        if contents.is_empty() {
            return Ok(Vec::new());
        }
        fs::create_dir_all(folder)?;
        let script = folder.join("script.mjs");
        fs::write(&script, self.text)?;
        let files: Vec<PathBuf> = (0..contents.len()).map(|number| folder.join(number.to_string())).collect();
        for (file, content) in files.iter().zip(contents) {
            fs::write(file, content)?;
        }
        step::must(name, Command::new("node").current_dir(self.at).arg(&script).args(self.arguments).args(&files))?;
        let made = files.iter().map(|file| self.made_of(file)).collect::<anyhow::Result<_>>()?;
        fs::remove_dir_all(folder)?;
        Ok(made)
    }

    fn made_of(&self, file: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
        self.makes.iter().map(|extension| Ok(fs::read(file.with_added_extension(extension))?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Script;

    const TWICE: &str = "
import { readFileSync, writeFileSync } from 'node:fs';
const [sign, ...files] = process.argv.slice(2);
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(`${file}.once`, text + sign);
  if (text !== 'lost') writeFileSync(`${file}.twice`, text + text + sign);
}";

    fn over(contents: &[&[u8]], text: &str) -> (anyhow::Result<Vec<Vec<Vec<u8>>>>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let script = Script { text, arguments: &["!"], makes: &["once", "twice"], at: folder.path() };
        (script.over(contents, "Double", &folder.path().join("work")), folder)
    }

    #[test]
    fn what_is_made_of_each_comes_in_the_order_it_is_asked_for() {
        let (made, folder) = over(&[b"a", b"b"], TWICE);
        assert_eq!(made.unwrap(), [[b"a!".to_vec(), b"aa!".to_vec()], [b"b!".to_vec(), b"bb!".to_vec()]]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "its folder is removed");
    }

    #[test]
    fn what_the_script_left_out_is_an_error() {
        assert!(over(&[b"a", b"lost"], TWICE).0.is_err());
    }

    #[test]
    fn a_script_that_fails_is_an_error() {
        let error = over(&[b"a"], "process.exit(3)").0.unwrap_err().to_string();
        assert!(error.contains("Double failed"), "{error}");
    }

    #[test]
    fn nothing_is_run_over_nothing() {
        assert_eq!(over(&[], "process.exit(3)").0.unwrap(), Vec::<Vec<Vec<u8>>>::new());
    }
}
