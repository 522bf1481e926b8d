//! What the vault costs against IndexedDB without it, measured in the browser and printed; nothing here can fail for
//! being slow.
//!
//! `cargo test -p browser --target wasm32-unknown-unknown --test bench_vault -- --nocapture`
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

use std::collections::BTreeMap;

use browser::vault::{SiteWrite, Vault};
use domain::connection::{Connection, Credential};
use domain::id::{ConnectionId, IntentId, ProviderId, TenantId};
use domain::provider::{ClientAuthentication, Place};
use domain::secret::Secret;
use domain::site::{Kept, TokenTexts, sample};
use domain::time::{Span, Timestamp};
use domain::token::{StoredToken, TokenFacts};
use domain::vault::{Expected, RecordKey, RecordStore, SealedRecord, StoreName};
use rexie::{ObjectStore, Rexie, TransactionMode};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const ROUNDS: u64 = 300;
/// As long as a real worker token.
const TOKEN_LENGTH: usize = 1_200;

/// Milliseconds of a clock that never goes back, with a fraction.
fn clock() -> f64 {
    web_sys::window().and_then(|window| window.performance()).unwrap().now()
}

#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    async fn measure<T>(&mut self, work: impl Future<Output = T>) -> T {
        let begun = clock();
        let output = work.await;
        self.0.push(clock() - begun);
        output
    }

    /// Prints one line for each percentile: the name, and whole microseconds.
    fn print(mut self, name: &str) {
        self.0.sort_by(f64::total_cmp);
        for percent in [50, 99] {
            let index = self.0.len() * percent / 100;
            console_log!("{name}_p{percent}_us {:.0}", self.0[index.min(self.0.len() - 1)] * 1_000.0);
        }
    }
}

fn token(generation: u64) -> StoredToken {
    let facts = TokenFacts {
        generation,
        token_type: "Bearer".to_owned(),
        scope: None,
        received_at: Timestamp::from_seconds(0),
        expires_at: Timestamp::from_seconds(3_600),
        renew_at: Timestamp::from_seconds(3_000),
        floor: Span::from_seconds(15),
        lifetime_known: true,
        host: "auth.example.com".to_owned(),
        took: Span::from_millis(100),
        tries: 1,
        shared: domain::token::Shared::default(),
    };
    StoredToken { access_token: Secret::new("t".repeat(TOKEN_LENGTH)), facts }
}

fn connection(id: &ConnectionId) -> Connection {
    Connection {
        id: id.clone(),
        name: "Measured".to_owned(),
        provider: ProviderId::new("p"),
        place: Place::default(),
        client_id: "client".to_owned(),
        scopes: Vec::new(),
        authentication: ClientAuthentication::ClientSecretBasic,
        keep_credential: true,
        created_at: Timestamp::from_seconds(0),
        removed_at: None,
    }
}

/// A token written (sealed, fenced, on disk) and read (opened) through the vault.
#[wasm_bindgen_test]
async fn vault_put_and_get() {
    let begun = clock();
    let vault = Vault::open(&TenantId::from_random(browser::clock::random()), |_| {}, |_| {}).await.unwrap();
    console_log!("vault_open_us {:.0}", (clock() - begun) * 1_000.0);
    let (id, intent) = (ConnectionId::new("c"), IntentId::new("i"));
    let credential = Credential::ClientSecret(Secret::new("a-client-secret"));
    vault.write_connection(&connection(&id), Some(&credential), &[]).await.unwrap();
    let (mut put, mut get, mut cached) = (Times::default(), Times::default(), Times::default());
    for generation in 1..=ROUNDS {
        put.measure(vault.commit(&id, &token(generation), 0, &intent, &[])).await.unwrap();
        get.measure(vault.newest_token(&id)).await.unwrap();
        cached.measure(vault.token(&id)).await.unwrap();
    }
    put.print("vault_put");
    get.print("vault_get");
    cached.print("vault_cached_get");
}

/// The facts of many site tokens, as a page reads them when it is opened; their texts stay where they are.
#[wasm_bindgen_test]
async fn site_tokens_open() {
    for count in [10, 1_000, 5_000] {
        let tenant = TenantId::from_random(browser::clock::random());
        let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
        let kept = |index: usize| Kept {
            token: sample::token(&format!("t{index}"), Some(300)),
            texts: TokenTexts { generation: 1, text: Secret::new("t".repeat(TOKEN_LENGTH)), previous: None },
        };
        let writes: Vec<SiteWrite> = (0..count).map(|index| SiteWrite::New(kept(index))).collect();
        let begun = clock();
        vault.write_sites(&writes, None).await.unwrap();
        console_log!("site_tokens_{count}_write_us {:.0}", (clock() - begun) * 1_000.0);
        let again = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
        let begun = clock();
        let (tokens, _) = again.sites_since(&BTreeMap::new()).await.unwrap();
        console_log!("site_tokens_{count}_open_us {:.0}", (clock() - begun) * 1_000.0);
        let known = tokens.into_iter().map(|(token, version)| (token.id, version)).collect();
        let begun = clock();
        again.sites_since(&known).await.unwrap();
        console_log!("site_tokens_{count}_look_again_us {:.0}", (clock() - begun) * 1_000.0);
    }
}

