//! What guards each rung: a breaker, and retries by the rung's own rules.

use std::cell::RefCell;
use std::rc::Rc;

use domain::storage::{Breaker, Meter, Permit, RetryRules, Shut};
use domain::vault::{StorageLevel, StoreError};
use gloo_timers::future::TimeoutFuture;

use crate::clock;

/// A breaker for each rung.
pub struct Gates {
    breakers: RefCell<[Breaker; 3]>,
    meter: Rc<RefCell<Meter>>,
}

impl Gates {
    pub fn new(meter: Rc<RefCell<Meter>>) -> Self {
        Self { breakers: RefCell::default(), meter }
    }

    /// Does it, and does it again where that may help; `step` is told whether it was tried before.
    pub async fn through<T>(
        &self,
        layer: StorageLevel,
        step: impl AsyncFn(bool) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (rules, begun) = (RetryRules::of(layer), clock::micros());
        let (mut tries, mut failures) = (0, 0);
        let outcome = loop {
            let Ok(permit) = self.admit(layer) else { break Err(kept_away()) };
            tries += 1;
            let error = match step(tries > 1).await {
                Ok(output) => {
                    self.succeeded(layer, permit);
                    break Ok(output);
                }
                Err(error) => error,
            };
            if !error.may_pass() {
                // The rung works; it was the rules that said no, or there is no room.
                self.succeeded(layer, permit);
                break Err(error);
            }
            failures += 1;
            self.failed(layer, permit);
            // A pause needs no more dice than half of them.
            #[allow(clippy::cast_possible_truncation)]
            let random = clock::random() as u64;
            let Some(pause) = rules.pause(tries, &error, random) else { break Err(error) };
            TimeoutFuture::new(u32::try_from(pause.millis()).unwrap_or(u32::MAX)).await;
        };
        let took = clock::micros().saturating_sub(begun);
        self.meter.borrow_mut().layer(layer, tries, failures, outcome.is_ok(), took);
        outcome
    }

    /// Leave for one call.
    pub fn admit(&self, layer: StorageLevel) -> Result<Permit, Shut> {
        self.with(layer, |breaker| breaker.admit(clock::now()))
    }

    pub fn succeeded(&self, layer: StorageLevel, permit: Permit) {
        self.with(layer, |breaker| breaker.succeeded(permit));
    }

    pub fn failed(&self, layer: StorageLevel, permit: Permit) {
        self.with(layer, |breaker| breaker.failed(permit, clock::now()));
        self.count(layer);
    }

    /// The rung was given up: nobody tries it for a while.
    pub fn shut(&self, layer: StorageLevel) {
        self.with(layer, |breaker| {
            if breaker.is_closed() {
                breaker.trip(clock::now());
            }
        });
        self.count(layer);
    }

    fn count(&self, layer: StorageLevel) {
        let trips = self.with(layer, |breaker| breaker.trips());
        self.meter.borrow_mut().trips(layer, trips);
    }

    fn with<T>(&self, layer: StorageLevel, change: impl FnOnce(&mut Breaker) -> T) -> T {
        change(&mut self.breakers.borrow_mut()[layer as usize])
    }
}

fn kept_away() -> StoreError {
    StoreError::Unavailable("it failed several times in a row and is left alone for a while".to_owned())
}
