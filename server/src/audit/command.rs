//! `server audit verify`: the check, for whoever runs the server.

use std::fmt::Write;
use std::path::PathBuf;

use super::chain::ChainKey;
use super::verify::{Noted, Verdict, verify};
use crate::secret_file::{SecretFile, SecretFileError};
use crate::settings::Settings;
use crate::store::{Database, OpenError, StoreError};

/// How many findings are printed; thousands say no more than the first.
const MOST_PRINTED: usize = 100;

/// Why the log could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// A secret can't be read: without it no code can be checked.
    #[error("the log can't be checked without the secret it was written with")]
    Secret(#[from] SecretFileError),
    /// The database can't be opened.
    #[error("the database can't be opened")]
    Open(#[from] OpenError),
    /// The database has no audit log, or can't be read.
    #[error("the audit log can't be read; start the server once, so that its tables are up to date")]
    Store(#[from] StoreError),
}

/// Checks the log in the settings' database. Events written with an earlier secret are checked with `earlier` files.
///
/// # Errors
///
/// [`CheckError`] says why it could not be checked at all.
pub async fn check(settings: &Settings, earlier: &[PathBuf], noted: Option<Noted>) -> Result<Verdict, CheckError> {
    let key = ChainKey::of(&SecretFile::new(settings.secret_file()).existing()?);
    let mut keys = vec![key.clone()];
    for file in earlier {
        keys.push(ChainKey::of(&SecretFile::new(file.clone()).existing()?));
    }
    let database = Database::look(&settings.data, key).await?;
    Ok(verify(&database, keys, noted).await?)
}

/// The verdict in words.
pub fn words(verdict: &Verdict) -> String {
    let mut text = String::new();
    for finding in verdict.findings.iter().take(MOST_PRINTED) {
        let _ = writeln!(text, "{finding}");
    }
    let further = verdict.findings.len().saturating_sub(MOST_PRINTED);
    if further > 0 {
        let _ = writeln!(text, "And {further} more.");
    }
    let how = if verdict.findings.is_empty() {
        "The audit log is whole"
    } else {
        "The audit log is not as the server wrote it"
    };
    let (sound, first) = (verdict.sound, verdict.first);
    let _ = writeln!(text, "{how}: {sound} events are sound, from event {first} on.");
    let _ = writeln!(text, "Head: {}", verdict.head);
    text.push_str("Note the head somewhere else: with --head it shows later that nothing up to there was changed.\n");
    text
}
