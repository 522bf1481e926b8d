//! Synced copies: sealed items, each only over the generation it replaces, and each copy of one person's tenant only.

use domain::api::account::{CurrentSession, Role};
use domain::api::sync::{
    BeginSync, ChangeSyncKeyring, DeleteSync, MOST_ITEM_BYTES, NewSyncCopy, PushSync, PushedItem, ReadSync, SyncAnswer,
    SyncCopy, SyncKeyringChange, SyncPage, SyncPush,
};
use domain::api::tenants::{AddTenant, RemoveTenant};
use domain::api::users::{ChangeUser, UserChange};
use domain::api::{Code, Problem};
use domain::id::{SyncCopyId, SyncItemId, SyncKeyId, TenantId};
use domain::tenant::{AllowedSites, TenantForm};

use crate::rig::{Browser, Rig, code};

async fn own(browser: &mut Browser) -> TenantId {
    browser.ask(CurrentSession, ()).await.unwrap().tenant
}

async fn tenant(browser: &mut Browser, name: &str) -> TenantId {
    let form = TenantForm { name: name.to_owned(), api: None, sites: AllowedSites::All, default_site: None };
    browser.ask(AddTenant, form).await.unwrap().id
}

fn new_copy() -> NewSyncCopy {
    NewSyncCopy { key: SyncKeyId::from_random(1), keyring: "{\"canary\":\"keyring\"}".to_owned() }
}

pub async fn begin(browser: &mut Browser, id: &TenantId) -> SyncCopy {
    browser.ask(BeginSync { id: id.clone() }, new_copy()).await.unwrap()
}

fn item(number: u128, replaces: u64, sealed: &str) -> PushedItem {
    let id = SyncItemId::from_random(number);
    PushedItem { id, replaces, generation: replaces + 1, removed: false, sealed: sealed.to_owned() }
}

/// Another keyring over the one that stands.
fn rewrap(copy: &SyncCopy) -> SyncKeyringChange {
    let (copy, key, replaces) = (copy.id.clone(), copy.key.clone(), copy.keyring.clone());
    SyncKeyringChange { copy, key, replaces, keyring: "new".to_owned() }
}

fn push(copy: &SyncCopy, items: Vec<PushedItem>) -> SyncPush {
    SyncPush { copy: copy.id.clone(), key: copy.key.clone(), items }
}

async fn pushed(
    browser: &mut Browser,
    id: &TenantId,
    copy: &SyncCopy,
    items: Vec<PushedItem>,
) -> Result<Vec<SyncAnswer>, Problem> {
    browser.ask(PushSync { id: id.clone() }, push(copy, items)).await.map(|answers| answers.answers)
}

/// A page from a place on.
async fn page(browser: &mut Browser, id: &TenantId, since: u64) -> SyncPage {
    let answer = browser.get(&format!("/api/v1/sync/{id}?since={since}")).await;
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn a_copy_is_begun_once_filled_read_in_order_and_deleted() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    assert_eq!(page(&mut ada, &id, 0).await.copy, None);
    let copy = begin(&mut ada, &id).await;
    assert_eq!(code(ada.ask(BeginSync { id: id.clone() }, new_copy()).await), Some(Code::SyncCopyThere));
    let answers = pushed(&mut ada, &id, &copy, vec![item(1, 0, "b25l"), item(2, 0, "dHdv")]).await.unwrap();
    assert_eq!(answers, [SyncAnswer::Taken, SyncAnswer::Taken]);
    pushed(&mut ada, &id, &copy, vec![item(1, 1, "b25lYWdhaW4=")]).await.unwrap();
    let all = page(&mut ada, &id, 0).await;
    let seen: Vec<_> = all.items.iter().map(|item| (item.sequence, item.generation, item.sealed.as_str())).collect();
    assert_eq!(seen, [(2, 1, "dHdv"), (3, 2, "b25lYWdhaW4=")]);
    let facts = all.copy.unwrap();
    assert_eq!((facts.items, facts.sequence, facts.bytes, facts.keyring), (2, 3, 16, new_copy().keyring));
    assert_eq!(page(&mut ada, &id, 3).await.items, []);
    ada.ask(DeleteSync { id: id.clone() }, ()).await.unwrap();
    ada.ask(DeleteSync { id: id.clone() }, ()).await.unwrap();
    assert_eq!(page(&mut ada, &id, 0).await, SyncPage { copy: None, items: Vec::new(), through: 0, more: false });
    let late = pushed(&mut ada, &id, &copy, vec![item(1, 2, "bGF0ZQ==")]).await;
    assert_eq!(code(late), Some(Code::SyncCopyGone));
    let again = begin(&mut ada, &id).await;
    assert_ne!(again.id, copy.id);
    let old = pushed(&mut ada, &id, &copy, vec![item(1, 0, "bGF0ZQ==")]).await;
    assert_eq!(code(old), Some(Code::SyncCopyGone), "a device that knows the copy before writes nothing into this one");
}

