use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::api::sync::{PushedItem, SealedItem};
use domain::id::{SyncCopyId, SyncItemId, SyncKeyId, TenantId};
use domain::secret::Secret;
use domain::sync::{ItemKey, Met, Outgoing, bound_to, is_readable, named, packed, unpacked};
use domain::vault::purpose;
use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

use crate::vault::sealing::{CryptoError, promised};
use crate::{clock, js};

/// How many bytes a nonce of AES-GCM has.
const NONCE: usize = 12;

/// What seals, opens and names the items of one tenant's copy.
#[derive(Clone, Debug)]
pub struct SyncKey {
    subtle: SubtleCrypto,
    sealing: CryptoKey,
    naming: CryptoKey,
    id: SyncKeyId,
}

impl SyncKey {
    /// From the root, as [`SyncKey::text_of`] gave it.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when it is none, or the browser refuses.
    pub async fn of_text(subtle: &SubtleCrypto, tenant: &TenantId, root: &Secret) -> Result<Self, CryptoError> {
        let bytes = STANDARD.decode(root.expose()).map_err(|_| CryptoError("no root key".to_owned()))?;
        Self::of(subtle, tenant, &Zeroizing::new(bytes)).await
    }

    /// From the root.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when the browser refuses.
    pub async fn of(subtle: &SubtleCrypto, tenant: &TenantId, root: &[u8]) -> Result<Self, CryptoError> {
        let data = js::bytes(root);
        let usages = Array::of2(&"deriveKey".into(), &"deriveBits".into());
        let (raw, name): (&Object, _) = (data.unchecked_ref(), js::object([("name", "HKDF".into())]));
        let imported = promised(subtle.import_key_with_object("raw", raw, &name, false, &usages)).await;
        data.fill(0, 0, data.length());
        let root: CryptoKey = imported?.unchecked_into();
        let derive = async |name: &str, wanted: Object, usages: Array| {
            let algorithm = hkdf(name, tenant);
            let promise = subtle.derive_key_with_object_and_object(&algorithm, &root, &wanted, false, &usages);
            Ok::<CryptoKey, CryptoError>(promised(promise).await?.unchecked_into())
        };
        let aes = js::object([("name", "AES-GCM".into()), ("length", 256.into())]);
        let hmac = js::object([("name", "HMAC".into()), ("hash", "SHA-256".into()), ("length", 256.into())]);
        let sealing = derive("sync items", aes, Array::of2(&"encrypt".into(), &"decrypt".into())).await?;
        let naming = derive("sync names", hmac, Array::of1(&"sign".into())).await?;
        let bits = subtle.derive_bits_with_object(&hkdf("sync key id", tenant), &root, 128);
        let id = SyncKeyId::new(hex(&Uint8Array::new(&promised(bits).await?).to_vec()));
        Ok(Self { subtle: subtle.clone(), sealing, naming, id })
    }

    /// The root as a text to be kept.
    pub fn text_of(root: &[u8]) -> Secret {
        Secret::new(STANDARD.encode(root))
    }

    /// By which the server knows the key again.
    pub fn id(&self) -> &SyncKeyId {
        &self.id
    }

    /// What the server calls a thing: it says nothing about it.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when the browser refuses.
    pub async fn name(&self, key: &ItemKey) -> Result<SyncItemId, CryptoError> {
        let promise = self.subtle.sign_with_str_and_u8_array("HMAC", &self.naming, &named(key));
        let whole = Uint8Array::new(&promised(promise).await?).to_vec();
        Ok(SyncItemId::new(hex(whole.get(..16).unwrap_or_default())))
    }

    /// Seals an item for this copy, under a fresh random 96-bit nonce.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when the browser refuses.
    pub async fn seal(&self, copy: &SyncCopyId, item: &Outgoing) -> Result<PushedItem, CryptoError> {
        let nonce: [u8; NONCE] = clock::random_bytes();
        let removed = item.value.is_none();
        let plain = packed(&item.key, item.value.as_ref().map(|value| value.as_slice()));
        let algorithm = gcm(&nonce, &bound_to(copy, &item.id, item.generation, removed));
        let promise = self.subtle.encrypt_with_object_and_u8_array(&algorithm, &self.sealing, &plain);
        let mut sealed = nonce.to_vec();
        sealed.extend(Uint8Array::new(&promised(promise).await?).to_vec());
        let (id, replaces, generation) = (item.id.clone(), item.replaces, item.generation);
        Ok(PushedItem { id, replaces, generation, removed, sealed: STANDARD.encode(sealed) })
    }

    /// Opens an item of this copy; `None` for one that was damaged, moved, given another generation or mark, sealed under
    /// another key, or written by a newer Tokenkeep.
    pub async fn open(&self, copy: &SyncCopyId, item: &SealedItem) -> Option<Met> {
        let sealed = STANDARD.decode(&item.sealed).ok()?;
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE)?;
        let algorithm = gcm(nonce, &bound_to(copy, &item.id, item.generation, item.removed));
        let promise = self.subtle.decrypt_with_object_and_u8_array(&algorithm, &self.sealing, ciphertext);
        let opened = Uint8Array::new(&promised(promise).await.ok()?);
        let plain = Zeroizing::new(opened.to_vec());
        // The copy on the JavaScript side would otherwise stay until the garbage collector comes by.
        opened.fill(0, 0, opened.length());
        let (key, value) = unpacked(&plain)?;
        let fits = value.is_none() == item.removed && value.as_ref().is_none_or(|value| is_readable(&key, value));
        let is_named_so = fits && self.name(&key).await.ok()? == item.id;
        is_named_so.then(|| Met { id: item.id.clone(), generation: item.generation, key, value })
    }
}

fn hkdf(name: &str, tenant: &TenantId) -> Object {
    js::object([
        ("name", "HKDF".into()),
        ("hash", "SHA-256".into()),
        ("salt", js::bytes(&[]).into()),
        ("info", js::bytes(&purpose(name, tenant)).into()),
    ])
}

fn gcm(nonce: &[u8], bound: &[u8]) -> Object {
    let (nonce, bound): (JsValue, JsValue) = (js::bytes(nonce).into(), js::bytes(bound).into());
    js::object([("name", "AES-GCM".into()), ("iv", nonce), ("additionalData", bound)])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
