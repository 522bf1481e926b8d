//! One page's keeper at work: inputs go in one at a time, effects are carried out, and what there is to see goes out.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use domain::calls::CallLog;
use domain::id::{ConnectionId, TabId};
use domain::keeper::{ClockSample, Command, Effect, Event, Input, Keeper, View};
use domain::monitoring::Told;
use domain::preferences::Preferences;
use domain::provider::Provider;
use domain::tenant::Opening;
use domain::time::Timestamp;
use domain::vault::StoreError;
use domain::worker_token::LastUsed;
use futures::channel::oneshot;
use futures::future::AbortHandle;
use send_wrapper::SendWrapper;

use crate::page::{self, Alarm, Listener, Ticking};
use crate::tabs::{Tabs, Wanted};
use crate::vault::Vault;
use crate::{BrowserPreferences, clock, locks};

mod asking;
mod at_hand;
mod callers;
mod calls;
mod clipboard;
mod effects;
mod errands;
mod gateway;
mod inquiry;
mod legacy;
mod rehearsal;
mod reports;
mod sites;
mod storage;
mod syncing;
mod tabs;
mod tenants;
mod vault;
mod warnings;
mod worker_token;

use at_hand::AtHand;
use callers::Callers;
use effects::{Job, Saver};
use sites::Sites;
use syncing::Syncing;

/// The keeper of this page and everything it works with. Cloning gives another handle to the same.
///
/// It is `Send` and `Sync` so that the app can hold it; it works only on the browser's one thread.
#[derive(Clone)]
pub struct Runtime {
    inner: SendWrapper<Rc<Inner>>,
}

struct Inner {
    keeper: RefCell<Keeper>,
    /// What the keeper is told next, and who waits until what comes of it is durable.
    inbox: RefCell<VecDeque<(Input, Option<Saver>)>>,
    busy: Cell<bool>,
    /// What must happen in its order: all that touches the vault, and what must not overtake it.
    outbox: RefCell<VecDeque<Job>>,
    working: Cell<bool>,
    opened: Cell<bool>,
    vault: RefCell<Option<Rc<Vault>>>,
    tab: TabId,
    tabs: RefCell<Option<Tabs>>,
    locks: RefCell<BTreeMap<ConnectionId, locks::Held>>,
    /// Those waited for.
    waiting: RefCell<BTreeMap<ConnectionId, AbortHandle>>,
    opening: RefCell<Option<Opening>>,
    /// Hears when another tab removes the tenant.
    on_removal: RefCell<Option<Listener>>,
    /// Whether the tenant was removed, so that this tab does nothing more.
    leaving: Cell<bool>,
    providers: RefCell<Vec<Provider>>,
    providers_asked_at: Cell<Option<Timestamp>>,
    used: RefCell<LastUsed>,
    used_loaded: Cell<bool>,
    calls: RefCell<CallLog>,
    told: RefCell<Told>,
    /// Whether warnings are being told now.
    warning: Cell<bool>,
    callers: Callers,
    at_hand: AtHand,
    sites: Sites,
    syncing: Syncing,
    guard: vault::Guard,
    reports: reports::Queue,
    alarm: Alarm,
    shown: RefCell<View>,
    on_view: Box<dyn Fn(View)>,
    on_now: Box<dyn Fn(Timestamp)>,
    _listeners: Vec<Listener>,
    ticking: Ticking,
}

impl Runtime {
    /// Starts with a keeper that knows nothing. `on_view` gets each new view; `on_now` the server-corrected time, about
    /// once a second while the page can be seen, and never before the first second is over or the vault is opened, so
    /// that the first render stands as the server made it.
    pub fn start(on_view: impl Fn(View) + 'static, on_now: impl Fn(Timestamp) + 'static) -> Self {
        let inner = Rc::new_cyclic(|weak| Inner::new(weak, Box::new(on_view), Box::new(on_now)));
        Self { inner: SendWrapper::new(inner) }
    }

    /// Opens a vault of the person signed in. Only the first call does anything: a new sign-in loads the page anew.
    pub fn open(&self, opening: Opening) {
        if self.inner.opened.replace(true) {
            return;
        }
        self.inner.tick();
        self.inner.queue(Job::Open(opening));
    }

    /// Takes a command; returns at once.
    pub fn send(&self, command: Command) {
        self.inner.feed(Input::Command(command));
    }

    /// Tells the keeper of the server's clock, seen in an answer.
    pub fn hear_clock(&self, sample: ClockSample) {
        self.inner.feed(Input::Event(Event::Clock(sample)));
    }
}

