//! The data file: key and clients, so that what was made before a restart still works after it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use domain::secret::Secret;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;

/// What is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The form of the file: 1.
    pub(crate) version: u32,
    /// The environment's id.
    pub(crate) environment_id: String,
    /// The organization's id.
    pub(crate) organization_id: String,
    /// When the sandbox was first opened; files of earlier builds don't say.
    #[serde(default)]
    pub(crate) born: Option<Timestamp>,
    /// The signing key's id.
    pub(crate) key_id: String,
    /// The signing key.
    pub(crate) signing_key: Secret,
    /// All clients.
    pub(crate) clients: Vec<Client>,
}

/// The path of the data file in the data folder.
pub(crate) fn path_in(folder: &Path) -> PathBuf {
    folder.join("sandbox.json")
}

/// Reads the file; `None` when there is none yet.
///
/// # Errors
///
/// Of the file system, and [`io::ErrorKind::InvalidData`] when it is not what [`write`] wrote.
pub(crate) fn read(path: &Path) -> io::Result<Option<Kept>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // The cause is left out: its words could quote a part of the file.
    let invalid = || io::Error::new(io::ErrorKind::InvalidData, "it is not a sandbox data file of version 1");
    let kept: Kept = serde_json::from_slice(&text).map_err(|_| invalid())?;
    if kept.version == 1 { Ok(Some(kept)) } else { Err(invalid()) }
}

/// Writes the file whole or not at all, readable by its owner only.
///
/// # Errors
///
/// Of the file system; the old file is then still there.
pub(crate) fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("json.new");
    let text = Secret::new(serde_json::to_string(kept)?);
    let mut file = private_file(&beside)?;
    file.write_all(text.expose().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

fn private_file(path: &Path) -> io::Result<std::fs::File> {
    // A file left by a run that was cut short may have another mode: start from none.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
