//! The older app's database: read if it is there, and never made.

use domain::legacy::{Area, DATABASE, Item, RECORDS};
use domain::secret::Secret;
use js_sys::{Array, JSON};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode};

use crate::js;

/// How long one step may take, in milliseconds: a database that a page of the older app holds up must not hold up ours.
const PATIENCE: u32 = 5_000;

/// The records, as JSON under their ids; none where there is no such database, or it can't be read.
pub async fn records() -> Vec<Item> {
    let item = |(key, text)| Item { area: Area::Database, key, text: Secret::new(text) };
    entries(DATABASE, RECORDS).await.into_iter().map(item).collect()
}

/// Removes a record, if it still stands as it was read, and the database with the last of them.
pub async fn remove(item: &Item) {
    erase(DATABASE, RECORDS, &item.key, item.text.expose()).await;
}

/// All records of a store of a database, as JSON under their ids; none where there is no such database, or it can't be read.
pub async fn entries(database: &str, store: &str) -> Vec<(String, String)> {
    let reading = async {
        let database = Database::open(database).await?;
        let store = database.store(store, IdbTransactionMode::Readonly)?;
        let (keys, values) = (store.get_all_keys().ok()?, store.get_all().ok()?);
        let keys: Array = settled(&keys).await?.dyn_into().ok()?;
        let values: Array = settled(&values).await?.dyn_into().ok()?;
        let entry = |(key, value): (JsValue, JsValue)| Some((key.as_string()?, json(&value)?));
        Some(keys.iter().zip(values.iter()).filter_map(entry).collect())
    };
    js::within(PATIENCE, reading).await.flatten().unwrap_or_default()
}

/// Removes a record, if it still stands as it was read, and the database with the last of them.
pub async fn erase(name: &str, store: &str, key: &str, text: &str) {
    let removing = async {
        let database = Database::open(name).await?;
        let store = database.store(store, IdbTransactionMode::Readwrite)?;
        let key = JsValue::from_str(key);
        let value = settled(&store.get(&key).ok()?).await?;
        if json(&value).as_deref() == Some(text) {
            settled(&store.delete(&key).ok()?).await?;
        }
        let left = settled(&store.count().ok()?).await?.as_f64()?;
        drop(database);
        if left == 0.0 {
            settled(&factory()?.delete_database(name).ok()?.into()).await?;
        }
        Some(())
    };
    js::within(PATIENCE, removing).await;
}

/// The database, closed when this is dropped.
struct Database(IdbDatabase);

impl Database {
    /// Opens it. Where it is absent, the browser begins to make it, and is stopped: an aborted first upgrade leaves nothing
    /// (Indexed Database API 3.0 §5.8).
    async fn open(name: &str) -> Option<Self> {
        let request = factory()?.open(name).ok()?;
        let making = request.clone();
        let on_new = Closure::once(move || abort(&making));
        request.set_onupgradeneeded(Some(on_new.as_ref().unchecked_ref()));
        let opened = settled(&request).await;
        request.set_onupgradeneeded(None);
        Some(Self(opened?.dyn_into().ok()?))
    }

    fn store(&self, name: &str, mode: IdbTransactionMode) -> Option<IdbObjectStore> {
        self.0.transaction_with_str_and_mode(name, mode).ok()?.object_store(name).ok()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn factory() -> Option<IdbFactory> {
    js::property(&js_sys::global(), "indexedDB").dyn_into().ok()
}

fn abort(request: &IdbOpenDbRequest) {
    if let Some(transaction) = request.transaction() {
        let _ = transaction.abort();
    }
}

async fn settled(request: &IdbRequest) -> Option<JsValue> {
    let settling = js::settled(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    settling.await.ok()?;
    request.result().ok()
}

fn json(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok()?.as_string()
}
