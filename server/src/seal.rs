//! Sealing of what must lie in the database and must not be read there.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use domain::secret::Secret;
use zeroize::Zeroizing;

use crate::digest::Digest;
use crate::entropy::Entropy;

const NONCE_BYTES: usize = 12;

/// Seals and opens under keys derived from a secret (HKDF-SHA-256, RFC 5869), for one purpose.
pub struct Sealer {
    sealing: LessSafeKey,
    fingerprinting: hmac::Key,
}

impl Sealer {
    /// Derives the keys for results of repeated requests from a session cookie's value.
    pub fn new(secret: &Secret) -> Self {
        Self::of(secret, b"request result: seal", b"request result: fingerprint")
    }

    /// Derives the keys for the private parts of signing keys from the server's own secret.
    pub fn for_signing_keys(secret: &Secret) -> Self {
        Self::of(secret, b"signing key: seal", b"signing key: fingerprint")
    }

    /// Derives the keys for halves of vaults' keys from the server's own secret.
    pub fn for_vault_halves(secret: &Secret) -> Self {
        Self::of(secret, b"vault half: seal", b"vault half: fingerprint")
    }

    fn of(secret: &Secret, seal: &[u8], fingerprint: &[u8]) -> Self {
        let sealing = UnboundKey::new(&AES_256_GCM, &*derived(secret, seal));
        let sealing = LessSafeKey::new(sealing.expect("the derived key has AES-256's length"));
        let fingerprinting = hmac::Key::new(hmac::HMAC_SHA256, &*derived(secret, fingerprint));
        Self { sealing, fingerprinting }
    }

    /// Seals a text (AES-256-GCM, NIST SP 800-38D) for one subject: nonce, ciphertext, tag.
    pub fn seal(&self, text: &Secret, subject: &str, entropy: &dyn Entropy) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let mut sealed = text.expose().as_bytes().to_vec();
        let (nonce, aad) = (Nonce::assume_unique_for_key(nonce), Aad::from(subject));
        let mut whole = nonce.as_ref().to_vec();
        let done = self.sealing.seal_in_place_append_tag(nonce, aad, &mut sealed);
        done.expect("the text is far below AES-GCM's limit of 64 GiB");
        whole.append(&mut sealed);
        whole
    }

    /// Opens what was sealed under the same secret for the same subject; `None` for anything else.
    pub fn open(&self, sealed: &[u8], subject: &str) -> Option<Secret> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut rest = Zeroizing::new(rest.to_vec());
        let text = self.sealing.open_in_place(nonce, Aad::from(subject), &mut rest).ok()?;
        std::str::from_utf8(text).ok().map(Secret::new)
    }

    /// A code of a text that nobody can test guesses against without the secret (HMAC-SHA-256, RFC 2104).
    pub fn fingerprint(&self, text: &Secret) -> Digest {
        let tag = hmac::sign(&self.fingerprinting, text.expose().as_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(tag.as_ref());
        Digest::from_bytes(bytes)
    }
}

/// A key of 256 bits for one purpose, from a secret (HKDF-SHA-256, RFC 5869).
pub(crate) fn derived(secret: &Secret, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    struct Length;
    impl KeyType for Length {
        fn len(&self) -> usize {
            32
        }
    }
    let key = Salt::new(HKDF_SHA256, b"tokenkeep").extract(secret.expose().as_bytes());
    let mut bytes = Zeroizing::new([0; 32]);
    let info = [purpose];
    let filled = key.expand(&info, Length).and_then(|material| material.fill(&mut *bytes));
    filled.expect("HKDF gives up to 8,160 bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn sealed(secret: &str, subject: &str) -> Vec<u8> {
        let entropy = SeededEntropy::from_seed(1);
        Sealer::new(&Secret::new(secret)).seal(&Secret::new("canary-token"), subject, &entropy)
    }

    #[test]
    fn what_was_sealed_comes_back_and_does_not_show() {
        let sealed = sealed("cookie", "s/k");
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
        let opened = Sealer::new(&Secret::new("cookie")).open(&sealed, "s/k");
        assert_eq!(opened, Some(Secret::new("canary-token")));
    }

    #[test]
    fn another_secret_another_subject_or_a_changed_byte_opens_nothing() {
        let mut sealed = sealed("cookie", "s/k");
        assert_eq!(Sealer::new(&Secret::new("cookie2")).open(&sealed, "s/k"), None);
        let sealer = Sealer::new(&Secret::new("cookie"));
        assert_eq!(sealer.open(&sealed, "s/l"), None);
        assert_eq!(sealer.open(&sealed[..5], "s/k"), None);
        sealed[20] ^= 1;
        assert_eq!(sealer.open(&sealed, "s/k"), None);
    }

    #[test]
    fn fingerprints_differ_by_text_and_by_secret() {
        let print = |secret: &str, text: &str| Sealer::new(&Secret::new(secret)).fingerprint(&Secret::new(text));
        assert_eq!(print("a", "x"), print("a", "x"));
        assert_ne!(print("a", "x"), print("a", "y"));
        assert_ne!(print("a", "x"), print("b", "x"));
    }
}
