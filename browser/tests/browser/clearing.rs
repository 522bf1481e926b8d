//! Everything of one person is cleared, whichever of their tenants is open, and nothing of anybody else.

use std::collections::BTreeSet;
use std::rc::Rc;

use browser::tenants::{self, databases};
use browser::vault::{NewKey, Parcel, Vault};
use domain::api::vault::VaultHalf;
use domain::audit::{Action, Report};
use domain::id::{HalfId, ReportId, TenantId, UserId};
use domain::secret::Secret;
use domain::tenant::{KeptTenants, Opening, Tenant};
use domain::vault::{Check, Cleared, VaultDeed, database_name, tenant_of_database};
use futures::channel::oneshot;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, Strange, connection, fresh_tenant, secret};
use crate::vault_view::Tab;
use crate::worker_reports::reported;

impl Tab {
    async fn clear(&self, synced: bool, earlier: bool) -> Cleared {
        let (sender, cleared) = oneshot::channel();
        let done = Box::new(move |cleared| drop(sender.send(cleared)));
        self.runtime.guard(VaultDeed::Clear { synced, earlier, done });
        cleared.await.unwrap()
    }
}

fn person() -> UserId {
    UserId::from_random(browser::clock::random())
}

fn added(user: &UserId, own: &TenantId) -> Opening {
    let tenant = Tenant { id: fresh_tenant(), is_own: false, ..Opening::own(user.clone(), own).tenant };
    Opening { user: user.clone(), tenant, own: own.clone() }
}

async fn filled(tenant: &TenantId) -> Rc<Vault> {
    let vault = Vault::open(tenant, |_| {}, |_| {}).await.unwrap();
    vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    vault
}

/// What other tests left here is somebody else's.
async fn all_so_far_is_of(user: &UserId) {
    let opened: BTreeSet<TenantId> = databases().await.iter().filter_map(|name| tenant_of_database(name)).collect();
    assert!(tenants::keep(user, &KeptTenants { opened, ..KeptTenants::default() }));
}

async fn is_there(tenant: &TenantId) -> bool {
    databases().await.contains(&database_name(tenant))
}

/// Whether everything is clear of these tenants. In a page of many tests a database that one of those before made late counts
/// as the person's too: nobody else is known to own it.
fn is_clear_of(cleared: &Cleared, tenants: &[&TenantId]) -> bool {
    let is_one_of_theirs = |found: &str| tenants.iter().any(|tenant| found.contains(&database_name(tenant)));
    let names_strangers =
        |found: &str| found.split(", ").all(|it| tenant_of_database(it).is_some() && !is_one_of_theirs(it));
    let is_clear = |check: &Check| check.is_clear || (check.place == "IndexedDB" && names_strangers(&check.found));
    !cleared.checks.is_empty() && cleared.checks.iter().all(is_clear)
}

/// A server that knows these tenants, and has no copy of any once it was told to delete it.
fn knowing(known: &[&TenantId]) -> Server {
    let list: Vec<_> = known
        .iter()
        .map(|id| {
            serde_json::json!({ "id": id, "name": id, "is_own": false, "sites": "all", "default_site": null,
                "created_at": 0 })
        })
        .collect();
    let list = serde_json::to_string(&list).unwrap();
    Server::answering(&format!(
        "if (path === '/api/v1/tenants') return [200, {list}];
         if (init.method === 'DELETE') return [204, null];
         if (path.startsWith('/api/v1/sync/')) return [200, {{ copy: null, items: [], through: 0, more: false }}];
         return [404, {{}}];"
    ))
}

fn deleted(server: &Server) -> BTreeSet<String> {
    let all = server.asked();
    let deletions = all.iter().filter(|asked| asked["method"] == "DELETE");
    deletions.map(|asked| asked["path"].as_str().unwrap().to_owned()).collect()
}

fn local() -> web_sys::Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}

