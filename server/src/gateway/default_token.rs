//! The operator's default token: read from its file, used for its one site, never given out.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use domain::id::ProviderId;
use domain::secret::Secret;
use domain::site::{self, Claims, DefaultToken, SiteId};
use domain::time::{Span, Timestamp};

use crate::settings::DefaultTokenSetting;

/// How often the file is looked at.
const LOOK_EVERY: Span = Span::from_seconds(5);

/// Why the default token can't be had.
#[derive(Debug, thiserror::Error)]
pub enum DefaultTokenError {
    /// The file can't be read.
    #[error("the default token's file {0} can't be read; check the setting default_token.file")]
    File(PathBuf, #[source] std::io::Error),
    /// There is something else in it.
    #[error("{0} does not hold a site token: {1}")]
    Content(PathBuf, site::FormatError),
}

/// The file of the default token.
#[derive(Debug)]
pub struct DefaultTokenFile {
    setting: DefaultTokenSetting,
    held: Mutex<Option<Held>>,
}

#[derive(Clone, Debug)]
struct Held {
    token: Secret,
    looked_at: Timestamp,
    written_at: Option<SystemTime>,
}

impl DefaultTokenFile {
    /// The file a setting names; nothing is read yet.
    pub const fn new(setting: DefaultTokenSetting) -> Self {
        Self { setting, held: Mutex::new(None) }
    }

    /// The token for a site of a provider, if it is the one it is for.
    pub fn token_for(&self, provider: &ProviderId, site: &SiteId, now: Timestamp) -> Option<Secret> {
        let is_its = self.setting.provider == *provider && self.setting.site == *site;
        if is_its { self.token(now).ok() } else { None }
    }

    /// What people see of it.
    ///
    /// # Errors
    ///
    /// [`DefaultTokenError`] names the file.
    pub fn shown(&self, now: Timestamp) -> Result<DefaultToken, DefaultTokenError> {
        let claims = Claims::of(&self.token(now)?);
        let DefaultTokenSetting { provider, site, name, .. } = self.setting.clone();
        Ok(DefaultToken { provider, site, name, identity: claims.identity, expires_at: claims.expires_at })
    }

    /// The token; the file is read again when it was written since. One that was once good is kept when the next can't be
    /// used: an operator may be in the middle of writing it.
    fn token(&self, now: Timestamp) -> Result<Secret, DefaultTokenError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*held
            && now.since(known.looked_at) < LOOK_EVERY
        {
            return Ok(known.token.clone());
        }
        let written_at = std::fs::metadata(&self.setting.file).and_then(|file| file.modified()).ok();
        match (self.read(&held, written_at), &mut *held) {
            (Ok(token), held) => {
                *held = Some(Held { token: token.clone(), looked_at: now, written_at });
                Ok(token)
            }
            (Err(error), Some(known)) => {
                tracing::warn!(error = &error as &(dyn std::error::Error + 'static), "the older default token is kept");
                known.looked_at = now;
                Ok(known.token.clone())
            }
            (Err(error), None) => Err(error),
        }
    }

    fn read(&self, held: &Option<Held>, written_at: Option<SystemTime>) -> Result<Secret, DefaultTokenError> {
        if let Some(known) = held
            && written_at.is_some()
            && known.written_at == written_at
        {
            return Ok(known.token.clone());
        }
        let path = &self.setting.file;
        let text = std::fs::read_to_string(path).map_err(|error| DefaultTokenError::File(path.clone(), error))?;
        let text = Secret::new(text);
        let token = Secret::new(text.expose().trim());
        site::check(&token).map_err(|error| DefaultTokenError::Content(path.clone(), error))?;
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn file(folder: &tempfile::TempDir) -> DefaultTokenFile {
        let site = |text: &str| SiteId::parse(text).unwrap();
        DefaultTokenFile::new(DefaultTokenSetting {
            provider: ProviderId::new("ace"),
            site: site("one"),
            name: "One".to_owned(),
            file: folder.path().join("token"),
        })
    }

    fn write(folder: &tempfile::TempDir, text: &str) {
        std::fs::write(folder.path().join("token"), text).unwrap();
    }

    #[test]
    fn the_token_is_for_its_own_site_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder, "canary-header.canary-claims.canary-signature\n");
        let (file, site) = (file(&folder), |text: &str| SiteId::parse(text).unwrap());
        let token = file.token_for(&ProviderId::new("ace"), &site("one"), NOW).unwrap();
        assert_eq!(token.expose(), "canary-header.canary-claims.canary-signature");
        assert!(file.token_for(&ProviderId::new("ace"), &site("two"), NOW).is_none());
        assert!(file.token_for(&ProviderId::new("other"), &site("one"), NOW).is_none());
        assert!(!format!("{file:?} {:?}", file.shown(NOW)).contains("canary"));
    }

    #[test]
    fn a_token_that_was_replaced_is_used_and_one_that_is_broken_is_not() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder, "the-first.token-of.the-operator");
        let file = file(&folder);
        let read = |seconds: u64| file.token(NOW + Span::from_seconds(seconds)).unwrap().expose().to_owned();
        assert_eq!(read(0), "the-first.token-of.the-operator");
        std::fs::remove_file(folder.path().join("token")).unwrap();
        assert_eq!(read(10), "the-first.token-of.the-operator");
        write(&folder, "a letter");
        assert_eq!(read(20), "the-first.token-of.the-operator");
        write(&folder, "the-second.token-of.the-operator");
        assert_eq!(read(30), "the-second.token-of.the-operator");
    }

    #[test]
    fn without_a_file_there_is_none_and_the_reason_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = file(&folder).shown(NOW).unwrap_err();
        assert!(matches!(error, DefaultTokenError::File(..)) && error.to_string().contains("default_token.file"));
        write(&folder, "a letter");
        assert!(matches!(file(&folder).shown(NOW), Err(DefaultTokenError::Content(..))));
    }
}