#[tokio::test]
async fn of_two_versions_over_the_same_one_the_first_stands_and_the_second_is_shown_it() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    let copy = begin(&mut ada, &id).await;
    pushed(&mut ada, &id, &copy, vec![item(1, 0, "b25l")]).await.unwrap();
    pushed(&mut ada, &id, &copy, vec![item(1, 1, "Zmlyc3Q=")]).await.unwrap();
    let answers = pushed(&mut ada, &id, &copy, vec![item(1, 1, "c2Vjb25k"), item(2, 0, "dHdv")]).await.unwrap();
    let SyncAnswer::Stands(stands) = &answers[0] else { panic!("{answers:?}") };
    assert_eq!((stands.generation, stands.sealed.as_str()), (2, "Zmlyc3Q="));
    assert_eq!(answers[1], SyncAnswer::Taken, "one that lost keeps no other back");
    let repeat = pushed(&mut ada, &id, &copy, vec![item(1, 1, "Zmlyc3Q=")]).await.unwrap();
    assert_eq!(repeat, [SyncAnswer::Taken], "an answer that was lost is given again");
    assert_eq!(page(&mut ada, &id, 0).await.copy.unwrap().sequence, 3, "and nothing was written for it");
}

#[tokio::test]
async fn items_under_another_key_are_refused_and_nothing_is_overwritten() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    let copy = begin(&mut ada, &id).await;
    pushed(&mut ada, &id, &copy, vec![item(1, 0, "Z29vZA==")]).await.unwrap();
    let other = SyncCopy { key: SyncKeyId::from_random(2), ..copy.clone() };
    assert_eq!(code(pushed(&mut ada, &id, &other, vec![item(1, 1, "YmFk")]).await), Some(Code::SyncKeyOther));
    assert_eq!(page(&mut ada, &id, 0).await.items[0].sealed, "Z29vZA==");
}

#[tokio::test]
async fn a_keyring_is_replaced_only_over_the_one_that_stands_and_under_the_same_key() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    let copy = begin(&mut ada, &id).await;
    pushed(&mut ada, &id, &copy, vec![item(1, 0, "Z29vZA==")]).await.unwrap();
    let change = |replaces: &str, keyring: &str| SyncKeyringChange {
        replaces: replaces.to_owned(),
        keyring: keyring.to_owned(),
        ..rewrap(&copy)
    };
    let mut ask = async |change| ada.ask(ChangeSyncKeyring { id: id.clone() }, change).await;
    let other_key = SyncKeyringChange { key: SyncKeyId::from_random(2), ..change(&copy.keyring, "new") };
    assert_eq!(code(ask(other_key).await), Some(Code::SyncKeyOther));
    let other_copy = SyncKeyringChange { copy: SyncCopyId::new("other"), ..change(&copy.keyring, "new") };
    assert_eq!(code(ask(other_copy).await), Some(Code::SyncCopyGone));
    assert_eq!(code(ask(change("another", "new")).await), Some(Code::SyncKeyringOther));
    assert_eq!(code(ask(change(&copy.keyring, "")).await), Some(Code::InvalidFields));
    assert_eq!(ask(change(&copy.keyring, "new")).await.unwrap().keyring, "new");
    assert_eq!(code(ask(change(&copy.keyring, "newer")).await), Some(Code::SyncKeyringOther));
    let found = page(&mut ada, &id, 0).await;
    assert_eq!((found.items.len(), found.copy.unwrap().keyring.as_str()), (1, "new"), "the items stay as they are");
}

