use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use domain::vault::{StoreError, Write};
use futures::future::try_join_all;
use futures::try_join;
use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction};

use super::connection::Unfinished;
use super::keyring::KEY_GENERATION;
use super::{EPOCH, META, place_of, record};
use crate::js;

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase` with the third argument of `transaction`, which `web-sys` calls unstable.
    type DurableDatabase;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &DurableDatabase,
        stores: &Array,
        mode: &str,
        options: &JsValue,
    ) -> Result<IdbTransaction, JsValue>;

    /// `IDBTransaction` with `commit`, which older browsers do not have.
    type FinishedTransaction;

    #[wasm_bindgen(method, catch)]
    fn commit(this: &FinishedTransaction) -> Result<(), JsValue>;
}

/// From how many values of one store on it is worth asking first which there are: one that is absent takes as long as one that is there.
const MANY: usize = 200;

/// Why a step in the database did not happen.
pub enum Trouble {
    /// The rules forbid it, or there is no room: trying again changes nothing.
    Refused(StoreError),
    /// The connection or the browser failed: a new connection may do.
    Lost(String),
}

impl From<JsValue> for Trouble {
    fn from(error: JsValue) -> Self {
        // An event of a failed request or transaction has the error on its target.
        let of_target = js::property(&js::property(&error, "target"), "error");
        let error = if of_target.is_object() { of_target } else { error };
        match js::error_name(&error).as_str() {
            "QuotaExceededError" => Self::Refused(StoreError::QuotaExceeded),
            name => Self::Lost(name.to_owned()),
        }
    }
}

impl From<rexie::Error> for Trouble {
    fn from(error: rexie::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

/// A transaction; as long as this page may still ask something of it, it counts as unfinished.
pub struct Transaction {
    transaction: IdbTransaction,
    unfinished: Unfinished,
}

impl Transaction {
    /// Begins one that reads these stores.
    pub fn reading(database: &IdbDatabase, stores: &Array, unfinished: &Unfinished) -> Result<Self, Trouble> {
        Ok(Self::noted(database.transaction_with_str_sequence(stores)?, unfinished))
    }

    fn noted(transaction: IdbTransaction, unfinished: &Unfinished) -> Self {
        unfinished.borrow_mut().push(transaction.clone());
        Self { transaction, unfinished: Rc::clone(unfinished) }
    }

    /// One value; `undefined` where there is none.
    pub async fn get(&self, store: &str, id: &str) -> Result<JsValue, Trouble> {
        let request = self.store(store)?.get(&JsValue::from_str(id))?;
        answer(request)?.await
    }

    /// Several values; all are asked for before the first is waited for, and of many in one store only those that are there.
    pub async fn get_all<'a>(&self, wanted: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Vec<JsValue>, Trouble> {
        let wanted: Vec<(&str, &str)> = wanted.collect();
        let there = self.keys_of_many(&wanted).await?;
        let asked = wanted.into_iter().map(|(store, id)| {
            let is_absent = there.get(store).is_some_and(|keys| !keys.contains(id));
            let asked = if is_absent { None } else { Some(answer(self.store(store)?.get(&JsValue::from_str(id))?)?) };
            Ok(async move {
                match asked {
                    Some(answer) => answer.await,
                    None => Ok(JsValue::UNDEFINED),
                }
            })
        });
        try_join_all(asked.collect::<Result<Vec<_>, Trouble>>()?).await
    }

    /// The keys there are in each store of which many values are wanted: a new device wants thousands it does not have.
    async fn keys_of_many<'a>(
        &self,
        wanted: &[(&'a str, &str)],
    ) -> Result<BTreeMap<&'a str, BTreeSet<String>>, Trouble> {
        let mut counts = BTreeMap::new();
        for (store, _) in wanted {
            *counts.entry(*store).or_insert(0) += 1;
        }
        let mut keys = BTreeMap::new();
        for (store, _) in counts.into_iter().filter(|(_, count)| *count >= MANY) {
            let found: Array = answer(self.store(store)?.get_all_keys()?)?.await?.unchecked_into();
            keys.insert(store, found.iter().filter_map(|key| key.as_string()).collect());
        }
        Ok(keys)
    }

    /// All keys of a store within a range (`undefined` for all) with their values.
    pub async fn entries(&self, name: &str, range: &JsValue) -> Result<Vec<(JsValue, JsValue)>, Trouble> {
        let store = self.store(name)?;
        let (keys, values) = (store.get_all_keys_with_key(range)?, store.get_all_with_key(range)?);
        let (keys, values) = (answer(keys)?, answer(values)?);
        let (keys, values) = try_join!(keys, values)?;
        let (keys, values): (Array, Array) = (keys.unchecked_into(), values.unchecked_into());
        Ok(keys.iter().zip(values.iter()).collect())
    }

    fn store(&self, name: &str) -> Result<IdbObjectStore, Trouble> {
        Ok(self.transaction.object_store(name)?)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.unfinished.borrow_mut().retain(|other| *other != self.transaction);
    }
}

/// The answer to a request that is under way.
fn answer(request: IdbRequest) -> Result<impl Future<Output = Result<JsValue, Trouble>> + use<>, Trouble> {
    let answered = js::settled(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    Ok(async move {
        answered.await?;
        Ok(request.result()?)
    })
}

/// A transaction that ends when its writes are on disk (`durability: "strict"`).
pub struct Strict {
    inner: Transaction,
    end: JsFuture,
}

impl Strict {
    /// Begins it over these stores.
    pub fn begin(database: &IdbDatabase, stores: &Array, unfinished: &Unfinished) -> Result<Self, Trouble> {
        let options = js::object([("durability", JsValue::from_str("strict"))]);
        let database: &DurableDatabase = database.unchecked_ref();
        let transaction = database.transaction(stores, "readwrite", &options)?;
        // The handlers are set before anything is asked, so that no end is missed.
        let end = js::settled(&mut |resolve, reject| {
            transaction.set_oncomplete(Some(&resolve));
            transaction.set_onabort(Some(&reject));
        });
        Ok(Self { inner: Transaction::noted(transaction, unfinished), end })
    }

    /// One value; `undefined` where there is none.
    pub async fn get(&self, store: &str, id: &str) -> Result<JsValue, Trouble> {
        self.inner.get(store, id).await
    }

    /// Writes a value; whether that worked shows when the transaction ends.
    pub fn put(&self, store: &str, id: &str, value: &JsValue) -> Result<(), Trouble> {
        self.inner.store(store)?.put_with_key(value, &JsValue::from_str(id))?;
        Ok(())
    }

    /// Removes a value, if there is one.
    pub fn delete(&self, store: &str, id: &str) -> Result<(), Trouble> {
        self.inner.store(store)?.delete(&JsValue::from_str(id))?;
        Ok(())
    }

    /// Empties a store.
    pub fn clear(&self, store: &str) -> Result<(), Trouble> {
        self.inner.store(store)?.clear()?;
        Ok(())
    }

    /// Moves the sign-out epoch on; gives the new one.
    pub async fn advance_epoch(&self) -> Result<u64, Trouble> {
        let next = record::number(&self.get(META, EPOCH).await?) + 1;
        self.put(META, EPOCH, &record::from_number(next))?;
        Ok(next)
    }

    /// The generation of the key that stands.
    pub async fn key_generation(&self) -> Result<u64, Trouble> {
        Ok(record::number(&self.get(META, KEY_GENERATION).await?))
    }

    /// All keys of a store with their values.
    pub async fn entries(&self, store: &str) -> Result<Vec<(JsValue, JsValue)>, Trouble> {
        self.inner.entries(store, &JsValue::UNDEFINED).await
    }

    /// All of `writes`, or nothing, if epoch and key stand (`None` for whichever key); `replayed` says that they may have been
    /// written by a connection since lost.
    pub async fn apply(&self, epoch: u64, key: Option<u64>, writes: &[Write], replayed: bool) -> Result<(), Trouble> {
        let places: Vec<(&str, String)> = writes.iter().map(|write| place_of(write.key())).collect();
        let records = places.iter().map(|(store, entry)| (*store, entry.as_str()));
        let mut values = self.inner.get_all(records.chain([(META, KEY_GENERATION), (META, EPOCH)])).await?;
        let current = record::number(&values.pop().unwrap_or(JsValue::UNDEFINED));
        if current != epoch {
            return Err(StoreError::SignedOut { current }.into());
        }
        let current = record::number(&values.pop().unwrap_or(JsValue::UNDEFINED));
        if key.is_some_and(|key| key != current) {
            return Err(StoreError::KeyMoved { current }.into());
        }
        for (write, value) in writes.iter().zip(values) {
            if !(replayed && stands(write, &value)) {
                write.check(record::number(&js::property(&value, "generation")))?;
            }
        }
        writes.iter().try_for_each(|write| self.write(write))
    }

    /// Nothing more is asked; waits until everything is on disk.
    pub async fn complete(self) -> Result<(), Trouble> {
        let transaction: &FinishedTransaction = self.inner.transaction.unchecked_ref();
        // So it ends though this page be left; where there is no such call it ends by itself a moment later.
        let _ = transaction.commit();
        self.end.await?;
        Ok(())
    }

    /// Undoes everything.
    pub async fn abort(self) {
        // Where the transaction is over already there is nothing to undo, and its end was reported before.
        if self.inner.transaction.abort().is_ok() {
            let _ = self.end.await;
        }
    }

    fn write(&self, write: &Write) -> Result<(), Trouble> {
        let (store, entry) = place_of(write.key());
        match write {
            Write::Put { record, .. } => self.put(store, &entry, &record::to_js(record)),
            Write::Remove { .. } => self.delete(store, &entry),
        }
    }
}

/// Whether exactly this write is what stands: a nonce is never drawn twice.
fn stands(write: &Write, value: &JsValue) -> bool {
    match write {
        Write::Put { record, .. } => !value.is_undefined() && record::from_js(value) == *record,
        Write::Remove { .. } => value.is_undefined(),
    }
}
