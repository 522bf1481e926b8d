//! Sealing records: AES-GCM with a 256-bit key (NIST SP 800-38D) by Web Crypto.

use domain::id::TenantId;
use domain::vault::{RecordKey, SealedRecord, associated_data};
use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

use crate::{clock, js};

/// The field of a record the ciphertext is bound to.
const FIELD: &str = "value";

/// Why Web Crypto did not do what it was asked: the name of its error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Web Crypto refused: {0}")]
pub struct CryptoError(pub String);

impl From<JsValue> for CryptoError {
    fn from(error: JsValue) -> Self {
        Self(js::error_name(&error))
    }
}

/// Web Crypto, where the page is a secure context; `None` elsewhere.
pub fn subtle() -> Option<SubtleCrypto> {
    let window = web_sys::window().filter(web_sys::Window::is_secure_context)?;
    js::property(&js::property(&window, "crypto"), "subtle").dyn_into().ok()
}

/// Waits for what Web Crypto promised.
pub(crate) async fn promised(promise: Result<Promise, JsValue>) -> Result<JsValue, CryptoError> {
    Ok(JsFuture::from(promise?).await?)
}

/// A new AES-GCM-256 key that can't be exported.
///
/// # Errors
///
/// [`CryptoError`] when the browser makes none.
pub async fn new_key(subtle: &SubtleCrypto) -> Result<CryptoKey, CryptoError> {
    let algorithm = js::object([("name", "AES-GCM".into()), ("length", 256.into())]);
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    Ok(promised(subtle.generate_key_with_object(&algorithm, false, &usages)).await?.unchecked_into())
}

/// Seals and opens the records of one tenant.
pub struct Sealer {
    subtle: SubtleCrypto,
    key: CryptoKey,
    tenant: TenantId,
    generation: u64,
}

impl Sealer {
    /// Seals with this key.
    pub fn new(subtle: SubtleCrypto, key: CryptoKey, tenant: TenantId) -> Self {
        Self { subtle, key, tenant, generation: 0 }
    }

    /// With the key's generation, where the key can be replaced.
    #[must_use]
    pub fn of_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// The key's generation.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The key.
    pub fn key(&self) -> &CryptoKey {
        &self.key
    }

    /// Seals `plaintext` as this generation of the record, under a fresh random 96-bit nonce.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when the browser refuses.
    pub async fn seal(&self, key: &RecordKey, generation: u64, plaintext: &[u8]) -> Result<SealedRecord, CryptoError> {
        let nonce: [u8; 12] = clock::random_bytes();
        let algorithm = self.algorithm(key, generation, &nonce);
        let promise = self.subtle.encrypt_with_object_and_u8_array(&algorithm, &self.key, plaintext);
        let ciphertext = Uint8Array::new(&promised(promise).await?).to_vec();
        Ok(SealedRecord { generation, nonce: nonce.to_vec(), ciphertext })
    }

    /// What was sealed as this record in this generation.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when the record was damaged, moved, given another generation, or sealed with another key.
    pub async fn open(&self, key: &RecordKey, record: &SealedRecord) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let algorithm = self.algorithm(key, record.generation, &record.nonce);
        let promise = self.subtle.decrypt_with_object_and_u8_array(&algorithm, &self.key, &record.ciphertext);
        let plaintext = Uint8Array::new(&promised(promise).await?);
        let opened = Zeroizing::new(plaintext.to_vec());
        // The copy on the JavaScript side would otherwise stay until the garbage collector comes by.
        plaintext.fill(0, 0, plaintext.length());
        Ok(opened)
    }

    fn algorithm(&self, key: &RecordKey, generation: u64, nonce: &[u8]) -> Object {
        let bound = associated_data(&self.tenant, key, FIELD, generation);
        js::object([
            ("name", "AES-GCM".into()),
            ("iv", js::bytes(nonce).into()),
            ("additionalData", js::bytes(&bound).into()),
        ])
    }
}
