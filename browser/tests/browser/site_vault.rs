//! Site tokens in the vault: facts apart from texts, all or none, and quick with thousands.

use std::collections::BTreeMap;
use std::rc::Rc;

use browser::clock;
use browser::vault::{SiteWrite, Vault};
use domain::id::{SiteTokenId, TenantId};
use domain::keeper::News;
use domain::secret::Secret;
use domain::site::{Chosen, Kept, Setup, SiteToken, Source, TokenTexts, sample};
use domain::vault::{StoreError, StoreName, database_name};
use rexie::{Rexie, TransactionMode};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use crate::rig::{self, connection, fresh_tenant};

const TEXT: &str = "canary-header.canary-claims.canary-signature";

async fn open(tenant: &TenantId) -> Rc<Vault> {
    Vault::open(tenant, |_| panic!("IndexedDB failed"), |_| {}).await.unwrap()
}

fn kept(id: &str) -> Kept {
    let token = SiteToken { name: format!("Canary site {id}"), ..sample::token(id, Some(300)) };
    Kept { token, texts: TokenTexts { generation: 1, text: Secret::new(TEXT), previous: None } }
}

fn id(id: &str) -> SiteTokenId {
    SiteTokenId::new(id)
}

/// Removes a token, and erases it.
async fn remove(vault: &Vault, name: &str) {
    let removed = |token: &SiteToken| Some(SiteToken { removed_at: Some(sample::NOW), ..token.clone() });
    vault.change_sites(&[id(name)], removed).await.unwrap();
    assert_eq!(vault.erase_sites(&[id(name)]).await.unwrap(), [id(name)]);
}

async fn ids(vault: &Vault) -> Vec<String> {
    let (tokens, _) = vault.sites_since(&BTreeMap::new()).await.unwrap();
    tokens.into_iter().map(|(token, _)| token.id.to_string()).collect()
}

#[wasm_bindgen_test]
async fn a_site_token_is_there_when_the_page_is_loaded_again_and_lies_nowhere_in_clear() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    let written = vault.write_sites(&[SiteWrite::New(kept("a"))], Some(Some(&id("a")))).await.unwrap();
    assert_eq!(written, [(kept("a").token, 1)]);
    vault.write_chosen_site(&Chosen::Operators).await.unwrap();
    vault.write_site_setup(&Setup::Over).await.unwrap();
    let again = open(&tenant).await;
    assert_eq!(again.sites_since(&BTreeMap::new()).await.unwrap(), (written, Vec::new()));
    assert_eq!(again.site_texts(&id("a")).await.unwrap().unwrap().text.expose(), TEXT);
    let settings = again.site_settings().await.unwrap();
    assert_eq!((settings.default, settings.chosen), (Some(id("a")), Some(Chosen::Operators)));
    assert_eq!(settings.setup, Setup::Over);
    let dump = rig::indexed_db_dump(&tenant).await + &rig::local_storage_dump();
    assert!(dump.contains("settings/sites/a") && dump.contains("settings/site_tokens/a"), "nothing there:\n{dump}");
    for canary in ["canary", "Canary", "ses_a_admin"] {
        assert!(!dump.contains(canary), "{canary} lies in the browser in clear");
    }
}

#[wasm_bindgen_test]
async fn of_many_tokens_all_are_written_or_none() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    vault.write_sites(&[SiteWrite::New(kept("b"))], None).await.unwrap();
    let other = open(&tenant).await;
    let batch = ["a", "b", "c"].map(|id| SiteWrite::New(kept(id)));
    assert_eq!(other.write_sites(&batch, None).await, Err(StoreError::Superseded { current: 1 }));
    assert_eq!(ids(&other).await, ["b"]);
    let (_, read) = other.kept_sites(&[id("b")]).await.unwrap().pop().unwrap().unwrap();
    other.write_sites(&[SiteWrite::New(kept("a")), SiteWrite::Erase(id("b"), read)], None).await.unwrap();
    assert_eq!(ids(&vault).await, ["a"]);
    assert_eq!(
        other.kept_sites(&[id("a"), id("b")]).await.unwrap().iter().map(Option::is_some).collect::<Vec<_>>(),
        [true, false]
    );
}

#[wasm_bindgen_test]
async fn two_tabs_that_change_one_token_lose_nothing() {
    let tenant = fresh_tenant();
    let (one, other) = (open(&tenant).await, open(&tenant).await);
    one.write_sites(&[SiteWrite::New(kept("a"))], None).await.unwrap();
    let (at, ids) = (sample::NOW, [id("a")]);
    let (first, second) = futures::join!(
        one.change_sites(&ids, |token| Some(token.clone().used_at(at, 2))),
        other.change_kept(&ids[0], |kept| Some(kept.clone().replaced(Secret::new("new.er.text"), Source::Entered, at))),
    );
    assert!(first.is_ok() && second.is_ok());
    let (now, _) = one.kept_sites(&ids).await.unwrap().pop().unwrap().unwrap();
    assert_eq!((now.token.used.count, now.token.generation), (2, 2));
    assert_eq!(
        (now.texts.text.expose(), now.texts.previous.map(|it| it.expose().to_owned()).as_deref()),
        ("new.er.text", Some(TEXT))
    );
}

