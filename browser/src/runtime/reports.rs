//! What only this browser sees is told to the server's audit log: gathered for a moment, then sent together.
//!
//! Each report is written into the vault a moment after the deed, in a transaction of its own, and erased when the server took
//! it; what is found there when the vault is opened is sent. So a server that is away, a page that is left and a session that
//! is over lose nothing, as long as the vault can be written: where it is locked, or goes with the tab, reports are in memory
//! only. One that is sent twice is one event, so whatever is not known to have arrived is sent again, and tabs need not
//! agree who sends. A page that is hidden or left may never run again: what waits then goes at once as well, in a request that
//! does not end with the page.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use domain::api::audit::ReportEvents;
use domain::api::{self, Problem};
use domain::audit::{MOST_REPORTS, Report, Reports};
use domain::id::{ConnectionId, ReportId};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::Inner;
use crate::http::{self, Reply};

mod deeds;

/// How long reports are gathered, in milliseconds.
const GATHER: u32 = 1_000;
/// How long after a deed its report is written into the vault, in milliseconds. After a renewal the other tabs read the new token
/// meanwhile, which would wait for that write.
const MOMENT: u32 = 250;
/// How long after the vault was opened what it keeps is sent, in milliseconds: other tabs have sent theirs by then.
const SETTLE: u32 = 2 * GATHER;
/// How long to wait when the server could not be reached, in milliseconds.
const PAUSE: u32 = 30_000;
/// How many may wait; of more, the oldest are lost.
const MOST: usize = 200;

/// Reports that are not known to have arrived.
#[derive(Default)]
pub(super) struct Queue {
    waiting: RefCell<VecDeque<Report>>,
    /// Those of this moment, which are not in the vault yet.
    unkept: RefCell<Vec<Report>>,
    sending: Cell<bool>,
    /// Those that were sent when the page was hidden, and are not answered yet.
    parting: RefCell<BTreeSet<ReportId>>,
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
    /// Tells the audit log; returns at once.
    pub(super) fn report(self: &Rc<Self>, report: Report) {
        self.keep(report.clone());
        let surplus = self.wait_with(vec![report]);
        if !surplus.is_empty() {
            let inner = Rc::clone(self);
            spawn_local(async move { inner.erase_told(&surplus).await });
        }
        self.send_after(GATHER);
    }

    /// Writes a report into the vault in a moment, with those that come meanwhile.
    fn keep(self: &Rc<Self>, report: Report) {
        let mut unkept = self.reports.unkept.borrow_mut();
        unkept.push(report);
        if unkept.len() > 1 {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            TimeoutFuture::new(MOMENT).await;
            let reports = inner.reports.unkept.take();
            let Ok(vault) = inner.vault() else { return };
            // What can't be kept is told by this tab, or not at all.
            drop(vault.keep_reports(&reports).await);
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

    /// Takes reports among those that wait; gives those that are too many.
    fn wait_with(&self, reports: Vec<Report>) -> Vec<ReportId> {
        let mut waiting = self.reports.waiting.borrow_mut();
        let known: BTreeSet<ReportId> = waiting.iter().map(|report| report.id.clone()).collect();
        waiting.extend(reports.into_iter().filter(|report| !known.contains(&report.id)));
        let surplus = waiting.len().saturating_sub(MOST);
        waiting.drain(..surplus).map(|report| report.id).collect()
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

    /// The page may never run again, or the session is about to end: what waits is sent now.
    pub(super) fn part_with_reports(self: &Rc<Self>) {
        let parting = &self.reports.parting;
        let waiting: Vec<Report> = {
            let (waiting, parting) = (self.reports.waiting.borrow(), parting.borrow());
            waiting.iter().filter(|report| !parting.contains(&report.id)).cloned().collect()
        };
        for some in waiting.chunks(MOST_REPORTS) {
            let sent: Vec<ReportId> = some.iter().map(|report| report.id.clone()).collect();
            let Ok(call) = api::request(&ReportEvents, &Reports { reports: some.to_vec() }) else { continue };
            // Begun here and not in the task: that may never run.
            let answer = http::parting(&call);
            parting.borrow_mut().extend(sent.iter().cloned());
            let inner = Rc::clone(self);
            spawn_local(async move {
                if outcome(answer.await.as_ref()) == Sent::Taken {
                    inner.told(&sent).await;
                }
                inner.reports.parting.borrow_mut().retain(|id| !sent.contains(id));
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
        let mut most = MOST_REPORTS;
        loop {
            let reports: Vec<Report> = self.reports.waiting.borrow().iter().take(most).cloned().collect();
            if reports.is_empty() {
                return;
            }
            let sent: Vec<ReportId> = reports.iter().map(|report| report.id.clone()).collect();
            let outcome = match api::request(&ReportEvents, &Reports { reports }) {
                Ok(call) => outcome(http::reply(&call).await.as_ref()),
                Err(_) => Sent::Refused,
            };
            match outcome {
                Sent::Taken => self.told(&sent).await,
                // One that is refused, as its tenant was removed, takes no other along.
                Sent::Refused if sent.len() > 1 => most = 1,
                Sent::Refused => self.told(&sent).await,
                Sent::Later => TimeoutFuture::new(PAUSE).await,
                // What the vault keeps is found there again.
                Sent::Over => return self.reports.waiting.borrow_mut().clear(),
            }
        }
    }

    /// These are told: they wait no more, and are kept no more.
    async fn told(&self, sent: &[ReportId]) {
        self.reports.waiting.borrow_mut().retain(|report| !sent.contains(&report.id));
        self.erase_told(sent).await;
    }

    async fn erase_told(&self, told: &[ReportId]) {
        // One that stays is told once more, which the server takes for what it is.
        if let Ok(vault) = self.vault()
            && !told.is_empty()
        {
            drop(vault.erase_reports(told).await);
        }
    }
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
