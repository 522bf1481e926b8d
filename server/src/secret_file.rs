//! The server's own secret: 256 random bits in a file beside the database, so that the database alone opens nothing.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use domain::secret::Secret;

use crate::entropy::Entropy;
use crate::sign_in::new_secret;

/// Why the secret can't be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// The file can't be read or made.
    #[error("the secret's file {0} can't be read or made; check who may write there")]
    File(PathBuf, #[source] std::io::Error),
    /// There is something else in it.
    #[error("{0} does not hold a secret: 64 hexadecimal digits")]
    Content(PathBuf),
}

/// The file of the server's own secret; made when it is first needed.
#[derive(Debug)]
pub struct SecretFile {
    path: PathBuf,
    read: Mutex<Option<Secret>>,
}

impl SecretFile {
    /// The file at a path; nothing is read yet.
    pub const fn new(path: PathBuf) -> Self {
        Self { path, read: Mutex::new(None) }
    }

    /// The secret.
    ///
    /// # Errors
    ///
    /// [`SecretFileError`] names the file.
    pub fn secret(&self, entropy: &dyn Entropy) -> Result<Secret, SecretFileError> {
        let mut read = self.read.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(secret) = &*read {
            return Ok(secret.clone());
        }
        let secret = match std::fs::read_to_string(&self.path) {
            Ok(text) => self.checked(&Secret::new(text))?,
            Err(error) if error.kind() == ErrorKind::NotFound => self.make(entropy)?,
            Err(error) => return Err(self.failed(error)),
        };
        *read = Some(secret.clone());
        Ok(secret)
    }

    /// The secret of a file that must be there already.
    ///
    /// # Errors
    ///
    /// [`SecretFileError`] names the file.
    pub fn existing(&self) -> Result<Secret, SecretFileError> {
        let text = std::fs::read_to_string(&self.path).map_err(|error| self.failed(error))?;
        self.checked(&Secret::new(text))
    }

    fn checked(&self, text: &Secret) -> Result<Secret, SecretFileError> {
        let digits = text.expose().trim();
        let fine = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if fine { Ok(Secret::new(digits)) } else { Err(SecretFileError::Content(self.path.clone())) }
    }

    /// Only its owner may read it, and it is on the disk before anything is sealed under it.
    fn make(&self, entropy: &dyn Entropy) -> Result<Secret, SecretFileError> {
        let secret = new_secret(entropy);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&self.path).and_then(|mut file| {
            file.write_all(secret.expose().as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| self.failed(error))?;
        Ok(secret)
    }

    fn failed(&self, error: std::io::Error) -> SecretFileError {
        SecretFileError::File(self.path.clone(), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn the_secret_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = || SecretFile::new(folder.path().join("server.secret"));
        let first = file().secret(&SeededEntropy::from_seed(1)).unwrap();
        assert_eq!(file().secret(&SeededEntropy::from_seed(2)).unwrap(), first);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.secret");
        SecretFile::new(path.clone()).secret(&SeededEntropy::from_seed(1)).unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_with_something_else_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.secret");
        std::fs::write(&path, "a letter").unwrap();
        let refused = SecretFile::new(path.clone()).secret(&SeededEntropy::from_seed(1));
        assert!(matches!(refused, Err(SecretFileError::Content(_))));
        assert_eq!(std::fs::read_to_string(path).unwrap(), "a letter");
    }
}
