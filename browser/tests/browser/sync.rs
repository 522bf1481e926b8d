//! Two devices and a copy on the server: what each has, what the server sees, and what a cut, a conflict or a wrong
//! passphrase does. Two vaults stand for two devices.

use std::collections::BTreeMap;

use browser::clock;
use browser::passphrase::Deriver;
use browser::sync::{new_keyring, open_keyring};
use browser::vault::sealing::subtle;
use browser::vault::{SiteWrite, UsableCredential};
use domain::api::sync::SyncCopy;
use domain::connection::Connection;
use domain::id::{SiteTokenId, SyncCopyId, SyncKeyId};
use domain::secret::Secret;
use domain::settings::WorkerTokenSettings;
use domain::site::{Kept, SiteToken, Source, TokenTexts, sample};
use domain::sync::{ItemKind, KeyringUnfit, SyncTrouble};
use domain::time::Timestamp;
use domain::vault::{Cost, CostRefused, database_name};
use rexie::{Rexie, TransactionMode};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use zeroize::Zeroizing;

use crate::rig::{SECRET, connection, fresh_tenant, id, secret};
use crate::sync_rig::{Device, PASSPHRASE, copies, cut, quick, sent};

const TEXT: &str = "canary-header.canary-claims.canary-signature";

fn kept(id: &str) -> Kept {
    let token = SiteToken { name: format!("Canary site {id}"), ..sample::token(id, Some(300)) };
    Kept { token, texts: TokenTexts { generation: 1, text: Secret::new(TEXT), previous: None } }
}

fn site(id: &str) -> SiteTokenId {
    SiteTokenId::new(id)
}

async fn text_of(device: &Device, id: &str) -> Option<String> {
    let texts = device.vault.site_texts(&site(id)).await.unwrap();
    texts.map(|texts| texts.text.expose().to_owned())
}

async fn name_of(device: &Device) -> Option<String> {
    device.vault.connection(&id()).await.unwrap().map(|connection| connection.name)
}

async fn rename(device: &Device, name: &str) {
    let renamed = Connection { name: name.to_owned(), ..connection(true) };
    device.vault.write_connection(&renamed, None, &[]).await.unwrap();
}

async fn remove(device: &Device) {
    let removed = Connection { removed_at: Some(Timestamp::from_seconds(9)), ..connection(true) };
    device.vault.write_connection(&removed, None, &[]).await.unwrap();
}

#[wasm_bindgen_test]
async fn what_one_device_has_the_other_gets_with_its_secrets_and_the_server_reads_none_of_it() {
    let server = copies();
    let (one, other) = Device::two().await;
    one.vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    one.vault.write_sites(&[SiteWrite::New(kept("canary-id"))], Some(Some(&site("canary-id")))).await.unwrap();
    let settings = WorkerTokenSettings { retry_attempts: 7, ..WorkerTokenSettings::default() };
    one.vault.write_settings(&settings).await.unwrap();
    let round = one.sync().await.unwrap();
    assert_eq!((round.last.pushed, round.last.items), (4, 4));
    assert_eq!(other.sync().await.unwrap().last.pulled, 4);
    assert_eq!(name_of(&other).await.as_deref(), Some("Canary connection name"));
    let Some(UsableCredential::ClientSecret(found)) = other.vault.credential(&id()).await.unwrap() else {
        panic!("no secret came")
    };
    assert_eq!(found.expose(), SECRET);
    assert_eq!(text_of(&other, "canary-id").await.as_deref(), Some(TEXT));
    assert_eq!(other.vault.site_settings().await.unwrap().default, Some(site("canary-id")));
    assert_eq!(other.vault.settings().await.unwrap(), Some(settings));
    let again = other.sync().await.unwrap().last;
    assert_eq!((again.pulled, again.pushed, again.conflicts), (0, 0, 0));
    let sent = sent(&server);
    assert!(sent.contains("\"sealed\"") || sent.contains("sealed"), "nothing was sent");
    for canary in ["canary", "Canary", "ses_a", "auth.example", "worker_tokens", "client_id"] {
        assert!(!sent.contains(canary), "{canary} went to the server in clear");
    }
}