#[wasm_bindgen_test]
async fn everything_is_cleared_from_an_added_tenant_the_persons_own_and_what_only_a_database_knows_included() {
    let (ada, bob, own, bobs, forgotten) = (person(), person(), fresh_tenant(), fresh_tenant(), fresh_tenant());
    all_so_far_is_of(&person()).await;
    let (elsewhere, clinics) = (fresh_tenant(), added(&ada, &own));
    let server = knowing(&[&own, &clinics.tenant.id, &elsewhere]);
    let half = VaultHalf { id: HalfId::new("own-half"), half: Secret::new("a".repeat(64)) };
    drop(Tab::open(Opening::own(ada.clone(), &own)).await);
    filled(&own).await.protect(&NewKey::Session(half), |_, _| {}).await.unwrap();
    drop((filled(&forgotten).await, Tab::open(Opening::own(bob, &bobs)).await));
    let tab = Tab::open(clinics.clone()).await;
    let cleared = tab.clear(true, false).await;
    assert!(is_clear_of(&cleared, &[&own, &clinics.tenant.id, &forgotten]), "{cleared:?}");
    for tenant in [&own, &clinics.tenant.id, &forgotten] {
        assert!(!is_there(tenant).await, "{tenant} is left");
    }
    assert!(is_there(&bobs).await, "somebody else's database went");
    let of_copies = [&own, &clinics.tenant.id, &elsewhere].map(|id| ["/api/v1/sync/", id.as_str()].concat());
    let deleted = deleted(&server);
    assert!(of_copies.iter().all(|path| deleted.contains(path)), "{deleted:?}");
    assert!(deleted.contains("/api/v1/vault/halves/own-half"), "{deleted:?}");
    assert_eq!(tenants::kept(&ada), KeptTenants::default());
}

#[wasm_bindgen_test]
async fn a_tab_in_another_tenant_of_the_person_lets_go_as_well() {
    let (ada, own) = (person(), fresh_tenant());
    all_so_far_is_of(&person()).await;
    let _server = knowing(&[&own]);
    let other = Tab::open(Opening::own(ada.clone(), &own)).await;
    let added = added(&ada, &own);
    let tab = Tab::open(added.clone()).await;
    let _heard = Strange::storage_removals_in_this_page();
    let cleared = tab.clear(false, false).await;
    assert!(is_clear_of(&cleared, &[&own, &added.tenant.id]), "{cleared:?}");
    other.until("it says that everything was cleared", |view| view.cleared_elsewhere).await;
    assert!(!tab.view.borrow().cleared_elsewhere);
}

#[wasm_bindgen_test]
async fn reports_that_were_not_told_yet_go_with_the_rest_and_the_clearing_itself_is_told() {
    let (ada, own) = (person(), fresh_tenant());
    all_so_far_is_of(&person()).await;
    let server = knowing(&[&own]);
    let untold =
        Report::new(ReportId::from_random(browser::clock::random()), browser::clock::now(), Action::TokenAdded);
    {
        let vault = filled(&own).await;
        let untold = Parcel::pack(&[untold]);
        vault.keep_reports(&untold).await.unwrap();
        assert_eq!(vault.kept_reports().await.unwrap(), untold);
    }
    let tab = Tab::open(Opening::own(ada, &own)).await;
    let cleared = tab.clear(false, false).await;
    assert!(is_clear_of(&cleared, &[&own]), "{cleared:?}");
    assert!(!is_there(&own).await, "what it kept is gone");
    let reports = reported(&server, &own, 1).await;
    let actions: Vec<_> = reports.iter().map(|report| report["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["vault:cleared"]);
    assert!(!is_there(&own).await, "and telling it made no vault anew");
}

#[wasm_bindgen_test]
async fn what_an_earlier_app_left_is_named_and_goes_when_that_is_wanted() {
    let (ada, own) = (person(), fresh_tenant());
    all_so_far_is_of(&person()).await;
    let _server = knowing(&[&own]);
    local().set_item("bv_token_fallback_ses_a", "plain").unwrap();
    let cleared = Tab::open(Opening::own(ada.clone(), &own)).await.clear(false, false).await;
    assert!(is_clear_of(&cleared, &[&own]), "{cleared:?}");
    assert_eq!(cleared.earlier, ["localStorage: bv_token_fallback_ses_a"]);
    let again = Tab::open(Opening::own(ada, &own)).await.clear(false, true).await;
    assert_eq!(again.earlier, Vec::<String>::new());
    assert_eq!(local().get_item("bv_token_fallback_ses_a").unwrap(), None);
}