#[wasm_bindgen_test]
async fn only_what_changed_is_opened_again_and_what_is_gone_is_named() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    let batch = ["a", "b", "c"].map(|id| SiteWrite::New(kept(id)));
    vault.write_sites(&batch, None).await.unwrap();
    let known = BTreeMap::from([(id("a"), 1), (id("b"), 1), (id("c"), 1)]);
    vault.change_sites(&[id("b")], |token| Some(token.clone().used_at(sample::NOW, 1))).await.unwrap();
    remove(&vault, "c").await;
    let (changed, gone) = vault.sites_since(&known).await.unwrap();
    assert_eq!(changed.iter().map(|(token, version)| (token.id.as_str(), *version)).collect::<Vec<_>>(), [("b", 2)]);
    assert_eq!(gone, [id("c")]);
}

#[wasm_bindgen_test]
async fn a_damaged_record_is_set_aside_and_harms_no_other() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    vault.write_sites(&[SiteWrite::New(kept("a")), SiteWrite::New(kept("b"))], None).await.unwrap();
    let database = Rexie::builder(&database_name(&tenant)).build().await.unwrap();
    let transaction = database.transaction(&["settings"], TransactionMode::ReadWrite).unwrap();
    transaction.store("settings").unwrap().put(&JsValue::from_str("rubbish"), Some(&"sites/a".into())).await.unwrap();
    transaction.done().await.unwrap();
    database.close();
    let again = open(&tenant).await;
    assert_eq!(ids(&again).await, ["b"]);
    assert_eq!((again.sites_set_aside(), again.sites_set_aside()), (1, 0));
    assert_eq!(ids(&again).await, ["b"]);
}

#[wasm_bindgen_test]
async fn a_vault_of_an_earlier_build_takes_site_tokens_while_a_tab_of_that_build_holds_it_open() {
    let tenant = fresh_tenant();
    // What the first build made, held open by a page that never lets go.
    let stores = ["connections", "credentials", "tokens", "intents", "settings", "keys", "meta", "set_aside"];
    let builder = Rexie::builder(&database_name(&tenant)).version(1);
    let builder = stores.iter().fold(builder, |builder, name| builder.add_object_store(rexie::ObjectStore::new(name)));
    let held = builder.build().await.unwrap();
    let vault = open(&tenant).await;
    vault.write_connection(&connection(true), None, &[]).await.unwrap();
    vault.write_sites(&[SiteWrite::New(kept("a"))], None).await.unwrap();
    let again = open(&tenant).await;
    assert_eq!(ids(&again).await, ["a"]);
    assert_eq!(again.contents().await.unwrap().held.len(), 1);
    assert_eq!(held.store_names().len(), stores.len());
    held.close();
}

#[wasm_bindgen_test]
async fn news_of_another_tab_outdate_what_is_cached() {
    let tenant = fresh_tenant();
    let (one, other) = (open(&tenant).await, open(&tenant).await);
    one.write_sites(&[SiteWrite::New(kept("a"))], None).await.unwrap();
    assert_eq!(other.site_texts(&id("a")).await.unwrap().unwrap().generation, 1);
    let replaced = |kept: &Kept| Some(kept.clone().replaced(Secret::new("new.er.text"), Source::Entered, sample::NOW));
    one.change_kept(&id("a"), replaced).await.unwrap();
    other.hear(&News::Sites { tokens: vec![id("a")] });
    assert_eq!(other.site_texts(&id("a")).await.unwrap().unwrap().generation, 2);
    remove(&one, "a").await;
    other.hear(&News::Sites { tokens: Vec::new() });
    assert_eq!(other.site_texts(&id("a")).await.unwrap(), None);
    assert_eq!(StoreName::Sites.object_store(), StoreName::Settings);
}

#[wasm_bindgen_test]
async fn five_thousand_tokens_are_written_in_one_transaction_and_open_fast() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    let writes: Vec<SiteWrite> = (0..5_000).map(|index| SiteWrite::New(kept(&format!("t{index:04}")))).collect();
    let begun = clock::micros();
    vault.write_sites(&writes, None).await.unwrap();
    let written = clock::micros() - begun;
    let again = open(&tenant).await;
    let begun = clock::micros();
    let (tokens, _) = again.sites_since(&BTreeMap::new()).await.unwrap();
    let opened = clock::micros() - begun;
    assert_eq!(tokens.len(), 5_000);
    let known = tokens.into_iter().map(|(token, version)| (token.id, version)).collect();
    let begun = clock::micros();
    let news = again.sites_since(&known).await.unwrap();
    let looked = clock::micros() - begun;
    assert_eq!(news, (Vec::new(), Vec::new()));
    console_log!("5,000 site tokens: written in {written} µs, opened in {opened} µs, looked at again in {looked} µs");
}

#[wasm_bindgen_test]
async fn a_token_that_was_brought_back_is_not_erased() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    vault.write_sites(&[SiteWrite::New(kept("a"))], None).await.unwrap();
    assert_eq!(vault.erase_sites(&[id("a"), id("nobody")]).await.unwrap(), []);
    assert_eq!(ids(&vault).await, ["a"]);
}
