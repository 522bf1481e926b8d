use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use domain::vault::{StoreError, StoreName};
use js_sys::Array;
use rexie::{ObjectStore, Rexie};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbFactory, IdbKeyRange, IdbTransaction};

use super::transaction::{Strict, Transaction, Trouble};
use super::{KEYS, META, SET_ASIDE, leaving};
use crate::js;

const VERSION: u32 = 1;

/// The transactions that wait for what this page asks of them next.
pub type Unfinished = Rc<RefCell<Vec<IdbTransaction>>>;

/// Whether this page let go of a tenant's records for good.
#[derive(Default)]
pub struct GivenUp(Cell<Option<u64>>);

impl GivenUp {
    /// It does, as if there had been a sign-out: `current` is the epoch after it.
    pub fn give_up(&self, current: u64) {
        self.0.set(Some(current));
    }

    /// What whoever still asks for something gets then: [`StoreError::SignedOut`].
    pub fn check(&self) -> Result<(), StoreError> {
        self.0.get().map_or(Ok(()), |current| Err(StoreError::SignedOut { current }))
    }
}

/// An open database.
pub struct Connection {
    database: IdbDatabase,
    unfinished: Unfinished,
    lost: Rc<Cell<bool>>,
    _on_lost: Closure<dyn FnMut()>,
}

/// All object stores.
pub fn store_names() -> impl Iterator<Item = &'static str> {
    StoreName::OBJECT_STORES.iter().map(|store| store.name()).chain([KEYS, META, SET_ASIDE])
}

impl Connection {
    /// Opens the database, and makes its stores where they are missing; unless it was given up, before or meanwhile.
    pub async fn open(name: &str, given_up: &GivenUp) -> Result<Rc<Self>, Trouble> {
        let leavings = leaving::leavings();
        given_up.check()?;
        let builder = Rexie::builder(name).version(VERSION);
        let builder = store_names().fold(builder, |builder, store| builder.add_object_store(ObjectStore::new(store)));
        builder.build().await?.close();
        given_up.check()?;
        let database = open_existing(name).await?;
        let lost = Rc::new(Cell::new(false));
        // `close`: the browser took the database away. `versionchange`: another page wants to delete or change it, and
        // waits until everyone let go.
        let on_lost = Closure::new({
            let (database, lost) = (database.clone(), Rc::clone(&lost));
            move || {
                lost.set(true);
                database.close();
            }
        });
        database.set_onclose(Some(on_lost.as_ref().unchecked_ref()));
        database.set_onversionchange(Some(on_lost.as_ref().unchecked_ref()));
        let connection = Rc::new(Self { database, unfinished: Rc::default(), lost, _on_lost: on_lost });
        given_up.check()?;
        if leaving::leavings() != leavings {
            return Err(Trouble::Lost("the page was left meanwhile".to_owned()));
        }
        leaving::closes(&connection);
        Ok(connection)
    }

    /// Whether it is closed, by whomever.
    pub fn is_lost(&self) -> bool {
        self.lost.get()
    }

    /// Lets go of the database; what runs is finished first.
    pub fn close(&self) {
        self.lost.set(true);
        self.database.close();
    }

    /// As [`Connection::close`], for a page that may not run on: what is not finished is undone.
    pub fn leave(&self) {
        for transaction in self.unfinished.take() {
            // One that has all it was to be asked can't be undone any more, and ends without the page.
            let _ = transaction.abort();
        }
        self.close();
    }

    /// One value; `undefined` where there is none.
    pub async fn get(&self, store: &str, id: &str) -> Result<JsValue, Trouble> {
        self.reading(&[store])?.get(store, id).await
    }

    /// Several values of any stores, as one moment has them.
    pub async fn get_all(&self, wanted: &[(&str, String)]) -> Result<Vec<JsValue>, Trouble> {
        let stores: BTreeSet<&str> = wanted.iter().map(|(store, _)| *store).collect();
        let wanted = wanted.iter().map(|(store, entry)| (*store, entry.as_str()));
        self.reading(&Vec::from_iter(stores))?.get_all(wanted).await
    }

    /// All keys of a store that begin so with their values, in the order of the keys, as one moment had them.
    pub async fn entries(&self, store: &str, prefix: &str) -> Result<Vec<(JsValue, JsValue)>, Trouble> {
        let range = if prefix.is_empty() { JsValue::UNDEFINED } else { beginning_with(prefix)? };
        self.reading(&[store])?.entries(store, &range).await
    }

    /// A transaction over all stores whose end means that it is on disk.
    pub fn strict(&self) -> Result<Strict, Trouble> {
        let names: Array = store_names().map(JsValue::from_str).collect();
        Strict::begin(&self.database, &names, &self.unfinished)
    }

    fn reading(&self, stores: &[&str]) -> Result<Transaction, Trouble> {
        let names: Array = stores.iter().copied().map(JsValue::from_str).collect();
        Transaction::reading(&self.database, &names, &self.unfinished)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.database.set_onclose(None);
        self.database.set_onversionchange(None);
        self.close();
    }
}

/// Opens a database that is there. Where it is absent the browser begins to make it and is stopped: an aborted first upgrade
/// leaves nothing (Indexed Database API 3.0 §5.8), while one without stores would stay for good.
pub async fn open_existing(name: &str) -> Result<IdbDatabase, Trouble> {
    let factory = js::property(&js_sys::global(), "indexedDB").dyn_into::<IdbFactory>();
    let request = factory?.open(name)?;
    let making = request.clone();
    let on_new = Closure::once(move || {
        if let Some(transaction) = making.transaction() {
            let _ = transaction.abort();
        }
    });
    request.set_onupgradeneeded(Some(on_new.as_ref().unchecked_ref()));
    let settled = js::settled(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    })
    .await;
    request.set_onupgradeneeded(None);
    settled?;
    Ok(request.result()?.unchecked_into())
}

/// The keys that begin so: texts are compared by their UTF-16 units, of which none is greater than U+FFFF.
fn beginning_with(prefix: &str) -> Result<JsValue, Trouble> {
    let last = [prefix, "\u{ffff}"].concat();
    Ok(IdbKeyRange::bound(&prefix.into(), &last.into())?.into())
}
