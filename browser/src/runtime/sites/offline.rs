//! Calls that only read wait while the network is away, and are made in their order when it is back.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::api::{Code, Problem};
use domain::site::SiteCall;
use futures::channel::oneshot;
use wasm_bindgen_futures::spawn_local;

use super::super::Inner;
use crate::{js, page};

/// The most calls that wait at once.
const MOST: usize = 50;
/// How long one waits, in milliseconds.
const PATIENCE: u32 = 600_000;
/// How often one call waits: a network that comes and goes must not hold it for ever.
const TIMES: u32 = 3;

/// The right to be sent; the next call has it when this is dropped.
type Turn = oneshot::Sender<()>;

/// The calls of this page that wait, in the order they were made.
#[derive(Default)]
pub(super) struct Offline {
    made: Cell<u64>,
    waiting: RefCell<BTreeMap<u64, oneshot::Sender<Turn>>>,
    letting_go: Cell<bool>,
}

/// One call's part of it.
#[derive(Default)]
pub(super) struct Queued {
    /// Where it stands, from when it first had to wait.
    place: Option<u64>,
    times: u32,
    turn: Option<Turn>,
}

impl Queued {
    /// It was sent, or waits for something else now.
    pub(super) fn passes(&mut self) {
        self.turn = None;
    }
}

impl Inner {
    /// Waits until there is a network; gives whether it had to.
    ///
    /// # Errors
    ///
    /// [`Code::Unreachable`] for a call that changes something, when too many wait, and when none comes.
    pub(super) async fn wait_for_network(
        self: &Rc<Self>,
        call: &SiteCall,
        queued: &mut Queued,
    ) -> Result<bool, Problem> {
        if page::is_online() {
            return Ok(false);
        }
        queued.passes();
        queued.times += 1;
        let offline = &self.sites.offline;
        let why = match offline.waiting.borrow().len() {
            _ if call.body.is_some() => Some(
                "The network is away, so nothing was sent. It is not sent later by itself, as it may change something.",
            ),
            _ if queued.times > TIMES => Some("The network came and went several times. Try again when it stays."),
            MOST.. => Some("The network is away, and 50 calls wait for it already. Try again when it is back."),
            _ => None,
        };
        if let Some(why) = why {
            return Err(Problem::new(Code::Unreachable).with_detail(why));
        }
        let place = *queued.place.get_or_insert_with(|| offline.made.replace(offline.made.get() + 1));
        let (go, gone) = oneshot::channel();
        offline.waiting.borrow_mut().insert(place, go);
        self.show_waiting();
        let turn = js::within(PATIENCE, gone).await;
        offline.waiting.borrow_mut().remove(&place);
        self.show_waiting();
        let Some(Ok(turn)) = turn else {
            let why = "The network was away for ten minutes, or this page was locked meanwhile. Try again.";
            return Err(Problem::new(Code::Unreachable).with_detail(why));
        };
        queued.turn = Some(turn);
        Ok(true)
    }

    /// The network is back: the calls that wait are made one after the other, while it stays.
    pub(in super::super) fn network_is_back(self: &Rc<Self>) {
        if self.sites.offline.letting_go.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            while page::is_online() {
                let first = inner.sites.offline.waiting.borrow_mut().pop_first();
                let Some((_, go)) = first else { break };
                let (turn, over) = oneshot::channel();
                if go.send(turn).is_ok() {
                    // It ends when the call was sent, or needs a person first.
                    let _ = over.await;
                }
            }
            inner.sites.offline.letting_go.set(false);
        });
    }

    /// The vault was shut: nobody waits any more.
    pub(super) fn let_queued_go(&self) {
        self.sites.offline.waiting.take();
    }

    fn show_waiting(&self) {
        let waiting = self.sites.offline.waiting.borrow().len();
        self.show_sites(|view| view.waiting = waiting);
    }
}
