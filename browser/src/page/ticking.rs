use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Interval;

use super::is_visible;

/// How often while a person can see the page, in milliseconds.
const SEEN: u32 = 1_000;
/// How often while nobody can.
const HIDDEN: u32 = 60_000;

/// Calls something about once a second while a person can see the page, and once a minute while nobody can.
pub struct Ticking {
    on_tick: Rc<dyn Fn()>,
    running: RefCell<Option<(u32, Interval)>>,
}

impl Ticking {
    /// Begins.
    pub fn new(on_tick: impl Fn() + 'static) -> Self {
        let ticking = Self { on_tick: Rc::new(on_tick), running: RefCell::default() };
        ticking.follow();
        ticking
    }

    /// The page may have been shown or hidden.
    pub fn follow(&self) {
        let wanted = if is_visible() { SEEN } else { HIDDEN };
        let mut running = self.running.borrow_mut();
        if running.as_ref().is_none_or(|(every, _)| *every != wanted) {
            let on_tick = Rc::clone(&self.on_tick);
            *running = Some((wanted, Interval::new(wanted, move || on_tick())));
        }
    }
}
