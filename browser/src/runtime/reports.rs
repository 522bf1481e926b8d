//! What only this browser sees is told to the server's audit log: gathered for a moment, then sent together.
//!
//! A deed that is a write to the vault brings its reports into the same transaction ([`Vault::on_told`]), so that neither is
//! there without the other; what is no write (a text shown, a test, something that failed) is written at once. Each is erased
//! when the server took it, and what is found when the vault is opened is sent. So a server that is away, a tab that is killed
//! and a session that is over lose nothing, as long as the vault can be written: where it is locked, or goes with the tab,
//! reports are in memory only. One that is sent twice is one event, so whatever is not known to have arrived is sent again,
//! and tabs need not agree who sends. A page that is hidden or left may never run again: what waits then goes at once as
//! well, as far as it fits in a few requests that do not end with the page.
//!
//! A deed with thousands of tokens has a report for each. They go in parcels, one request after the other with a pause
//! between, below the pace the server allows one person.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use domain::api::audit::ReportEvents;
use domain::api::{self, Problem};
use domain::audit::{MOST_REPORTS, Report, Reports};
use domain::id::ConnectionId;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::Inner;
use crate::http::{self, Reply};
use crate::vault::{Parcel, Vault};

mod deeds;

/// How long reports are gathered, in milliseconds.
const GATHER: u32 = 1_000;
/// How long after the vault was opened what it keeps is sent, in milliseconds: other tabs have sent theirs by then.
const SETTLE: u32 = 2 * GATHER;
/// How long to wait when the server could not be reached, in milliseconds.
const PAUSE: u32 = 30_000;
/// How long lies between two requests while more waits than one can bring, in milliseconds: 50 a minute, where a server
/// takes 60 of a person unless its operator says otherwise.
const PACE: u32 = 1_200;
/// How many requests a page that is left sends; browsers take 64 KiB of such ones in all.
const PARTING: usize = 4;
/// How many reports may wait, twice as many as the longest file brings; of more, the oldest are lost.
const MOST: usize = 20_000;

/// Reports that are not known to have arrived.
#[derive(Default)]
pub(super) struct Queue {
    waiting: RefCell<VecDeque<Parcel>>,
    /// Those that are not in the vault yet.
    unkept: RefCell<Vec<Parcel>>,
    keeping: Cell<bool>,
    sending: Cell<bool>,
    /// Those that were sent when the page was hidden, and are not answered yet.
    parting: RefCell<BTreeSet<String>>,
    /// What is to be told of a clearing that the page does not see the end of.
    cut: RefCell<Option<Report>>,
    /// The generation of each connection's token that was last told to be over.
    expired: RefCell<BTreeMap<ConnectionId, u64>>,
    /// Whose token's text is told to be shown, until it is concealed.
    shown: RefCell<Option<ConnectionId>>,
}

/// What came of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Taken,
    /// For good: the same is refused again.
    Refused,
    /// Not now.
    Later,
    /// The session is over. The next one of this person may tell it.
    Over,
}

impl Inner {
    /// Tells the audit log of what is no write to the vault; returns at once.
    pub(super) fn report(self: &Rc<Self>, report: Report) {
        self.report_all(&[report]);
    }

    /// As [`Inner::report`], of one deed with many.
    pub(super) fn report_all(self: &Rc<Self>, reports: &[Report]) {
        let parcels = Parcel::pack(reports);
        self.keep(parcels.clone());
        self.tell_log(parcels);
    }

    /// What is written with a deed from now on is sent.
    pub(super) fn hear_of_reports(self: &Rc<Self>, vault: &Vault) {
        let weak = Rc::downgrade(self);
        vault.on_told(move |parcels| super::with(&weak, |inner| inner.tell_log(parcels)));
    }

    /// Sends reports in a moment.
    fn tell_log(self: &Rc<Self>, parcels: Vec<Parcel>) {
        let surplus = self.wait_with(parcels);
        if !surplus.is_empty() {
            let inner = Rc::clone(self);
            spawn_local(async move { inner.erase_told(&surplus).await });
        }
        self.send_after(GATHER);
    }