#[tokio::test]
async fn a_removed_item_stays_as_a_mark_that_takes_its_place() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    let copy = begin(&mut ada, &id).await;
    pushed(&mut ada, &id, &copy, vec![item(1, 0, "YSBzZWNyZXQgdGhhdCBpcyBsb25n")]).await.unwrap();
    let mark = PushedItem { removed: true, ..item(1, 1, "bWFyaw==") };
    pushed(&mut ada, &id, &copy, vec![mark]).await.unwrap();
    let page = page(&mut ada, &id, 0).await;
    assert_eq!((page.items.len(), page.items[0].removed, page.copy.unwrap().bytes), (1, true, 8));
    let late = pushed(&mut ada, &id, &copy, vec![item(1, 1, "b2xkIGVkaXQ=")]).await.unwrap();
    assert!(matches!(&late[0], SyncAnswer::Stands(stands) if stands.removed));
}

#[tokio::test]
async fn many_items_come_in_pages_that_miss_none() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    let copy = begin(&mut ada, &id).await;
    for start in [0, 1_000] {
        let items = (start..start + 1_000).map(|number| item(number, 0, &"YWJj".repeat(300)));
        pushed(&mut ada, &id, &copy, items.collect()).await.unwrap();
    }
    let (mut since, mut seen, mut pages) = (0, std::collections::BTreeSet::new(), 0);
    loop {
        let page = page(&mut ada, &id, since).await;
        seen.extend(page.items.iter().map(|item| item.id.clone()));
        (since, pages) = (page.through, pages + 1);
        if !page.more {
            break;
        }
    }
    assert_eq!((seen.len(), since), (2_000, 2_000));
    assert!(pages > 2, "a page is about a mebibyte: {pages}");
}

#[tokio::test]
async fn a_copy_of_somebody_else_is_as_if_it_were_not_there_for_every_route_and_role() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut bob = rig.person(&mut ada, "bob", Role::User).await;
    let (hers, his) = (own(&mut ada).await, tenant(&mut bob, "Clinics").await);
    let (copy, of_bob) = (begin(&mut ada, &hers).await, begin(&mut bob, &his).await);
    pushed(&mut ada, &hers, &copy, vec![item(1, 0, "aGVycw==")]).await.unwrap();
    pushed(&mut bob, &his, &of_bob, vec![item(1, 0, "aGlz")]).await.unwrap();
    for (browser, foreign, copy) in [(&mut bob, &hers, &copy), (&mut ada, &his, &of_bob)] {
        let unknown = browser.ask(ReadSync { id: TenantId::from_random(9) }, ()).await.unwrap_err();
        let refusals = [
            browser.ask(ReadSync { id: foreign.clone() }, ()).await.unwrap_err(),
            browser.ask(BeginSync { id: foreign.clone() }, new_copy()).await.unwrap_err(),
            browser.ask(PushSync { id: foreign.clone() }, push(copy, vec![item(1, 1, "bWluZQ==")])).await.unwrap_err(),
            browser.ask(ChangeSyncKeyring { id: foreign.clone() }, rewrap(copy)).await.unwrap_err(),
            browser.ask(DeleteSync { id: foreign.clone() }, ()).await.unwrap_err(),
        ];
        for problem in refusals {
            assert_eq!(problem.code, Code::TenantUnknown);
            assert_eq!((&problem.title, &problem.detail), (&unknown.title, &unknown.detail));
        }
    }
    assert_eq!(page(&mut ada, &hers, 0).await.items[0].sealed, "aGVycw==");
    assert_eq!(page(&mut bob, &his, 0).await.items[0].sealed, "aGlz");
    let mine = own(&mut bob).await;
    let crossed = bob.ask(PushSync { id: mine }, push(&of_bob, vec![item(1, 1, "Y3Jvc3NlZA==")])).await;
    assert_eq!(code(crossed), Some(Code::SyncCopyGone), "nor does one's own copy cross to another tenant");
    let user = bob.ask(CurrentSession, ()).await.unwrap().user;
    let auditor = UserChange { role: Some(Role::Auditor), disabled: None };
    ada.ask(ChangeUser { id: user.clone() }, auditor).await.unwrap();
    assert_eq!(code(bob.ask(ReadSync { id: his.clone() }, ()).await), Some(Code::NotAllowed));
    ada.ask(ChangeUser { id: user }, UserChange { role: Some(Role::User), disabled: Some(true) }).await.unwrap();
    assert_eq!(code(bob.ask(ReadSync { id: his }, ()).await), Some(Code::NotSignedIn));
}

