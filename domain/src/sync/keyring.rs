//! The keyring: what brings a copy's key back on another device, once the passphrase is known.

use serde::{Deserialize, Serialize};

use crate::id::{SyncKeyId, TenantId};
use crate::vault::{CostRefused, Derivation, WrappedKey, prefixed};

/// The version of [`Keyring`] as it is written.
pub const KEYRING_VERSION: u32 = 1;
/// The longest salt that is read, in bytes.
const LONGEST_SALT: usize = 64;
/// A nonce of AES-GCM, and a key of 32 bytes with its tag.
const WRAPPED: (usize, usize) = (12, 48);

/// A copy's key, drawn at random, wrapped under one that comes from the passphrase by Argon2id (RFC 9106). The server keeps
/// it as a text and can open it no more than anyone who has no passphrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyring {
    /// [`KEYRING_VERSION`].
    pub version: u32,
    /// How the passphrase becomes a key.
    pub derivation: Derivation,
    /// The copy's key.
    pub wrapped: WrappedKey,
}

/// Why a keyring is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringUnfit {
    /// It is none, or was damaged.
    #[error("the copy's keyring can't be read")]
    Unreadable,
    /// A newer Tokenkeep wrote it.
    #[error("the copy's keyring was written by a newer Tokenkeep")]
    Newer,
    /// Whoever changed it wants the passphrase tried in a way that is easy to guess at, or none that works.
    #[error("{0}")]
    Cost(#[from] CostRefused),
}

impl Keyring {
    /// A new one.
    pub const fn new(derivation: Derivation, wrapped: WrappedKey) -> Self {
        Self { version: KEYRING_VERSION, derivation, wrapped }
    }

    /// Reads what the server has. Nothing is derived before its parameters were found within bounds.
    ///
    /// # Errors
    ///
    /// [`KeyringUnfit`] for what is not to be used.
    pub fn read(text: &str) -> Result<Self, KeyringUnfit> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(|_| KeyringUnfit::Unreadable)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64).ok_or(KeyringUnfit::Unreadable)?;
        if version > u64::from(KEYRING_VERSION) {
            return Err(KeyringUnfit::Newer);
        }
        let keyring: Self = serde_json::from_value(value).map_err(|_| KeyringUnfit::Unreadable)?;
        keyring.derivation.check()?;
        let lengths = (keyring.wrapped.nonce.len(), keyring.wrapped.ciphertext.len());
        if lengths != WRAPPED || keyring.derivation.salt.len() > LONGEST_SALT {
            return Err(KeyringUnfit::Unreadable);
        }
        Ok(keyring)
    }

    /// The text the server keeps.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the wrapped key is bound to: the tenant, the key it is, and how the key above it was derived.
    pub fn context(tenant: &TenantId, key: &SyncKeyId, derivation: &Derivation) -> Vec<u8> {
        let cost = derivation.cost;
        let numbers = [cost.memory_kib, cost.passes, cost.lanes].map(u32::to_be_bytes);
        prefixed([
            b"tokenkeep/sync/keyring/1".as_slice(),
            tenant.as_str().as_bytes(),
            key.as_str().as_bytes(),
            &numbers[0],
            &numbers[1],
            &numbers[2],
            &derivation.salt,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Cost;

    fn keyring() -> Keyring {
        let wrapped = WrappedKey { nonce: vec![1; 12], ciphertext: vec![2; 48] };
        Keyring::new(Derivation::new(Cost::USUAL, [3; 16]), wrapped)
    }

    #[test]
    fn it_is_read_back_as_it_was_written() {
        assert_eq!(Keyring::read(&keyring().written()), Ok(keyring()));
    }

    #[test]
    fn one_that_was_made_easier_to_guess_or_endless_is_refused() {
        let with = |cost: Cost, salt: Vec<u8>| Keyring { derivation: Derivation { cost, salt }, ..keyring() }.written();
        let read = |text: String| Keyring::read(&text);
        let cheap = Cost { memory_kib: 8, ..Cost::USUAL };
        assert_eq!(read(with(cheap, vec![3; 16])), Err(KeyringUnfit::Cost(CostRefused::TooWeak)));
        let endless = Cost { passes: u32::MAX, ..Cost::USUAL };
        assert_eq!(read(with(endless, vec![3; 16])), Err(KeyringUnfit::Cost(CostRefused::TooHard)));
        assert_eq!(read(with(Cost::USUAL, Vec::new())), Err(KeyringUnfit::Cost(CostRefused::TooWeak)));
        assert_eq!(read(with(Cost::USUAL, vec![3; 65])), Err(KeyringUnfit::Unreadable));
    }

    #[test]
    fn what_is_none_is_said_to_be_none() {
        for text in ["", "{}", "[]", "{\"version\":1}", "{\"version\":\"1\"}"] {
            assert_eq!(Keyring::read(text), Err(KeyringUnfit::Unreadable), "{text}");
        }
        assert_eq!(Keyring::read("{\"version\":2}"), Err(KeyringUnfit::Newer));
        let short = WrappedKey { nonce: vec![1; 12], ciphertext: vec![2; 47] };
        let short = Keyring { wrapped: short, ..keyring() };
        assert_eq!(Keyring::read(&short.written()), Err(KeyringUnfit::Unreadable));
    }

    #[test]
    fn another_tenant_key_or_parameter_is_another_context() {
        let usual = Derivation::new(Cost::USUAL, [3; 16]);
        let context = |tenant: &str, key, derivation: &Derivation| {
            Keyring::context(&TenantId::new(tenant), &SyncKeyId::from_random(key), derivation)
        };
        let original = context("t", 1, &usual);
        let weaker = Derivation::new(Cost::LEAST, [3; 16]);
        for other in [context("u", 1, &usual), context("t", 2, &usual), context("t", 1, &weaker)] {
            assert_ne!(original, other);
        }
    }
}