#[wasm_bindgen_test]
async fn what_is_kept_of_the_copy_lies_in_the_vault_sealed() {
    let _server = copies();
    let (one, other) = Device::two().await;
    one.vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    one.sync().await.unwrap();
    rename(&one, "Canary one").await;
    rename(&other, "Canary other").await;
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    let root = other.vault.sync_state().await.unwrap().unwrap().root;
    let dump = crate::rig::indexed_db_dump(&other.place).await;
    assert!(
        dump.contains("settings/sync/state") && dump.contains("settings/sync_conflicts/"),
        "nothing there:\n{dump}"
    );
    for canary in ["Canary", SECRET, root.expose()] {
        assert!(!dump.contains(canary), "{canary} lies in the browser in clear");
    }
}

#[wasm_bindgen_test]
async fn of_two_edits_one_stands_on_both_devices_and_the_other_can_be_taken_instead() {
    let _server = copies();
    let (one, other) = Device::two().await;
    one.vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    rename(&one, "From one").await;
    rename(&other, "From other").await;
    one.sync().await.unwrap();
    assert_eq!(other.sync().await.unwrap().last.conflicts, 1);
    one.sync().await.unwrap();
    for device in [&one, &other] {
        assert_eq!(name_of(device).await.as_deref(), Some("From one"));
        let conflicts = device.vault.sync_conflicts().await.unwrap();
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].1.value["connection"]["name"], "From other");
        assert!(!conflicts[0].1.removed);
    }
    let (key, _) = one.vault.sync_conflicts().await.unwrap().remove(0);
    let touched = one.vault.settle_conflict(&key, true).await.unwrap();
    assert_eq!(touched.connections, [(id(), false)]);
    assert_eq!(one.vault.settle_conflict(&key, true).await, Err(SyncTrouble::NoConflict));
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    for device in [&one, &other] {
        assert_eq!(name_of(device).await.as_deref(), Some("From other"));
        assert!(device.vault.sync_conflicts().await.unwrap().is_empty(), "it is settled everywhere");
        assert!(device.vault.credential(&id()).await.unwrap().is_some(), "with its secret");
    }
}

#[wasm_bindgen_test]
async fn what_was_deleted_is_deleted_everywhere_and_a_late_edit_keeps_no_secret() {
    let server = copies();
    let (one, other) = Device::two().await;
    one.vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    one.vault.write_sites(&[SiteWrite::New(kept("a")), SiteWrite::New(kept("b"))], None).await.unwrap();
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    remove(&one).await;
    let removed = |token: &SiteToken| Some(SiteToken { removed_at: Some(sample::NOW), ..token.clone() });
    one.vault.change_sites(&[site("a")], removed).await.unwrap();
    rename(&other, "Edited too late").await;
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    assert_eq!(name_of(&other).await, None);
    assert!(other.vault.credential(&id()).await.unwrap().is_none(), "its secret went along");
    assert_eq!((text_of(&other, "a").await, text_of(&other, "b").await.is_some()), (None, true));
    let conflicts = other.vault.sync_conflicts().await.unwrap();
    assert!(conflicts[0].1.removed && !conflicts[0].1.value.to_string().contains(SECRET));
    let late = Device::new(&one.tenant).await;
    late.join(PASSPHRASE).await.unwrap();
    late.sync().await.unwrap();
    assert_eq!((name_of(&late).await, text_of(&late, "a").await), (None, None), "a device that comes later has none");
    assert!(text_of(&late, "b").await.is_some());
    drop(server);
}

#[wasm_bindgen_test]
async fn a_wrong_passphrase_opens_nothing_and_writes_nothing() {
    let server = copies();
    let (one, stranger) = (Device::new(&fresh_tenant()).await, fresh_tenant());
    one.begin().await;
    one.vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    one.sync().await.unwrap();
    let before = server.asked().len();
    let other = Device::new(&one.tenant).await;
    assert_eq!(other.join("another passphrase").await, Err(SyncTrouble::WrongPassphrase));
    assert_eq!(other.vault.sync_state().await.unwrap(), None);
    let asked = server.asked().split_off(before);
    assert!(asked.iter().all(|request| request["method"] == "GET"), "{asked:?}");
    let nobody = Device::new(&stranger).await;
    assert_eq!(nobody.join(PASSPHRASE).await, Err(SyncTrouble::NoCopy));
}