    /// Writes reports into the vault, with those that come until that is done.
    fn keep(self: &Rc<Self>, parcels: Vec<Parcel>) {
        self.reports.unkept.borrow_mut().extend(parcels);
        if self.reports.keeping.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            loop {
                let parcels = inner.reports.unkept.take();
                let Ok(vault) = inner.vault() else { break };
                if parcels.is_empty() {
                    break;
                }
                // What can't be kept is told by this tab, or not at all.
                drop(vault.keep_reports(&parcels).await);
            }
            inner.reports.keeping.set(false);
        });
    }

    /// What the vault keeps is sent: it was opened.
    pub(super) fn open_reports(self: &Rc<Self>) {
        let inner = Rc::clone(self);
        spawn_local(async move {
            TimeoutFuture::new(SETTLE).await;
            let Ok(vault) = inner.vault() else { return };
            let Ok(kept) = vault.kept_reports().await else { return };
            if kept.is_empty() {
                return;
            }
            let surplus = inner.wait_with(kept);
            inner.erase_told(&surplus).await;
            inner.send_after(0);
        });
    }

    /// Takes parcels among those that wait; gives those that are too many.
    fn wait_with(&self, parcels: Vec<Parcel>) -> Vec<Parcel> {
        let mut waiting = self.reports.waiting.borrow_mut();
        let known: BTreeSet<String> = waiting.iter().map(|parcel| parcel.id().to_owned()).collect();
        waiting.extend(parcels.into_iter().filter(|parcel| !known.contains(parcel.id())));
        let mut count: usize = waiting.iter().map(|parcel| parcel.reports().len()).sum();
        let mut surplus = Vec::new();
        while count > MOST
            && let Some(oldest) = waiting.pop_front()
        {
            count -= oldest.reports().len();
            surplus.push(oldest);
        }
        surplus
    }

    fn send_after(self: &Rc<Self>, wait: u32) {
        if self.reports.sending.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            TimeoutFuture::new(wait).await;
            inner.send_reports().await;
            inner.reports.sending.set(false);
        });
    }

    /// The page may never run again, or the session is about to end: what waits is sent now, the oldest first. What does not
    /// fit is told by the page itself, if it goes on, or by the next one.
    pub(super) fn part_with_reports(self: &Rc<Self>) {
        let parting = &self.reports.parting;
        for _ in 0..PARTING {
            let parcels = {
                let (waiting, parting) = (self.reports.waiting.borrow(), parting.borrow());
                fitting(waiting.iter().filter(|parcel| !parting.contains(parcel.id())), usize::MAX)
            };
            if parcels.is_empty() {
                return;
            }
            let Ok(call) = api::request(&ReportEvents, &together(&parcels)) else { return };
            // Begun here and not in the task: that may never run.
            let answer = http::parting(&call);
            parting.borrow_mut().extend(parcels.iter().map(|parcel| parcel.id().to_owned()));
            let inner = Rc::clone(self);
            spawn_local(async move {
                if outcome(answer.await.as_ref()) == Sent::Taken {
                    inner.told(&parcels).await;
                }
                inner.reports.parting.borrow_mut().retain(|id| parcels.iter().all(|parcel| parcel.id() != id));
            });
        }
    }

    /// The page is left: what it was about to tell of a clearing is told as it stands.
    pub(super) fn part_from_clearing(self: &Rc<Self>) {
        if let Some(report) = self.reports.cut.take() {
            self.report(report);
            self.part_with_reports();
        }
    }

    async fn send_reports(&self) {
        let mut most = usize::MAX;
        loop {
            let (parcels, more) = {
                let waiting = self.reports.waiting.borrow();
                let parcels = fitting(waiting.iter(), most);
                let more = waiting.len() > parcels.len();
                (parcels, more)
            };
            if parcels.is_empty() {
                return;
            }
            let outcome = match api::request(&ReportEvents, &together(&parcels)) {
                Ok(call) => outcome(http::reply(&call).await.as_ref()),
                Err(_) => Sent::Refused,
            };
            match outcome {
                Sent::Taken => self.told(&parcels).await,
                // One that is refused, as its tenant was removed, takes no other along.
                Sent::Refused if parcels.len() > 1 => most = 1,
                Sent::Refused => self.told(&parcels).await,
                Sent::Later => TimeoutFuture::new(PAUSE).await,
                // What the vault keeps is found there again.
                Sent::Over => return self.reports.waiting.borrow_mut().clear(),
            }
            if more {
                TimeoutFuture::new(PACE).await;
            }
        }
    }

    /// These are told: they wait no more, and are kept no more.
    async fn told(&self, sent: &[Parcel]) {
        let sent_ids: BTreeSet<&str> = sent.iter().map(Parcel::id).collect();
        self.reports.waiting.borrow_mut().retain(|parcel| !sent_ids.contains(parcel.id()));
        self.erase_told(sent).await;
    }

    async fn erase_told(&self, told: &[Parcel]) {
        // One that stays is told once more, which the server takes for what it is.
        if let Ok(vault) = self.vault()
            && !told.is_empty()
        {
            drop(vault.erase_reports(told).await);
        }
    }
}

/// The first parcels, at most so many, that fit into one request.
fn fitting<'a>(parcels: impl Iterator<Item = &'a Parcel>, most: usize) -> Vec<Parcel> {
    let mut count = 0;
    let fits = |parcel: &&Parcel| {
        count += parcel.reports().len();
        count <= MOST_REPORTS
    };
    parcels.take(most).take_while(fits).cloned().collect()
}

fn together(parcels: &[Parcel]) -> Reports {
    Reports { reports: parcels.iter().flat_map(Parcel::reports).cloned().collect() }
}

/// Whether reports were taken, or may be taken later.
fn outcome(reply: Option<&Reply>) -> Sent {
    match reply.map(Reply::read) {
        Some(Ok(_)) => Sent::Taken,
        Some(Err(Problem { status: 401, .. })) => Sent::Over,
        None | Some(Err(Problem { status: 429 | 500.., .. })) => Sent::Later,
        Some(Err(_)) => Sent::Refused,
    }
}
