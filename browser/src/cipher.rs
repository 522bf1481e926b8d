//! Files encrypted with a passphrase: age v1 (age-encryption.org/v1) with its scrypt recipient.
//!
//! It is a large part that few people need, so the caller loads it on its own.

use age::secrecy::SecretString;
use age::{DecryptError, scrypt};
use domain::secret::Secret;
use domain::transfer::Unusable;

/// scrypt with N = 2^16 takes 64 MiB and some tenths of a second for each guess.
const WORK: u8 = 16;
/// The most a file may ask for: 2^18 takes 256 MiB.
const MOST_WORK: u8 = 18;

/// The two ways through a passphrase.
#[derive(Clone, Copy)]
pub struct Cipher {
    /// Encrypts a text; gives an armored file.
    pub seal: fn(&Secret, &Secret) -> Result<String, String>,
    /// Decrypts a file, armored or not.
    pub open: fn(&[u8], &Secret) -> Result<Secret, Unusable>,
}

/// The cipher. Whoever names this function has all of it in its code.
pub fn cipher() -> Cipher {
    Cipher { seal, open }
}

fn seal(text: &Secret, passphrase: &Secret) -> Result<String, String> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
    recipient.set_work_factor(WORK);
    age::encrypt_and_armor(&recipient, text.expose().as_bytes()).map_err(|error| error.to_string())
}

fn open(file: &[u8], passphrase: &Secret) -> Result<Secret, Unusable> {
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
    identity.set_max_work_factor(MOST_WORK);
    let text = age::decrypt(&identity, file).map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => Unusable::WrongPassphrase,
        DecryptError::ExcessiveWork { .. } => Unusable::TooHard,
        DecryptError::NoMatchingKeys => Unusable::NoPassphrase,
        DecryptError::Io(_) => Unusable::Half,
        _ => Unusable::Damaged("it can't be decrypted".to_owned()),
    })?;
    // Text that is no UTF-8 was not written by us.
    String::from_utf8(text).map(Secret::new).map_err(|_| Unusable::Unknown)
}