#[tokio::test]
async fn removing_a_tenant_deletes_its_copy() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let (gone, stays) = (tenant(&mut ada, "Clinics").await, own(&mut ada).await);
    let copies = [begin(&mut ada, &gone).await, begin(&mut ada, &stays).await];
    pushed(&mut ada, &gone, &copies[0], vec![item(1, 0, "Z29uZQ==")]).await.unwrap();
    pushed(&mut ada, &stays, &copies[1], vec![item(1, 0, "c3RheXM=")]).await.unwrap();
    ada.ask(RemoveTenant { id: gone.clone() }, ()).await.unwrap();
    let user = ada.ask(CurrentSession, ()).await.unwrap().user;
    let left = rig.state.store.synced(&user, &gone, 0, 10, 1_000).await.unwrap();
    assert_eq!((left.copy, left.items.len()), (None, 0));
    assert_eq!(page(&mut ada, &stays, 0).await.items.len(), 1);
}

#[tokio::test]
async fn what_no_device_writes_is_refused_whole_and_a_person_s_copies_have_an_end() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    let copy = begin(&mut ada, &id).await;
    let long = item(1, 0, &"a".repeat(MOST_ITEM_BYTES + 1));
    let odd = PushedItem { id: SyncItemId::new("<script>"), ..item(1, 0, "YQ==") };
    for wrong in [long, odd, PushedItem { generation: 0, ..item(1, 0, "YQ==") }] {
        let refused = pushed(&mut ada, &id, &copy, vec![item(2, 0, "YQ=="), wrong]).await;
        assert_eq!(code(refused), Some(Code::InvalidFields));
    }
    let unknown = SyncCopy { id: SyncCopyId::new("other"), ..copy.clone() };
    assert_eq!(code(pushed(&mut ada, &id, &unknown, Vec::new()).await), Some(Code::SyncCopyGone));
    assert_eq!(page(&mut ada, &id, 0).await.copy.unwrap().items, 0, "none of it was written");
    let large = "YWJj".repeat(MOST_ITEM_BYTES / 4);
    let (mut number, mut refused) = (0, None);
    while refused.is_none() && number < 1_100 {
        let items = (number..number + 30).map(|number| item(number, 0, &large)).collect();
        refused = code(pushed(&mut ada, &id, &copy, items).await);
        number += 30;
    }
    assert_eq!((refused, number), (Some(Code::SyncFull), 1_050), "64 MiB hold 1,024 of the largest items");
    assert_eq!(page(&mut ada, &id, 0).await.copy.unwrap().items, 1_020);
}