#[wasm_bindgen_test]
async fn a_keyring_that_was_made_easy_to_guess_is_not_tried() {
    let tenant = fresh_tenant();
    let subtle = subtle().unwrap();
    let passphrase = Secret::new(PASSPHRASE);
    let (opened, keyring) = new_keyring(&subtle, &quick(), &tenant, &passphrase).await.unwrap();
    let copy = |keyring: String, key: SyncKeyId| SyncCopy {
        id: SyncCopyId::new("c"),
        key,
        keyring,
        sequence: 0,
        items: 0,
        bytes: 0,
    };
    let never = Deriver::by(|_, _| async { panic!("it was tried") });
    let usual = format!("\"memory_kib\":{}", Cost::USUAL.memory_kib);
    let weak = keyring.replace(&usual, "\"memory_kib\":8");
    assert_ne!(weak, keyring);
    let refused = open_keyring(&subtle, &never, &tenant, &copy(weak, opened.key.id().clone()), &passphrase).await;
    assert_eq!(refused.unwrap_err(), SyncTrouble::Keyring(KeyringUnfit::Cost(CostRefused::TooWeak)));
    let other = copy(keyring.clone(), SyncKeyId::from_random(1));
    let moved = open_keyring(&subtle, &quick(), &tenant, &other, &passphrase).await;
    assert_eq!(moved.unwrap_err(), SyncTrouble::WrongPassphrase, "it is bound to the key it is said to be");
    let good = copy(keyring, opened.key.id().clone());
    let again = open_keyring(&subtle, &quick(), &tenant, &good, &passphrase).await.unwrap();
    assert_eq!(again.root, opened.root);
}

#[wasm_bindgen_test]
async fn the_real_derivation_brings_the_key_back() {
    let tenant = fresh_tenant();
    let subtle = subtle().unwrap();
    let real = Deriver::by(|derivation, bytes| async move {
        let Cost { memory_kib, passes, lanes } = derivation.cost;
        let key = passphrase::derive(&bytes, &derivation.salt, memory_kib, passes, lanes).unwrap();
        Ok(Zeroizing::new(key.to_vec()))
    });
    let passphrase = Secret::new(PASSPHRASE);
    let (opened, keyring) = new_keyring(&subtle, &real, &tenant, &passphrase).await.unwrap();
    let (id, key) = (SyncCopyId::new("c"), opened.key.id().clone());
    let copy = SyncCopy { id, key, keyring, sequence: 0, items: 0, bytes: 0 };
    let again = open_keyring(&subtle, &real, &tenant, &copy, &passphrase).await.unwrap();
    assert_eq!(again.root, opened.root);
}

#[wasm_bindgen_test]
async fn a_push_whose_answer_was_lost_is_gone_on_with_and_nothing_is_twice() {
    let _server = copies();
    let (one, other) = Device::two().await;
    let sites: Vec<SiteWrite> = (0..5).map(|number| SiteWrite::New(kept(&format!("s{number}")))).collect();
    one.vault.write_sites(&sites, None).await.unwrap();
    cut();
    assert!(matches!(one.sync().await, Err(SyncTrouble::Server(_))));
    rename(&one, "Written after the cut").await;
    let round = one.sync().await.unwrap().last;
    assert_eq!(round.conflicts, 0, "what the server has already is no other version");
    assert_eq!(round.items, 6);
    assert_eq!(other.sync().await.unwrap().last.pulled, 6);
    assert_eq!(other.vault.sites_since(&BTreeMap::new()).await.unwrap().0.len(), 5);
}

