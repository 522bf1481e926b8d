//! Settings, and what else may be lost with the page: written in batches, one transaction for each.
//!
//! Only [`StoreName::Settings`] can be written this way. Whoever asks is answered when it is durable.

use std::rc::Rc;

use domain::keeper::News;
use domain::vault::{StoreError, StoreName};
use futures::channel::oneshot;
use gloo_timers::callback::Timeout;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use super::Vault;
use super::newer::or_none;
use super::records::{Change, json};
use crate::{clock, js};

/// The value of one setting as JSON.
pub type Setting = Rc<Zeroizing<Vec<u8>>>;
/// Who asked for a write, waiting for its end.
pub type Asker = oneshot::Sender<Result<(), StoreError>>;

impl Vault {
    /// A setting: the newest, even while it waits to be written.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn setting<T: DeserializeOwned>(&self, id: &str) -> Result<Option<T>, StoreError> {
        let waiting = self.batch.borrow().newest(&id.to_owned()).cloned();
        match waiting {
            Some(json) => Ok(js::from_json(&json)),
            None => or_none(self.value(StoreName::Settings, id).await),
        }
    }

    /// Writes a setting with the next batch; ends when it is durable. It is written even when nobody waits for the end.
    ///
    /// # Errors
    ///
    /// [`StoreError::SignedOut`] when a sign-out came first. A place that fails is tried again until it works.
    pub fn write_setting<T: Serialize>(
        self: &Rc<Self>,
        id: &str,
        value: &T,
    ) -> impl Future<Output = Result<(), StoreError>> + use<T> {
        let (asker, end) = oneshot::channel();
        self.batch.borrow_mut().put(id.to_owned(), Rc::new(json(value)), asker, clock::now());
        self.plan_flush();
        async { end.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the page was left".to_owned()))) }
    }

    /// The page is hidden or left: what waits is written at once.
    pub fn hurry(self: &Rc<Self>) {
        self.batch.borrow_mut().hurry();
        self.plan_flush();
    }

    /// Sets the timer for the next flush, if one is wanted.
    fn plan_flush(self: &Rc<Self>) {
        let now = clock::now();
        let Some(due) = self.batch.borrow().due(now) else { return };
        let wait = u32::try_from(due.since(now).millis()).unwrap_or(u32::MAX);
        if wait == 0 {
            return spawn_local(Rc::clone(self).flush());
        }
        let weak = Rc::downgrade(self);
        let timer = Timeout::new(wait, move || {
            if let Some(vault) = weak.upgrade() {
                spawn_local(vault.flush());
            }
        });
        self.flush_timer.replace(Some(timer));
    }

    async fn flush(self: Rc<Self>) {
        let values = self.batch.borrow_mut().begin(clock::now());
        if let Some(values) = values {
            self.meter.borrow_mut().batch();
            let begun = clock::micros();
            let changes: Vec<Change> = values.into_iter().map(|(id, json)| Change::setting(&id, &json)).collect();
            let outcome = self.make(self.epoch.get(), &changes, &[]).await;
            self.flushed(outcome, super::reading::since(begun));
        }
        self.plan_flush();
    }

    fn flushed(&self, outcome: Result<Vec<(String, u64)>, StoreError>, took: u64) {
        let (askers, answer) = match outcome {
            Ok(written) => {
                for (id, generation) in written {
                    (self.on_written)(News::Written { store: StoreName::Settings, id, generation });
                }
                (self.batch.borrow_mut().done(), Ok(()))
            }
            Err(StoreError::SignedOut { current }) => {
                (self.batch.borrow_mut().abandon(), Err(StoreError::SignedOut { current }))
            }
            Err(_) => {
                // A pause needs no more dice than half of them.
                #[allow(clippy::cast_possible_truncation)]
                let random = clock::random() as u64;
                return self.batch.borrow_mut().failed(clock::now(), random);
            }
        };
        for asker in askers {
            self.meter.borrow_mut().written(took);
            // Who no longer waits does not hear of it.
            let _ = asker.send(answer.clone());
        }
    }

    /// What waits is written now; ends when that is over.
    pub(super) async fn flush_now(self: &Rc<Self>) {
        self.batch.borrow_mut().hurry();
        Rc::clone(self).flush().await;
    }

    /// Nothing that waits is written any more, because of this.
    pub(super) fn abandon(&self, because: &StoreError) {
        for asker in self.batch.borrow_mut().abandon() {
            let _ = asker.send(Err(because.clone()));
        }
    }
}
