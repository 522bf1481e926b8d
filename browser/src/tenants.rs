//! The tenants of the people of this browser: which one is chosen, and how all that is kept of one goes.
//!
//! Names and what a tenant holds are nowhere here: localStorage has identifiers only, under the person's own.

use domain::id::{TenantId, UserId};
use domain::tenant::{KeptTenants, Tenant};
use domain::vault::{StoreError, database_name};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbFactory, Storage};

use crate::js;
use crate::preferences::PREFERENCES;
use crate::vault::{IndexedDbStore, open_existing};

mod traces;

pub use traces::{database, databases, half, others};

/// What the item of each person's tenants begins with.
const PERSON: &str = "tokenkeep.tenants.";
/// How long the other tabs have to let go of a database, in milliseconds.
const PATIENCE: u32 = 10_000;
/// How often it is looked at again whether a tab made a new one meanwhile, and after which pause in milliseconds.
const LOOKS: u32 = 5;
const PAUSE: u32 = 50;

/// What is remembered of a person's tenants. This tab's own choice comes before that of the others.
pub fn kept(user: &UserId) -> KeptTenants {
    let Some(storage) = local() else { return KeptTenants::default() };
    let mut kept = read(&storage, user);
    if let Some(own) = session().and_then(|session| session.get_item(&item(user)).ok().flatten()) {
        kept.chosen = Some(TenantId::new(own)).filter(|id| !id.as_str().is_empty());
    }
    kept
}

/// Remembers it, for this tab and for those opened from now on; gives whether it is kept.
pub fn keep(user: &UserId, tenants: &KeptTenants) -> bool {
    let Some(storage) = local() else { return false };
    // Two texts and a set of texts: JSON can always express that.
    let text = serde_json::to_string(tenants).unwrap_or_default();
    let own = keep_in_tab(user, tenants.chosen.as_ref());
    storage.set_item(&item(user), &text).is_ok() && own
}

/// Remembers which tenant this tab works in, for its next load. What other tabs, or new ones, choose is left alone.
pub fn stay(user: &UserId, tenant: &Tenant) {
    // Where nothing is kept, the tab goes on with what was chosen last.
    keep_in_tab(user, tenant.as_choice().as_ref());
}

fn keep_in_tab(user: &UserId, chosen: Option<&TenantId>) -> bool {
    let chosen = chosen.map_or("", TenantId::as_str);
    session().is_some_and(|session| session.set_item(&item(user), chosen).is_ok())
}

/// The item of localStorage that remembers a person's tenants.
pub fn item(user: &UserId) -> String {
    [PERSON, user.as_str()].concat()
}

/// Remembers which tenant is the person's own, so that its database is known for theirs; gives whether it is kept.
pub fn note_own(user: &UserId, own: &TenantId) -> bool {
    let Some(storage) = local() else { return false };
    let kept = read(&storage, user);
    if kept.own.as_ref() == Some(own) {
        return true;
    }
    let kept = KeptTenants { own: Some(own.clone()), ..kept };
    storage.set_item(&item(user), &serde_json::to_string(&kept).unwrap_or_default()).is_ok()
}

/// Whether this browser remembers anything of the person's tenants. Clearing everything ends that first, so that every tab
/// of theirs sees it.
pub fn is_remembered(user: &UserId) -> bool {
    local().is_some_and(|storage| storage.get_item(&item(user)).ok().flatten().is_some())
}

/// Remembers nothing of the person's tenants any more.
pub fn forget_tenants(user: &UserId) {
    for storage in [local(), session()].into_iter().flatten() {
        let _ = storage.remove_item(&item(user));
    }
}

/// Removes everything this browser keeps for a tenant: its database with the keys, and its entries in both storages. Old
/// writers in other tabs lose first; then the database goes, as soon as they let go of it.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when something is left, with what.
pub async fn wipe(tenant: &TenantId) -> Result<(), StoreError> {
    // Where IndexedDB is blocked, nothing of the tenant lies there.
    if exists(tenant).await {
        let store = IndexedDbStore::open(tenant).await?;
        store.empty().await?;
        store.close();
    }
    for storage in [local(), session()].into_iter().flatten() {
        remove_items(&storage, tenant);
    }
    for _ in 0..LOOKS {
        if !exists(tenant).await {
            return left_over(tenant).map_or(Ok(()), |name| Err(StoreError::Unavailable(name)));
        }
        delete(tenant).await;
        TimeoutFuture::new(PAUSE).await;
    }
    Err(StoreError::Unavailable("another tab still holds the database".to_owned()))
}

/// Removes what both storages have of a person: all that names them or one of these tenants of theirs, and what this browser
/// prefers.
pub fn forget_person(user: &UserId, tenants: &[TenantId]) {
    for storage in [local(), session()].into_iter().flatten() {
        for name in ours(&storage, user, tenants) {
            let _ = storage.remove_item(&name);
        }
    }
}

/// The names of what both storages have of a person.
pub fn items_of(user: &UserId, tenants: &[TenantId]) -> Vec<String> {
    [local(), session()].into_iter().flatten().flat_map(|storage| ours(&storage, user, tenants)).collect()
}

fn ours(storage: &Storage, user: &UserId, tenants: &[TenantId]) -> Vec<String> {
    let names_one = |name: &String| {
        name.contains(user.as_str())
            || tenants.iter().any(|tenant| name.contains(tenant.as_str()))
            || PREFERENCES.contains(&name.as_str())
    };
    all_names(storage).filter(names_one).collect()
}

fn all_names(storage: &Storage) -> impl Iterator<Item = String> + '_ {
    (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten())
}

fn read(storage: &Storage, user: &UserId) -> KeptTenants {
    let text = storage.get_item(&item(user)).ok().flatten().unwrap_or_default();
    js::from_json(text.as_bytes()).unwrap_or_default()
}

/// The names of a storage's items that belong to a tenant: its identifier is random, so nothing else has it in its name.
fn names(storage: &Storage, tenant: &TenantId) -> Vec<String> {
    all_names(storage).filter(|name| name.contains(tenant.as_str())).collect()
}

fn remove_items(storage: &Storage, tenant: &TenantId) {
    for name in names(storage, tenant) {
        let _ = storage.remove_item(&name);
    }
}

fn left_over(tenant: &TenantId) -> Option<String> {
    [local(), session()].into_iter().flatten().find_map(|storage| names(&storage, tenant).pop())
}

/// Whether the tenant's database is there; asking makes none.
async fn exists(tenant: &TenantId) -> bool {
    let opened = js::within(PATIENCE, open_existing(&database_name(tenant))).await;
    opened.and_then(Result::ok).inspect(IdbDatabase::close).is_some()
}

async fn delete(tenant: &TenantId) {
    let Some(request) = factory().and_then(|factory| factory.delete_database(&database_name(tenant)).ok()) else {
        return;
    };
    // Whether it is gone is looked at afterwards.
    let _ = js::within(PATIENCE, settled(&request)).await;
}

async fn settled(request: &web_sys::IdbRequest) -> Result<JsValue, JsValue> {
    js::settled(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    })
    .await
}

fn factory() -> Option<IdbFactory> {
    js::property(&js_sys::global(), "indexedDB").dyn_into().ok()
}

fn local() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn session() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}