#[wasm_bindgen_test]
async fn a_record_that_is_damaged_here_comes_back_from_the_copy_and_is_not_taken_for_removed() {
    let _server = copies();
    let (one, other) = Device::two().await;
    one.vault.write_sites(&[SiteWrite::New(kept("a")), SiteWrite::New(kept("b"))], None).await.unwrap();
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    let database = Rexie::builder(&database_name(&one.place)).build().await.unwrap();
    let transaction = database.transaction(&["settings"], TransactionMode::ReadWrite).unwrap();
    let store = transaction.store("settings").unwrap();
    for record in ["sites/a", "site_tokens/a"] {
        store.put(&JsValue::from_str("rubbish"), Some(&record.into())).await.unwrap();
    }
    transaction.done().await.unwrap();
    database.close();
    one.vault.distrust();
    one.vault.sites_since(&BTreeMap::new()).await.unwrap();
    one.sync().await.unwrap();
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    for device in [&one, &other] {
        device.vault.distrust();
        assert_eq!(text_of(device, "a").await.as_deref(), Some(TEXT));
    }
}

#[wasm_bindgen_test]
async fn a_copy_that_was_deleted_or_begun_anew_takes_nothing_along() {
    let _server = copies();
    let (one, other) = Device::two().await;
    one.vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    let script = format!("delete window.copies['{}']", one.tenant);
    js_sys::Function::new_no_args(&script).call0(&JsValue::NULL).unwrap();
    assert_eq!(other.sync().await, Err(SyncTrouble::Gone));
    one.begin().await;
    assert_eq!(other.sync().await, Err(SyncTrouble::Replaced));
    assert!(name_of(&other).await.is_some(), "what the device has stays");
    other.vault.end_sync().await.unwrap();
    assert_eq!(other.vault.sync_state().await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_text_from_elsewhere_stands_beside_the_one_before_until_it_worked_here() {
    let _server = copies();
    let (one, other) = Device::two().await;
    one.vault.write_sites(&[SiteWrite::New(kept("a"))], None).await.unwrap();
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    other.vault.change_sites(&[site("a")], |token| Some(token.clone().used_at(sample::NOW, 3))).await.unwrap();
    let replaced = |kept: &Kept| Some(kept.clone().replaced(Secret::new("new.er.text"), Source::Entered, sample::NOW));
    one.vault.change_kept(&site("a"), replaced).await.unwrap();
    one.sync().await.unwrap();
    assert_eq!(other.sync().await.unwrap().last.conflicts, 0, "uses are a device's own");
    let (kept, _) = other.vault.kept_sites(&[site("a")]).await.unwrap().pop().unwrap().unwrap();
    assert_eq!((kept.texts.text.expose(), kept.token.used.count), ("new.er.text", 3));
    assert_eq!(kept.texts.previous.map(|it| it.expose().to_owned()).as_deref(), Some(TEXT));
    assert_eq!(other.came.borrow().last().unwrap().sites, [site("a")]);
}

#[wasm_bindgen_test]
async fn five_thousand_site_tokens_are_synced() {
    let _server = copies();
    let (one, other) = Device::two().await;
    let sites: Vec<SiteWrite> = (0..5_000).map(|number| SiteWrite::New(kept(&format!("t{number:04}")))).collect();
    one.vault.write_sites(&sites, None).await.unwrap();
    let begun = clock::micros();
    let round = one.sync().await.unwrap().last;
    let pushed = clock::micros() - begun;
    assert_eq!((round.pushed, round.items), (5_000, 5_000));
    let begun = clock::micros();
    assert_eq!(other.sync().await.unwrap().last.pulled, 5_000);
    let pulled = clock::micros() - begun;
    assert_eq!(other.vault.sites_since(&BTreeMap::new()).await.unwrap().0.len(), 5_000);
    one.sync().await.unwrap();
    let begun = clock::micros();
    one.sync().await.unwrap();
    let nothing = clock::micros() - begun;
    assert_eq!(one.vault.sync_memory().await.unwrap().unwrap().memory.known.len(), 5_000);
    let of_sites = |key: &domain::sync::ItemKey| key.kind == ItemKind::Site;
    let memory = one.vault.sync_memory().await.unwrap().unwrap().memory;
    assert!(memory.known.values().all(|known| of_sites(&known.key)));
    console_log!(
        "5,000 site tokens: pushed in {pushed} µs, pulled in {pulled} µs, nothing to do in {nothing} µs, {} bytes",
        round.bytes
    );
}
