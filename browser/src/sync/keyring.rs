use domain::api::sync::SyncCopy;
use domain::id::TenantId;
use domain::secret::Secret;
use domain::sync::{Keyring, KeyringUnfit, SyncTrouble};
use domain::vault::{Derivation, WrappedKey};
use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

use super::SyncKey;
use crate::clock;
use crate::js;
use crate::passphrase::{DeriveError, Deriver, RootKey};
use crate::vault::sealing::{CryptoError, promised};
use crate::vault::wrapping::{unwrap, wrap};

/// The name of the purpose for which a passphrase's key wraps a copy's.
const PURPOSE: &str = "sync keyring";

/// A copy's key, out of its keyring.
#[derive(Debug)]
pub struct Opened {
    /// What seals its items.
    pub key: SyncKey,
    /// The root, as the vault keeps it.
    pub root: Secret,
}

/// Draws a new key, and wraps it under a passphrase. Gives the text of the keyring, too.
///
/// # Errors
///
/// [`SyncTrouble::Derivation`] where no key comes from the passphrase, or the browser refuses.
pub async fn new_keyring(
    subtle: &SubtleCrypto,
    deriver: &Deriver,
    tenant: &TenantId,
    passphrase: &Secret,
) -> Result<(Opened, String), SyncTrouble> {
    let root = Zeroizing::new(clock::random_bytes::<32>());
    let key = SyncKey::of(subtle, tenant, &*root).await.map_err(refused)?;
    let opened = Opened { key, root: SyncKey::text_of(&*root) };
    let keyring = wrapped(subtle, deriver, tenant, &opened, passphrase).await?;
    Ok((opened, keyring))
}

/// Brings back a copy's key.
///
/// # Errors
///
/// [`SyncTrouble::WrongPassphrase`], or [`SyncTrouble::Keyring`] for a keyring that is not to be used: nothing is derived
/// with parameters out of bounds.
pub async fn open_keyring(
    subtle: &SubtleCrypto,
    deriver: &Deriver,
    tenant: &TenantId,
    copy: &SyncCopy,
    passphrase: &Secret,
) -> Result<Opened, SyncTrouble> {
    let Keyring { derivation, wrapped, .. } = Keyring::read(&copy.keyring)?;
    let root_key = deriver.root_key(subtle, &derivation, passphrase).await.map_err(not_derived)?;
    let under = wrapping(subtle, &root_key, tenant, &derivation).await.map_err(refused)?;
    let context = Keyring::context(tenant, &copy.key, &derivation);
    let root = unwrapped(subtle, &wrapped, &under, &context).await.map_err(|_| SyncTrouble::WrongPassphrase)?;
    let key = SyncKey::of(subtle, tenant, &root).await.map_err(refused)?;
    if *key.id() != copy.key {
        return Err(KeyringUnfit::Unreadable.into());
    }
    Ok(Opened { key, root: SyncKey::text_of(&root) })
}

/// The text of a keyring with the same key under another passphrase.
///
/// # Errors
///
/// As [`new_keyring`].
pub async fn rewrapped(
    subtle: &SubtleCrypto,
    deriver: &Deriver,
    tenant: &TenantId,
    opened: &Opened,
    passphrase: &Secret,
) -> Result<String, SyncTrouble> {
    wrapped(subtle, deriver, tenant, opened, passphrase).await
}

async fn wrapped(
    subtle: &SubtleCrypto,
    deriver: &Deriver,
    tenant: &TenantId,
    opened: &Opened,
    passphrase: &Secret,
) -> Result<String, SyncTrouble> {
    let (root_key, derivation) = deriver.new_root_key(subtle, passphrase).await.map_err(not_derived)?;
    let under = wrapping(subtle, &root_key, tenant, &derivation).await.map_err(refused)?;
    let context = Keyring::context(tenant, opened.key.id(), &derivation);
    let root = root_as_key(subtle, &opened.root).await.map_err(refused)?;
    let wrapped = wrap(subtle, &root, &under, &context).await.map_err(refused)?;
    Ok(Keyring::new(derivation, wrapped).written())
}

async fn wrapping(
    subtle: &SubtleCrypto,
    root_key: &RootKey,
    tenant: &TenantId,
    derivation: &Derivation,
) -> Result<CryptoKey, CryptoError> {
    root_key.wrapping_key(subtle, PURPOSE, tenant, &derivation.salt).await
}

/// The root as the browser's key, which is wrapped and used for nothing else.
async fn root_as_key(subtle: &SubtleCrypto, root: &Secret) -> Result<CryptoKey, CryptoError> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(root.expose());
    let bytes = Zeroizing::new(bytes.map_err(|_| CryptoError("no root key".to_owned()))?);
    let data = js::bytes(&bytes);
    let raw: &Object = data.unchecked_ref();
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let imported = promised(subtle.import_key_with_str("raw", raw, "AES-GCM", true, &usages)).await;
    data.fill(0, 0, data.length());
    Ok(imported?.unchecked_into())
}

async fn unwrapped(
    subtle: &SubtleCrypto,
    wrapped: &WrappedKey,
    under: &CryptoKey,
    context: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let key = unwrap(subtle, wrapped, under, context, true).await?;
    let bytes = Uint8Array::new(&promised(subtle.export_key("raw", &key)).await?);
    let root = Zeroizing::new(bytes.to_vec());
    bytes.fill(0, 0, bytes.length());
    Ok(root)
}

fn not_derived(error: DeriveError) -> SyncTrouble {
    match error {
        DeriveError::Cost(cost) => KeyringUnfit::Cost(cost).into(),
        error => SyncTrouble::Derivation(error.to_string()),
    }
}

fn refused(error: CryptoError) -> SyncTrouble {
    SyncTrouble::Derivation(error.to_string())
}
