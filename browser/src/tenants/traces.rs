//! What lies in this browser, whoever's it is: looked at before everything of one person is cleared, and after.

use domain::id::{HalfId, TenantId, UserId};
use domain::tenant::KeptTenants;
use domain::vault::{KeyMaterial, database_name};
use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::{PATIENCE, PERSON, all_names, exists, factory, item, local};
use crate::js;
use crate::vault::{IndexedDbStore, KeptKey};

/// The names of all databases of this origin; none where a browser does not tell.
pub async fn databases() -> Vec<String> {
    js::within(PATIENCE, listed()).await.flatten().unwrap_or_default()
}

async fn listed() -> Option<Vec<String>> {
    let factory = factory()?;
    let listing: Function = js::property(&factory, "databases").dyn_into().ok()?;
    let listing: Promise = listing.call0(&factory).ok()?.dyn_into().ok()?;
    let listed: Array = JsFuture::from(listing).await.ok()?.dyn_into().ok()?;
    Some(listed.iter().filter_map(|database| js::property(&database, "name").as_string()).collect())
}

/// What this browser remembers of the tenants of everybody but this person.
pub fn others(user: &UserId) -> Vec<KeptTenants> {
    let Some(storage) = local() else { return Vec::new() };
    let names = all_names(&storage).filter(|name| name.starts_with(PERSON) && *name != item(user));
    let texts = names.filter_map(|name| storage.get_item(&name).ok().flatten());
    texts.filter_map(|text| js::from_json(text.as_bytes())).collect()
}

/// The server's half that a tenant's vault in this browser is opened with, where it is kept that way.
pub async fn half(tenant: &TenantId) -> Option<HalfId> {
    if !exists(tenant).await {
        return None;
    }
    let store = IndexedDbStore::open(tenant).await.ok()?;
    let entry = store.sealing_key().await;
    store.close();
    match KeptKey::read(&entry.ok()?.0).ok()?? {
        KeptKey::Material { material: KeyMaterial::Session { half, .. }, .. } => Some(half),
        KeptKey::Material { .. } | KeptKey::Itself(_) => None,
    }
}

/// The name of a tenant's database, if it is there.
pub async fn database(tenant: &TenantId) -> Option<String> {
    exists(tenant).await.then(|| database_name(tenant))
}
