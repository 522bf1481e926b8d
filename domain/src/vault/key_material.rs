//! The record that brings the vault's key back, as it stands beside the records the key opens.
//!
//! The key that seals records (the data key) is drawn at random and never derived. At the level [`Protection::Browser`] the
//! browser holds it as it is; at the others it lies here, wrapped (AES-GCM, NIST SP 800-38D) under a key that comes from
//! elsewhere. What it is wrapped under, and with which parameters, is bound into the wrapping, so that nobody can turn a
//! record into one that is easier to open.

use serde::{Deserialize, Serialize};

use super::{Derivation, Protection, bytes, prefixed};
use crate::id::{HalfId, TenantId};
use crate::time::{Span, Timestamp};

/// The version of [`KeyMaterial`] as it is written.
pub const KEY_MATERIAL_VERSION: u32 = 1;

/// A key sealed under another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    /// The AES-GCM nonce, 12 bytes.
    #[serde(with = "bytes")]
    pub nonce: Vec<u8>,
    /// Ciphertext with its 16-byte tag.
    #[serde(with = "bytes")]
    pub ciphertext: Vec<u8>,
}

/// What brings the data key back, for the levels that need more than this browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "protection", rename_all = "snake_case")]
pub enum KeyMaterial {
    /// Under a key made of this browser's own and of the server's half.
    Session {
        /// Which half.
        half: HalfId,
        /// What makes the joined key one of its own.
        #[serde(with = "bytes")]
        salt: Vec<u8>,
        /// The data key.
        wrapped: WrappedKey,
    },
    /// Under a key derived from a passphrase, and under those of the passkeys.
    Passphrase {
        /// How.
        derivation: Derivation,
        /// How long that took in this browser when the passphrase was set.
        took: Span,
        /// The data key.
        wrapped: WrappedKey,
        /// The passkeys that open it as well.
        #[serde(default)]
        passkeys: Vec<Passkey>,
    },
}

/// A passkey that opens the vault (WebAuthn with the `prf` extension, W3C Web Authentication Level 3 §10.1.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The credential's id.
    #[serde(with = "bytes")]
    pub id: Vec<u8>,
    /// What a person calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// What its function is evaluated at: 32 bytes.
    #[serde(with = "bytes")]
    pub salt: Vec<u8>,
    /// The data key.
    pub wrapped: WrappedKey,
}

impl KeyMaterial {
    /// The level.
    pub const fn protection(&self) -> Protection {
        match self {
            Self::Session { .. } => Protection::Session,
            Self::Passphrase { .. } => Protection::Passphrase,
        }
    }

    /// The passkeys.
    pub fn passkeys(&self) -> &[Passkey] {
        match self {
            Self::Session { .. } => &[],
            Self::Passphrase { passkeys, .. } => passkeys,
        }
    }
}

/// What a data key is wrapped under.
#[derive(Clone, Copy, Debug)]
pub enum Wrapping<'a> {
    /// This browser's key and the server's half.
    Session {
        /// The half.
        half: &'a HalfId,
        /// The salt.
        salt: &'a [u8],
    },
    /// A passphrase.
    Passphrase(&'a Derivation),
    /// A passkey.
    Passkey {
        /// The credential's id.
        id: &'a [u8],
        /// What its function is evaluated at.
        salt: &'a [u8],
    },
}

impl Wrapping<'_> {
    /// What the wrapped data key of this generation is bound to.
    pub fn context(&self, tenant: &TenantId, generation: u64) -> Vec<u8> {
        let generation = generation.to_be_bytes();
        let start: [&[u8]; 3] = [b"tokenkeep/key/1", tenant.as_str().as_bytes(), &generation];
        let numbers;
        let rest: Vec<&[u8]> = match self {
            Self::Session { half, salt } => vec![b"session", half.as_str().as_bytes(), salt],
            Self::Passphrase(Derivation { cost, salt }) => {
                numbers = [cost.memory_kib, cost.passes, cost.lanes].map(u32::to_be_bytes);
                vec![b"argon2id/19", &numbers[0], &numbers[1], &numbers[2], salt]
            }
            Self::Passkey { id, salt } => vec![b"passkey", id, salt],
        };
        prefixed(start.into_iter().chain(rest))
    }
}

/// What a key made for this purpose is bound to (the `info` of HKDF, RFC 5869 §3.2): the same passphrase or passkey gives
/// each purpose a key of its own.
pub fn purpose(name: &str, tenant: &TenantId) -> Vec<u8> {
    prefixed([b"tokenkeep/purpose/1".as_slice(), name.as_bytes(), tenant.as_str().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Cost;

    fn wrapped() -> WrappedKey {
        WrappedKey { nonce: vec![1; 12], ciphertext: vec![2; 48] }
    }

    fn passphrase(passkeys: Vec<Passkey>) -> KeyMaterial {
        let derivation = Derivation::new(Cost::USUAL, [3; 16]);
        KeyMaterial::Passphrase { derivation, took: Span::from_millis(400), wrapped: wrapped(), passkeys }
    }

    #[test]
    fn it_is_read_back_as_it_was_written() {
        let salt = vec![4; 32];
        let passkey = Passkey {
            id: vec![5; 20],
            name: "Laptop".to_owned(),
            created_at: Timestamp::from_seconds(6),
            salt: salt.clone(),
            wrapped: wrapped(),
        };
        let session = KeyMaterial::Session { half: HalfId::new("h"), salt, wrapped: wrapped() };
        for material in [session, passphrase(Vec::new()), passphrase(vec![passkey])] {
            let text = serde_json::to_string(&material).unwrap();
            assert_eq!(serde_json::from_str::<KeyMaterial>(&text).unwrap(), material);
        }
    }

    #[test]
    fn a_changed_parameter_salt_tenant_or_generation_is_another_context() {
        let derivation = Derivation::new(Cost::USUAL, [3; 16]);
        let weaker = Derivation { cost: Cost { passes: 2, ..Cost::USUAL }, ..derivation.clone() };
        let salted = Derivation::new(Cost::USUAL, [4; 16]);
        let context = |derivation: &Derivation, tenant: &str, generation| {
            Wrapping::Passphrase(derivation).context(&TenantId::new(tenant), generation)
        };
        let original = context(&derivation, "t", 1);
        for other in [
            context(&weaker, "t", 1),
            context(&salted, "t", 1),
            context(&derivation, "u", 1),
            context(&derivation, "t", 2),
        ] {
            assert_ne!(original, other);
        }
    }

    #[test]
    fn one_way_of_wrapping_is_never_taken_for_another() {
        let tenant = TenantId::new("t");
        let half = HalfId::new("x");
        let session = Wrapping::Session { half: &half, salt: b"y" }.context(&tenant, 1);
        let passkey = Wrapping::Passkey { id: b"x", salt: b"y" }.context(&tenant, 1);
        assert_ne!(session, passkey);
        assert_ne!(purpose("vault", &tenant), purpose("sync", &tenant));
    }
}
