use std::cell::RefCell;
use std::rc::Rc;

use domain::time::{Span, Timestamp};
use gloo_timers::callback::Timeout;

use crate::clock;

/// The longest a browser's timer runs; beyond it, `setTimeout` fires at once (2^31 - 1 ms, 24.8 days).
const LONGEST: u64 = 0x7fff_ffff;

/// Rings once, at the time last set. The deadline is stored, not counted: a timer that was late or stood still while
/// the page slept is made up for by [`Alarm::check`].
#[derive(Clone)]
pub struct Alarm {
    state: Rc<RefCell<State>>,
    ring: Rc<dyn Fn()>,
}

#[derive(Default)]
struct State {
    deadline: Option<Timestamp>,
    timer: Option<Timeout>,
}

impl Alarm {
    /// An alarm that is not set.
    pub fn new(ring: impl Fn() + 'static) -> Self {
        Self { state: Rc::default(), ring: Rc::new(ring) }
    }

    /// Rings at this time of this browser's clock, and at no time set before.
    pub fn set(&self, deadline: Timestamp) {
        self.state.borrow_mut().deadline = Some(deadline);
        self.start();
    }

    /// Rings if the time has come, else starts the timer anew: for whoever may have slept.
    pub fn check(&self) {
        self.check_within(Span::ZERO);
    }

    /// As [`Alarm::check`] for who is told that the time has come by another clock, which may be so far ahead.
    pub fn check_within(&self, ahead: Span) {
        let due = self.state.borrow().deadline.is_some_and(|deadline| clock::now() + ahead >= deadline);
        if due {
            *self.state.borrow_mut() = State::default();
            (self.ring)();
        } else {
            self.start();
        }
    }

    fn start(&self) {
        let Some(deadline) = self.state.borrow().deadline else { return };
        let left = deadline.since(clock::now()).millis().min(LONGEST);
        let alarm = self.clone();
        let timer = Timeout::new(u32::try_from(left).unwrap_or(u32::MAX), move || alarm.fired());
        self.state.borrow_mut().timer = Some(timer);
    }

    fn fired(&self) {
        // A timer that has fired can't be stopped any more.
        if let Some(timer) = self.state.borrow_mut().timer.take() {
            timer.forget();
        }
        self.check();
    }
}
