//! Tenants are apart: nothing of one is readable, listed or counted in another, and one that is removed is gone.

use std::rc::Rc;

use browser::tenants::{self, databases};
use browser::vault::{IndexedDbStore, LocalStorageStore, Vault};
use domain::id::{TenantId, UserId};
use domain::tenant::{Opening, Tenant};
use domain::vault::{RecordKey, RecordStore, StorageLevel, StoreError, StoreName, Write, database_name};
use futures::future::join;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{
    Broken, SECRET, Strange, TOKEN, connection, fresh_tenant, id, indexed_db_dump, intent, local_storage_dump, secret,
    token,
};
use crate::runtime::Tab;

async fn open(tenant: &TenantId) -> Rc<Vault> {
    Vault::open(tenant, |_| {}, |_| {}).await.unwrap()
}

/// A vault with a connection, its secret, a token and a setting.
async fn filled(tenant: &TenantId) -> Rc<Vault> {
    let vault = open(tenant).await;
    vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    vault.commit(&id(), &token(1), 0, &intent(0).id, &[]).await.unwrap();
    vault.write_current(Some(&id())).await.unwrap();
    vault
}

fn keys() -> Vec<String> {
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    (0..storage.length().unwrap()).filter_map(|index| storage.key(index).unwrap()).collect()
}

#[wasm_bindgen_test]
async fn nothing_of_one_tenant_is_readable_listed_or_counted_in_another() {
    let (full, empty) = (fresh_tenant(), fresh_tenant());
    let first = filled(&full).await;
    let second = open(&empty).await;
    assert!(second.contents().await.unwrap().held.is_empty());
    assert_eq!(second.current().await, Ok(None));
    assert_eq!(second.token(&id()).await.unwrap(), None);
    assert!(second.credential(&id()).await.unwrap().is_none());
    assert_eq!(second.metrics().writes_asked, 0);
    let raw = IndexedDbStore::open(&empty).await.unwrap();
    for store in StoreName::ALL {
        assert_eq!(raw.list(store).await, Ok(Vec::new()), "{store:?}");
    }
    let dump = indexed_db_dump(&empty).await;
    for canary in [SECRET, TOKEN, "Canary", id().as_str()] {
        assert!(!dump.contains(&["/", canary].concat()) && !dump.contains(canary), "{canary}:\n{dump}");
    }
    assert_eq!(first.contents().await.unwrap().held.len(), 1);
}

#[wasm_bindgen_test]
async fn a_record_carried_over_from_another_tenant_is_set_aside_unread() {
    let (from, to) = (fresh_tenant(), fresh_tenant());
    filled(&from).await;
    open(&to).await;
    let (source, target) = (IndexedDbStore::open(&from).await.unwrap(), IndexedDbStore::open(&to).await.unwrap());
    for store in [StoreName::Connections, StoreName::Tokens] {
        let key = RecordKey { store, id: id().as_str().to_owned() };
        let record = source.get(&key).await.unwrap().unwrap();
        let write = Write::Put { key, replaces: 0, record };
        target.apply(0, &[write]).await.unwrap();
    }
    let contents = open(&to).await.contents().await.unwrap();
    assert!(contents.held.is_empty());
    assert_eq!(contents.set_aside.len(), 2, "{:?}", contents.set_aside);
}

#[wasm_bindgen_test]
async fn news_of_one_tenant_reach_no_tab_of_another() {
    let (one, two) = (fresh_tenant(), fresh_tenant());
    let (first, second) = (Tab::open(&one).await, Tab::open(&two).await);
    let again = Tab::open(&one).await;
    first.runtime.send(domain::keeper::Command::Save {
        connection: connection(true),
        credential: Some(secret()),
        obtain: false,
    });
    again.until("the news are there", |view| view.connections.len() == 1).await;
    assert!(second.view.borrow().connections.is_empty());
    let others = second.runtime.tabs(false).unwrap();
    assert!(others.others.is_empty(), "{others:?}");
}

#[wasm_bindgen_test]
async fn a_removed_tenant_leaves_no_database_no_key_and_no_entry() {
    let (gone, stays) = (fresh_tenant(), fresh_tenant());
    let (old, other) = (filled(&gone).await, filled(&stays).await);
    let below = LocalStorageStore::open(&gone).unwrap();
    below.advance_epoch().await.unwrap();
    assert!(databases().await.contains(&database_name(&gone)) && local_storage_dump().contains(gone.as_str()));
    assert_eq!(tenants::wipe(&gone).await, Ok(()));
    let left = databases().await;
    assert!(!left.contains(&database_name(&gone)) && left.contains(&database_name(&stays)), "{left:?}");
    assert!(!keys().iter().any(|key| key.contains(gone.as_str())));
    assert_eq!(other.token(&id()).await.unwrap(), Some(token(1)));
    drop(old);
    assert!(open(&gone).await.contents().await.unwrap().held.is_empty());
    assert_eq!(tenants::wipe(&gone).await, Ok(()));
    assert_eq!(tenants::wipe(&gone).await, Ok(()), "removing what is not there succeeds");
}