impl Inner {
    fn new(weak: &Weak<Self>, on_view: Box<dyn Fn(View)>, on_now: Box<dyn Fn(Timestamp)>) -> Self {
        let tab = TabId::from_random(clock::random());
        let alarm = Alarm::new({
            let weak = weak.clone();
            move || feed(&weak, Event::Woke)
        });
        let on_tick = {
            let weak = weak.clone();
            move || {
                with(&weak, |inner| {
                    inner.tick();
                    inner.look_after_storage();
                    inner.look_after_warnings();
                    inner.look_after_sites();
                    inner.look_after_idle();
                });
            }
        };
        Self {
            keeper: RefCell::new(Keeper::new(tab.clone())),
            tab,
            inbox: RefCell::default(),
            busy: Cell::default(),
            outbox: RefCell::default(),
            working: Cell::default(),
            opened: Cell::default(),
            vault: RefCell::default(),
            tabs: RefCell::default(),
            locks: RefCell::default(),
            waiting: RefCell::default(),
            opening: RefCell::default(),
            on_removal: RefCell::default(),
            leaving: Cell::default(),
            providers: RefCell::default(),
            providers_asked_at: Cell::default(),
            used: RefCell::default(),
            used_loaded: Cell::default(),
            calls: RefCell::default(),
            told: RefCell::default(),
            warning: Cell::default(),
            callers: Callers::default(),
            at_hand: AtHand::default(),
            sites: Sites::default(),
            syncing: Syncing::default(),
            guard: vault::Guard::default(),
            reports: reports::Queue::default(),
            alarm,
            shown: RefCell::default(),
            on_view,
            on_now,
            _listeners: listeners(weak),
            ticking: Ticking::new(on_tick),
        }
    }

    /// Gives the keeper one input, and carries out what it wants. What comes meanwhile waits for its turn.
    fn feed(self: &Rc<Self>, input: Input) {
        self.feed_with(input, None);
    }

    /// As [`Inner::feed`] for a command that writes a connection; ends when that is durable.
    fn feed_saving(self: &Rc<Self>, command: Command) -> impl Future<Output = Result<(), StoreError>> + use<> {
        let (saver, saved) = oneshot::channel();
        self.feed_with(Input::Command(command), Some(saver));
        async { saved.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the vault is not open".to_owned()))) }
    }

    fn feed_with(self: &Rc<Self>, input: Input, saver: Option<Saver>) {
        self.inbox.borrow_mut().push_back((input, saver));
        if self.busy.replace(true) {
            return;
        }
        while let Some((input, mut saver)) = self.next_input() {
            self.report_input(&input);
            let effects = self.keeper.borrow_mut().handle(input, clock::moment());
            for effect in effects {
                match (&effect, saver.is_some()) {
                    (Effect::WriteConnection { .. }, true) => self.queue(Job::Save(effect, saver.take())),
                    _ => self.carry_out(effect),
                }
            }
            self.show();
        }
        self.busy.set(false);
    }

    fn next_input(&self) -> Option<(Input, Option<Saver>)> {
        self.inbox.borrow_mut().pop_front()
    }

    fn show(&self) {
        let view = self.keeper.borrow().view();
        if *self.shown.borrow() != view {
            self.wipe_outdated(&view);
            self.shown.replace(view.clone());
            (self.on_view)(view);
        }
    }

    /// The server's time, as far as it is known.
    fn now(&self) -> Timestamp {
        clock::now().shifted(self.shown.borrow().clock_offset.unwrap_or(0))
    }

    fn tick(&self) {
        if page::is_visible() {
            (self.on_now)(self.now());
        }
    }

    /// Opens vault and news; the answer is the keeper's first event.
    async fn open(self: &Rc<Self>, opening: Opening) -> Event {
        self.enter(&opening);
        let tenant = opening.tenant.id;
        if !page::is_online() {
            self.feed(Input::Event(Event::Network { online: false }));
        }
        // The line is opened before the vault is read, so that nothing told in between is missed.
        let weak = Rc::downgrade(self);
        let wanted = Wanted::at_best(BrowserPreferences.way());
        let tabs = Tabs::open(self.tab.clone(), &tenant, wanted, move |said| with(&weak, |inner| inner.said(said)));
        self.tabs.replace(Some(tabs));
        let weak = Rc::downgrade(self);
        let on_step = move |level| feed(&weak, Event::SteppedDown(level));
        let weak = Rc::downgrade(self);
        let on_written = move |news| with(&weak, |inner| inner.tell(&news));
        let vault = match Vault::open(&tenant, on_step, on_written).await {
            Ok(vault) => vault,
            Err(error) => return Event::NotOpened(error),
        };
        if self.leaving.get() {
            // Everything was cleared, or the tenant removed, while it was being opened.
            vault.let_go();
            return Event::VaultLocked;
        }
        if self.tabs.borrow().as_ref().is_none_or(Tabs::is_deaf) {
            vault.cache_nothing();
            self.at_hand.go_blind();
        }
        self.hear_of_reports(&vault);
        self.vault.replace(Some(Rc::clone(&vault)));
        self.entered(&vault).await
    }
}

/// Hears what happens to the page, and that somebody touches it.
fn listeners(weak: &Weak<Inner>) -> Vec<Listener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let on_page_event = {
        let weak = weak.clone();
        move |event| with(&weak, |inner| inner.page_event(event))
    };
    let mut listeners = page::listen(&window, on_page_event);
    listeners.extend(["pointerdown", "keydown", "wheel"].map(|name| {
        let weak = weak.clone();
        Listener::new(&window, name, move |_| with(&weak, |inner| inner.touched()))
    }));
    listeners
}

fn with(weak: &Weak<Inner>, then: impl FnOnce(&Rc<Inner>)) {
    if let Some(inner) = weak.upgrade() {
        then(&inner);
    }
}

fn feed(weak: &Weak<Inner>, event: Event) {
    with(weak, |inner| inner.feed(Input::Event(event)));
}
