use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::api::{Code, Problem};
use domain::secret::Secret;
use tokio::sync::Semaphore;

use crate::entropy::Entropy;

/// How many hashes may wait for their turn before more are sent away.
const QUEUE: usize = 64;

/// The costly check of a password against a hash. [`Argon2id`] in all that ships; tests count with it.
pub trait Verify: Send + Sync {
    /// Whether `password` is the one `hash`, a PHC string, was made of.
    fn verify(&self, password: &Secret, hash: &Secret) -> bool;
}

/// Argon2id (RFC 9106), with the parameters the hash names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Argon2id;

impl Verify for Argon2id {
    fn verify(&self, password: &Secret, hash: &Secret) -> bool {
        let parsed = PasswordHash::new(hash.expose());
        parsed.is_ok_and(|parsed| argon2().verify_password(password.expose().as_bytes(), &parsed).is_ok())
    }
}

/// Hashes passwords with Argon2id (RFC 9106) at 19 MiB, two passes, one lane, as OWASP's cheat sheet asks at least.
///
/// The work runs off the async threads, a few at a time, so that a flood of sign-ins costs neither the other requests
/// their time nor the machine its memory.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// A hash of nothing anyone knows: checked for people who don't exist, so that they take as long as those who do.
    decoy: Arc<str>,
    entropy: Arc<dyn Entropy>,
    verifier: Arc<dyn Verify>,
}

impl Passwords {
    /// A hasher that works on `at_once` passwords at a time.
    pub fn new(at_once: usize, entropy: Arc<dyn Entropy>) -> Self {
        let mut unknown = [0; 32];
        entropy.fill(&mut unknown);
        let decoy = hash(&unknown, &salt(&*entropy)).into();
        let (turns, places) = (Semaphore::new(at_once.max(1)), Semaphore::new(at_once.max(1) + QUEUE));
        Self { turns: Arc::new(turns), places: Arc::new(places), decoy, entropy, verifier: Arc::new(Argon2id) }
    }

    /// The same hasher with another check.
    #[must_use]
    pub fn with_verifier(self, verifier: Arc<dyn Verify>) -> Self {
        Self { verifier, ..self }
    }

    /// The hash of a new password, as a PHC string.
    ///
    /// # Errors
    ///
    /// [`Code::Unavailable`] when too many wait.
    pub async fn hash(&self, password: &Secret) -> Result<Secret, Problem> {
        let (password, salt) = (password.clone(), salt(&*self.entropy));
        self.run(move || Secret::new(hash(password.expose().as_bytes(), &salt))).await
    }

    /// Whether the password is the one hashed; without a hash it takes as long and is `false`.
    ///
    /// # Errors
    ///
    /// [`Code::Unavailable`] when too many wait.
    pub async fn verify(&self, password: &Secret, hash: Option<&Secret>) -> Result<bool, Problem> {
        let (password, known) = (password.clone(), hash.is_some());
        let hash = hash.cloned().unwrap_or_else(|| Secret::new(self.decoy.to_string()));
        let verifier = Arc::clone(&self.verifier);
        let equal = self.run(move || verifier.verify(&password, &hash)).await?;
        Ok(equal && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let busy = || {
            Problem::new(Code::Unavailable)
                .with_detail("Many people are signing in at once. Try again in a moment.")
                .with_retry_after(1)
        };
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work itself: a request that goes away does not make room for another hash.
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| Problem::new(Code::Internal))
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1_024, 2, 1, None).expect("the parameters are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn salt(entropy: &dyn Entropy) -> [u8; 16] {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    salt
}

fn hash(password: &[u8], salt: &[u8; 16]) -> String {
    let hash = argon2().hash_password_with_salt(password, salt);
    hash.expect("a 16-byte salt and a bounded password are within Argon2's bounds").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn passwords() -> Passwords {
        Passwords::new(2, Arc::new(SeededEntropy::from_seed(1)))
    }

    #[tokio::test]
    async fn only_the_password_that_was_hashed_is_right() {
        let passwords = passwords();
        let hash = passwords.hash(&Secret::new("correct horse battery")).await.unwrap();
        assert!(passwords.verify(&Secret::new("correct horse battery"), Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&Secret::new("correct horse batterz"), Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(!passwords().verify(&Secret::new(""), None).await.unwrap());
    }

    #[tokio::test]
    async fn the_hash_names_argon2id_and_its_costs() {
        let hash = passwords().hash(&Secret::new("correct horse battery")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
