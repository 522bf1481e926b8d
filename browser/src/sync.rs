//! Carrying out what `domain::sync` decides: items are sealed and named here, keyrings opened, and rounds run between vault
//! and server.
//!
//! All keys come from 32 random bytes, the root. It is in the vault, sealed like everything there, and on the server only
//! wrapped under a key from the passphrase. From it come, each by HKDF-SHA-256 (RFC 5869) for its own purpose: what seals
//! items (AES-GCM-256), what names them (HMAC-SHA-256, RFC 2104), and the id by which the server knows the key again.

mod keyring;
mod round;
mod seal;

pub use keyring::{Opened, new_keyring, open_keyring, rewrapped};
pub use round::{Line, Round, sync};
pub use seal::SyncKey;