/// The fenced, strict write alone, without sealing.
#[wasm_bindgen_test]
async fn place_put_and_get() {
    let tenant = TenantId::from_random(browser::clock::random());
    let store = browser::vault::IndexedDbStore::open(&tenant).await.unwrap();
    let key = RecordKey { store: StoreName::Tokens, id: "c".to_owned() };
    let (mut put, mut get) = (Times::default(), Times::default());
    for generation in 1..=ROUNDS {
        let record = SealedRecord { generation, nonce: vec![1; 12], ciphertext: vec![1; TOKEN_LENGTH] };
        let expected = Expected { generation: generation - 1, epoch: 0 };
        put.measure(store.put(&key, expected, record)).await.unwrap();
        get.measure(store.get(&key)).await.unwrap();
    }
    put.print("place_put");
    get.print("place_get");
}

/// IndexedDB as it is, with its own (relaxed) durability: a string of the same length.
#[wasm_bindgen_test]
async fn raw_put_and_get() {
    let name = format!("raw.{:x}", browser::clock::random());
    let database = Rexie::builder(&name).version(1).add_object_store(ObjectStore::new("s")).build().await.unwrap();
    let value = JsValue::from_str(&"t".repeat(TOKEN_LENGTH));
    let (mut put, mut get) = (Times::default(), Times::default());
    for _ in 0..ROUNDS {
        put.measure(async {
            let transaction = database.transaction(&["s"], TransactionMode::ReadWrite).unwrap();
            transaction.store("s").unwrap().put(&value, Some(&JsValue::from_str("c"))).await.unwrap();
            transaction.done().await.unwrap();
        })
        .await;
        get.measure(async {
            let transaction = database.transaction(&["s"], TransactionMode::ReadOnly).unwrap();
            transaction.store("s").unwrap().get(JsValue::from_str("c")).await.unwrap();
        })
        .await;
    }
    put.print("raw_put");
    get.print("raw_get");
}

/// Half an hour of a person with one connection: a page a minute, each with eight calls that need the token, a few changes of
/// mind in the settings, two renewals. Prints what was asked of storage and what reached it.
///
/// Reads under a lock and writes of tokens always reach it, and every fifth page the cache has forgotten.
#[wasm_bindgen_test]
async fn session_of_a_person() {
    let vault = Vault::open(&TenantId::from_random(browser::clock::random()), |_| {}, |_| {}).await.unwrap();
    let (id, intent) = (ConnectionId::new("c"), IntentId::new("i"));
    let credential = Credential::ClientSecret(Secret::new("a-client-secret"));
    vault.write_connection(&connection(&id), Some(&credential), &[]).await.unwrap();
    for page in 0..30_u64 {
        if page % 15 == 0 {
            // A renewal: what the lock guards is read, the credential is used, the token is written.
            vault.held(&id).await.unwrap();
            vault.credential(&id).await.unwrap();
            vault.commit(&id, &token(page / 15 + 1), 0, &intent, &[]).await.unwrap();
        }
        if page % 5 == 4 {
            // The person was away for more than five minutes, or looked at another tab.
            vault.distrust();
        }
        let mut saves = Vec::new();
        for _ in 0..8 {
            assert!(vault.token(&id).await.unwrap().is_some());
        }
        // A minute has passed since the page before, so it is written once when the token was last used.
        saves.push(vault.write_setting("last_used", &page));
        if page % 6 == 0 {
            for theme in [1_u64, 2, 1] {
                saves.push(vault.write_setting("theme", &theme));
            }
        }
        for saved in saves {
            saved.await.unwrap();
        }
    }
    let metrics = vault.metrics();
    let percent = |share: Option<f64>| share.unwrap_or(0.0) * 100.0;
    let reads = metrics.cache_hits + metrics.cache_misses + metrics.fresh_reads;
    console_log!("session_reads_asked {reads}");
    console_log!("session_cache_hits {}", metrics.cache_hits);
    console_log!("session_hit_rate_percent {:.0}", percent(metrics.hit_rate()));
    console_log!("session_writes_asked {}", metrics.writes_asked);
    console_log!("session_transactions {}", metrics.transactions);
    let saved = metrics.writes_asked.saturating_sub(metrics.transactions) * 100 / metrics.writes_asked.max(1);
    console_log!("session_writes_saved_percent {saved}");
    console_log!("session_io_saved_percent {:.0}", percent(metrics.io_saved()));
    console_log!("session_response_mean_us {}", metrics.response.mean_us);
    console_log!("session_response_p99_us {}", metrics.response.p99_us);
}
