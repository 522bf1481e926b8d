//! Keys under keys: how the vault's data key is wrapped, and under what.
//!
//! No key's bytes are ever seen here but those a passphrase, a passkey or the server brings, and these are wiped as soon as
//! the browser has them. A data key can be taken out only while it is being wrapped; what seals records is a copy that
//! can't.

use domain::id::TenantId;
use domain::secret::Secret;
use domain::vault::{WrappedKey, purpose};
use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto};

use super::sealing::{CryptoError, promised};
use crate::{clock, js};

/// The secret bytes of a passphrase or a passkey, held by the browser: each purpose gets a key of its own from it
/// (HKDF-SHA-256, RFC 5869).
#[derive(Clone, Debug)]
pub struct RootKey(CryptoKey);

impl RootKey {
    /// Takes the bytes; the caller wipes its own copy.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when the browser refuses.
    pub async fn of(subtle: &SubtleCrypto, bytes: &[u8]) -> Result<Self, CryptoError> {
        let usages = Array::of1(&"deriveKey".into());
        Ok(Self(imported(subtle, bytes, &js::object([("name", "HKDF".into())]), &usages).await?))
    }

    /// The key that wraps other keys for this purpose in this tenant.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when the browser refuses.
    pub async fn wrapping_key(
        &self,
        subtle: &SubtleCrypto,
        name: &str,
        tenant: &TenantId,
        salt: &[u8],
    ) -> Result<CryptoKey, CryptoError> {
        let algorithm = js::object([
            ("name", "HKDF".into()),
            ("hash", "SHA-256".into()),
            ("salt", js::bytes(salt).into()),
            ("info", js::bytes(&purpose(name, tenant)).into()),
        ]);
        let wanted = js::object([("name", "AES-GCM".into()), ("length", 256.into())]);
        let promise = subtle.derive_key_with_object_and_object(&algorithm, &self.0, &wanted, false, &wrapping_usages());
        Ok(promised(promise).await?.unchecked_into())
    }
}

/// A key of this browser that can't be taken out, and from which a key comes only together with the server's half.
///
/// # Errors
///
/// [`CryptoError`] when the browser makes none.
pub async fn new_browser_key(subtle: &SubtleCrypto) -> Result<CryptoKey, CryptoError> {
    let algorithm = js::object([("name", "HMAC".into()), ("hash", "SHA-256".into())]);
    let promise = subtle.generate_key_with_object(&algorithm, false, &Array::of1(&"sign".into()));
    Ok(promised(promise).await?.unchecked_into())
}

/// The key that wraps others, made of this browser's and the server's half: HMAC-SHA-256 (RFC 2104) of the half under the
/// browser's key.
///
/// # Errors
///
/// [`CryptoError`] when the browser refuses.
pub async fn joined_key(
    subtle: &SubtleCrypto,
    browser_key: &CryptoKey,
    tenant: &TenantId,
    salt: &[u8],
    half: &Secret,
) -> Result<CryptoKey, CryptoError> {
    let mut message = zeroize::Zeroizing::new(purpose("session", tenant));
    message.extend_from_slice(&(salt.len() as u64).to_be_bytes());
    message.extend_from_slice(salt);
    message.extend_from_slice(half.expose().as_bytes());
    let bytes = Uint8Array::new(&promised(subtle.sign_with_str_and_u8_array("HMAC", browser_key, &message)).await?);
    let data: &Object = bytes.unchecked_ref();
    let promise = subtle.import_key_with_str("raw", data, "AES-GCM", false, &wrapping_usages());
    let key = promised(promise).await;
    bytes.fill(0, 0, bytes.length());
    Ok(key?.unchecked_into())
}

/// A new data key, which can be taken out to be wrapped: [`wrap`] it, then use what [`unwrap`] gives.
///
/// # Errors
///
/// [`CryptoError`] when the browser makes none.
pub async fn new_data_key(subtle: &SubtleCrypto) -> Result<CryptoKey, CryptoError> {
    let algorithm = js::object([("name", "AES-GCM".into()), ("length", 256.into())]);
    let promise = subtle.generate_key_with_object(&algorithm, true, &sealing_usages());
    Ok(promised(promise).await?.unchecked_into())
}

/// Wraps a data key, bound to `context`.
///
/// # Errors
///
/// [`CryptoError`] when the browser refuses.
pub async fn wrap(
    subtle: &SubtleCrypto,
    data_key: &CryptoKey,
    under: &CryptoKey,
    context: &[u8],
) -> Result<WrappedKey, CryptoError> {
    let nonce: [u8; 12] = clock::random_bytes();
    let promise = subtle.wrap_key_with_object("raw", data_key, under, &gcm(&nonce, context));
    let ciphertext = Uint8Array::new(&promised(promise).await?).to_vec();
    Ok(WrappedKey { nonce: nonce.to_vec(), ciphertext })
}

/// Brings a data key back; one that can be taken out again only if `extractable` says so.
///
/// # Errors
///
/// [`CryptoError`] when the key it is under is another one, or it was changed.
pub async fn unwrap(
    subtle: &SubtleCrypto,
    wrapped: &WrappedKey,
    under: &CryptoKey,
    context: &[u8],
    extractable: bool,
) -> Result<CryptoKey, CryptoError> {
    let promise = subtle.unwrap_key_with_u8_array_and_object_and_str(
        "raw",
        &wrapped.ciphertext,
        under,
        &gcm(&wrapped.nonce, context),
        "AES-GCM",
        extractable,
        &sealing_usages(),
    );
    Ok(promised(promise).await?.unchecked_into())
}

async fn imported(
    subtle: &SubtleCrypto,
    bytes: &[u8],
    algorithm: &Object,
    usages: &JsValue,
) -> Result<CryptoKey, CryptoError> {
    let data = js::bytes(bytes);
    let promise = subtle.import_key_with_object("raw", data.as_ref(), algorithm, false, usages);
    let key = promised(promise).await;
    data.fill(0, 0, data.length());
    Ok(key?.unchecked_into())
}

fn gcm(nonce: &[u8], context: &[u8]) -> Object {
    js::object([
        ("name", "AES-GCM".into()),
        ("iv", js::bytes(nonce).into()),
        ("additionalData", js::bytes(context).into()),
    ])
}

fn sealing_usages() -> JsValue {
    Array::of2(&"encrypt".into(), &"decrypt".into()).into()
}

fn wrapping_usages() -> JsValue {
    Array::of2(&"wrapKey".into(), &"unwrapKey".into()).into()
}