#[wasm_bindgen_test]
async fn a_tab_that_still_has_it_open_brings_nothing_back() {
    let tenant = fresh_tenant();
    let late = filled(&tenant).await;
    let _slow = Broken::deletion();
    assert_eq!(tenants::wipe(&tenant).await, Ok(()));
    let written = late.commit(&id(), &token(2), 0, &intent(0).id, &[]).await;
    assert!(written.is_err(), "a token was written over one that is gone");
    let raw = IndexedDbStore::open(&tenant).await.unwrap();
    assert_eq!(raw.list(StoreName::Tokens).await, Ok(Vec::new()));
    tenants::wipe(&tenant).await.unwrap();
}

#[wasm_bindgen_test]
async fn what_was_on_its_way_when_a_tab_let_go_makes_no_database_anew() {
    let tenant = fresh_tenant();
    let late = filled(&tenant).await;
    let on_its_way = async { late.newest_token(&id()).await };
    let (read, wiped) = join(on_its_way, async {
        late.let_go();
        tenants::wipe(&tenant).await
    })
    .await;
    assert_eq!(wiped, Ok(()));
    assert!(matches!(read, Ok(Some(_)) | Err(StoreError::SignedOut { .. })), "{read:?}");
    let signed_out = StoreError::SignedOut { current: 1 };
    assert_eq!(late.newest_token(&id()).await, Err(signed_out.clone()));
    assert_eq!(late.write_current(None).await, Err(signed_out));
    assert_eq!(late.level(), StorageLevel::IndexedDb, "it looks for no other place");
    assert!(!databases().await.contains(&database_name(&tenant)));
    assert!(!keys().iter().any(|key| key.contains(tenant.as_str())));
}

#[wasm_bindgen_test]
async fn a_database_that_goes_while_it_is_opened_is_made_whole_again() {
    let tenant = fresh_tenant();
    let _wiped = Strange::deletion_between_two_openings();
    let vault = filled(&tenant).await;
    assert_eq!(vault.level(), StorageLevel::IndexedDb);
    assert_eq!(vault.newest_token(&id()).await, Ok(Some(token(1))));
    tenants::wipe(&tenant).await.unwrap();
}

#[wasm_bindgen_test]
async fn an_old_writer_loses_before_the_database_goes() {
    let tenant = fresh_tenant();
    let late = filled(&tenant).await;
    let store = IndexedDbStore::open(&tenant).await.unwrap();
    store.empty().await.unwrap();
    assert_eq!(late.write_current(None).await, Err(StoreError::SignedOut { current: 1 }));
    assert_eq!(store.key("sealing").await.unwrap(), None, "its key is gone");
    tenants::wipe(&tenant).await.unwrap();
}

#[wasm_bindgen_test]
fn a_tab_stays_in_the_tenant_it_opened_whatever_another_tab_chooses() {
    let ada = UserId::from_random(browser::clock::random());
    let own = Opening::own(ada.clone(), &fresh_tenant()).tenant;
    let clinics = Tenant { id: fresh_tenant(), is_own: false, ..own.clone() };
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    let other_tab = |tenant: &Tenant| {
        let kept = domain::tenant::KeptTenants::default().with(tenant);
        storage.set_item(&tenants::item(&ada), &serde_json::to_string(&kept).unwrap()).unwrap();
    };
    for (mine, others) in [(&own, &clinics), (&clinics, &own)] {
        tenants::stay(&ada, mine);
        other_tab(others);
        assert_eq!(tenants::kept(&ada).chosen, mine.as_choice());
    }
    storage.remove_item(&tenants::item(&ada)).unwrap();
}

#[wasm_bindgen_test]
fn which_tenant_is_chosen_is_remembered_for_each_person_apart() {
    let person = || UserId::from_random(browser::clock::random());
    let (ada, bob) = (person(), person());
    let own = Opening::own(ada.clone(), &fresh_tenant()).tenant;
    let clinics = Tenant { id: fresh_tenant(), is_own: false, ..own.clone() };
    assert!(tenants::keep(&ada, &tenants::kept(&ada).with(&clinics)));
    assert_eq!(tenants::kept(&ada).chosen.as_ref(), Some(&clinics.id));
    assert_eq!(tenants::kept(&bob), Default::default());
    assert!(tenants::keep(&ada, &tenants::kept(&ada).with(&own)));
    assert_eq!(tenants::kept(&ada).chosen, None);
    assert!(tenants::keep(&ada, &tenants::kept(&ada).without(&clinics.id)));
    assert!(tenants::kept(&ada).was_removed(&clinics));
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    storage.set_item(&tenants::item(&ada), "{ broken").unwrap();
    assert_eq!(tenants::kept(&ada).opened.len(), 0, "what can't be read counts as nothing");
    storage.remove_item(&tenants::item(&ada)).unwrap();
}
