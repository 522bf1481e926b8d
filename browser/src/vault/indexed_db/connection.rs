use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use domain::vault::StoreName;
use futures::future::try_join_all;
use js_sys::Array;
use rexie::{ObjectStore, Rexie, TransactionMode};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbFactory};

use super::transaction::{Strict, Trouble};
use super::{KEYS, META, SET_ASIDE};
use crate::js;

const VERSION: u32 = 1;

/// An open database: once for reading, once for strict writing.
pub struct Connection {
    reader: Rc<RefCell<Option<Rexie>>>,
    writer: IdbDatabase,
    lost: Rc<Cell<bool>>,
    _on_lost: Closure<dyn FnMut()>,
}

fn store_names() -> impl Iterator<Item = &'static str> {
    StoreName::ALL.iter().map(|store| store.name()).chain([KEYS, META, SET_ASIDE])
}

impl Connection {
    /// Opens the database, and makes its stores where they are missing.
    pub async fn open(name: &str) -> Result<Self, Trouble> {
        let builder = Rexie::builder(name).version(VERSION);
        let builder = store_names().fold(builder, |builder, store| builder.add_object_store(ObjectStore::new(store)));
        let reader = Rc::new(RefCell::new(Some(builder.build().await?)));
        let writer = open_writer(name).await?;
        let lost = Rc::new(Cell::new(false));
        // `close`: the browser took the database away. `versionchange`: another page wants to delete or change it, and
        // waits until everyone let go.
        let on_lost = Closure::new({
            let (reader, writer, lost) = (Rc::clone(&reader), writer.clone(), Rc::clone(&lost));
            move || let_go(&reader, &writer, &lost)
        });
        writer.set_onclose(Some(on_lost.as_ref().unchecked_ref()));
        writer.set_onversionchange(Some(on_lost.as_ref().unchecked_ref()));
        Ok(Self { reader, writer, lost, _on_lost: on_lost })
    }

    /// Whether the browser or another page took it away.
    pub fn is_lost(&self) -> bool {
        self.lost.get()
    }

    /// Lets go of the database; what runs is finished first.
    pub fn close(&self) {
        let_go(&self.reader, &self.writer, &self.lost);
    }

    /// One value; `None` or `undefined` where there is none.
    pub async fn get(&self, store: &str, id: &str) -> Result<Option<JsValue>, Trouble> {
        Ok(self.reading(store)?.get(JsValue::from_str(id)).await?)
    }

    /// Several values of any stores, as one moment has them.
    pub async fn get_all(&self, wanted: &[(&str, &str)]) -> Result<Vec<Option<JsValue>>, Trouble> {
        let names: BTreeSet<&str> = wanted.iter().map(|(store, _)| *store).collect();
        let transaction = self.transaction(&Vec::from_iter(names))?;
        let stores = wanted.iter().map(|(store, id)| Ok((transaction.store(store)?, JsValue::from_str(id))));
        let stores = stores.collect::<Result<Vec<_>, rexie::Error>>()?;
        // All are asked for before the first is waited for.
        Ok(try_join_all(stores.iter().map(|(store, id)| store.get(id.clone()))).await?)
    }

    /// All keys of a store with their values, in the order of the keys, as one moment had them.
    pub async fn entries(&self, store: &str) -> Result<Vec<(JsValue, JsValue)>, Trouble> {
        Ok(self.reading(store)?.scan(None, None, None, None).await?)
    }

    /// A transaction over all stores whose end means that it is on disk.
    pub fn strict(&self) -> Result<Strict, Trouble> {
        let names: Array = store_names().map(JsValue::from_str).collect();
        Strict::begin(&self.writer, &names)
    }

    fn reading(&self, store: &str) -> Result<rexie::Store, Trouble> {
        Ok(self.transaction(&[store])?.store(store)?)
    }

    fn transaction(&self, stores: &[&str]) -> Result<rexie::Transaction, Trouble> {
        let reader = self.reader.borrow();
        let reader = reader.as_ref().ok_or_else(|| Trouble::Lost("closed".to_owned()))?;
        Ok(reader.transaction(stores, TransactionMode::ReadOnly)?)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.writer.set_onclose(None);
        self.writer.set_onversionchange(None);
        self.close();
    }
}

fn let_go(reader: &RefCell<Option<Rexie>>, writer: &IdbDatabase, lost: &Cell<bool>) {
    lost.set(true);
    if let Some(reader) = reader.take() {
        reader.close();
    }
    writer.close();
}

async fn open_writer(name: &str) -> Result<IdbDatabase, Trouble> {
    let factory = js::property(&js_sys::global(), "indexedDB").dyn_into::<IdbFactory>();
    let request = factory?.open_with_u32(name, VERSION)?;
    js::settled(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    })
    .await?;
    Ok(request.result()?.unchecked_into())
}
