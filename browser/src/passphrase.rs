//! From a passphrase to a key, in a worker, so that the page stays alive meanwhile.
//!
//! The worker is this server's own script; it loads Argon2id as a WASM of its own, answers once and is ended, which gives
//! its memory back. Vault and sync derive from the same passphrase in the same way, and never get the same key: see
//! [`RootKey::wrapping_key`].

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use domain::secret::Secret;
use domain::vault::{Cost, CostRefused, Derivation};
use js_sys::{JsString, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, SubtleCrypto, Worker, WorkerOptions, WorkerType};
use zeroize::Zeroizing;

use crate::vault::sealing::CryptoError;
use crate::{clock, js};

pub use crate::vault::wrapping::RootKey;

/// Where the worker's script lies on this server.
const SCRIPT: &str = "/passphrase.js";
/// How long a derivation may take, in milliseconds: a weak telephone takes seconds.
const PATIENCE: u32 = 120_000;

/// Why no key came from a passphrase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// The parameters are not to be used.
    #[error("{0}")]
    Cost(#[from] CostRefused),
    /// There is not so much memory.
    #[error("this browser has no {} MiB of memory to spare", .0.memory_kib / 1_024)]
    Memory(Cost),
    /// The worker could not be started, or broke down: what is known of it.
    #[error("the browser could not run it ({0})")]
    Worker(String),
    /// The browser did not take the key.
    #[error("{0}")]
    Crypto(#[from] CryptoError),
}

type Deriving = Pin<Box<dyn Future<Output = Result<Zeroizing<Vec<u8>>, DeriveError>>>>;

/// What runs Argon2id: derivation and passphrase in, 32 bytes out.
#[derive(Clone)]
pub struct Deriver(Rc<dyn Fn(Derivation, Zeroizing<Vec<u8>>) -> Deriving>);

impl Deriver {
    /// A worker for each derivation, from this server's own script.
    pub fn in_worker() -> Self {
        Self::by(|derivation, passphrase| async move { in_worker(SCRIPT, &derivation, &passphrase).await })
    }

    /// As [`Deriver::in_worker`], from another script.
    pub fn of_script(script: &str) -> Self {
        let script = script.to_owned();
        Self::by(move |derivation, passphrase| {
            let script = script.clone();
            async move { in_worker(&script, &derivation, &passphrase).await }
        })
    }

    /// Something else that derives.
    pub fn by<F>(derive: impl Fn(Derivation, Zeroizing<Vec<u8>>) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Zeroizing<Vec<u8>>, DeriveError>> + 'static,
    {
        Self(Rc::new(move |derivation, passphrase| Box::pin(derive(derivation, passphrase))))
    }

    /// The key of a passphrase. It is brought into Unicode's form NFKC first, as different keyboards write the same letters
    /// with different characters.
    ///
    /// # Errors
    ///
    /// [`DeriveError`] for parameters that are not to be used, and where the browser can't do it.
    pub async fn root_key(
        &self,
        subtle: &SubtleCrypto,
        derivation: &Derivation,
        passphrase: &Secret,
    ) -> Result<RootKey, DeriveError> {
        derivation.check()?;
        let bytes = (self.0)(derivation.clone(), normalized(passphrase)).await?;
        Ok(RootKey::of(subtle, &bytes).await?)
    }

    /// A key of a new passphrase with how it was derived: at the usual cost, or at the least where there is no memory for that.
    ///
    /// # Errors
    ///
    /// As [`Deriver::root_key`].
    pub async fn new_root_key(
        &self,
        subtle: &SubtleCrypto,
        passphrase: &Secret,
    ) -> Result<(RootKey, Derivation), DeriveError> {
        let derivation = Derivation::new(Cost::USUAL, clock::random_bytes());
        match self.root_key(subtle, &derivation, passphrase).await {
            Err(DeriveError::Memory(_)) => {
                let derivation = Derivation { cost: Cost::LEAST, ..derivation };
                Ok((self.root_key(subtle, &derivation, passphrase).await?, derivation))
            }
            outcome => Ok((outcome?, derivation)),
        }
    }
}

fn normalized(passphrase: &Secret) -> Zeroizing<Vec<u8>> {
    let text = JsString::from(passphrase.expose()).normalize("NFKC");
    Zeroizing::new(String::from(text).into_bytes())
}

async fn in_worker(
    script: &str,
    derivation: &Derivation,
    passphrase: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DeriveError> {
    let failed = |error: &JsValue| DeriveError::Worker(js::error_name(error));
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Ended(Worker::new_with_options(script, &options).map_err(|error| failed(&error))?);
    let answer = js::settled(&mut |resolve, reject| {
        worker.0.set_onmessage(Some(&resolve));
        worker.0.set_onerror(Some(&reject));
    });
    let Cost { memory_kib, passes, lanes } = derivation.cost;
    let bytes = js::bytes(passphrase);
    let question = js::object([
        ("passphrase", bytes.clone().into()),
        ("salt", js::bytes(&derivation.salt).into()),
        ("memory", memory_kib.into()),
        ("passes", passes.into()),
        ("lanes", lanes.into()),
    ]);
    // Handed over, not copied: no second copy stays here.
    let handed_over = js_sys::Array::of1(&bytes.buffer());
    worker.0.post_message_with_transfer(&question, &handed_over).map_err(|error| failed(&error))?;
    let answer = js::within(PATIENCE, answer).await.ok_or_else(|| DeriveError::Worker("no answer".to_owned()))?;
    let answer = answer.map_err(|error| failed(&js::property(&error, "message")))?;
    read(&answer.unchecked_into::<MessageEvent>().data(), derivation.cost)
}

fn read(answer: &JsValue, cost: Cost) -> Result<Zeroizing<Vec<u8>>, DeriveError> {
    if let Ok(key) = js::property(answer, "key").dyn_into::<Uint8Array>() {
        let bytes = Zeroizing::new(key.to_vec());
        key.fill(0, 0, key.length());
        return Ok(bytes);
    }
    match js::property(answer, "refused").as_string().as_deref() {
        Some("memory") => Err(DeriveError::Memory(cost)),
        reason => Err(DeriveError::Worker(reason.unwrap_or("no key").to_owned())),
    }
}

/// A worker that is ended with this, and its memory given back.
struct Ended(Worker);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.set_onmessage(None);
        self.0.set_onerror(None);
        self.0.terminate();
    }
}
