//! From a passphrase to 256 bits: Argon2id, version 1.3 (RFC 9106).
//!
//! It is a program of its own, so that a worker can load it without the rest of the app: the page stays alive while the
//! memory is gone through. It knows bytes and parameters, and whoever calls decides whether those are strong enough.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

#[cfg(target_arch = "wasm32")]
mod worker;

/// How many bytes a key has.
pub const KEY_BYTES: usize = 32;

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is not that much memory.
    Memory,
    /// Argon2 takes no such parameters, or no such salt.
    Parameters,
}

impl Refused {
    /// The word that crosses the worker's line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Parameters => "parameters",
        }
    }
}

/// The key of a passphrase: `memory_kib` KiB, gone through `passes` times on `lanes` lanes, one after the other.
///
/// # Errors
///
/// [`Refused`] when the memory can't be had, or Argon2 takes no such parameters.
pub fn derive(
    passphrase: &[u8],
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
) -> Result<Zeroizing<[u8; KEY_BYTES]>, Refused> {
    let params = Params::new(memory_kib, passes, lanes, Some(KEY_BYTES)).map_err(|_| Refused::Parameters)?;
    let mut memory = Vec::new();
    memory.try_reserve_exact(params.block_count()).map_err(|_| Refused::Memory)?;
    memory.resize(params.block_count(), Block::default());
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let filled = argon2.hash_password_into_with_memory(passphrase, salt, &mut *key, &mut memory);
    // The memory holds what the key was made from; the worker that has it ends next.
    memory.fill(Block::default());
    filled.map(|()| key).map_err(|_| Refused::Parameters)
}
