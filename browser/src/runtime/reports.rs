//! What only this browser sees is told to the server's audit log: gathered for a moment, then sent together.
//!
//! Reports are kept in memory only. One that is sent twice is one event, so whatever is not known to have arrived is sent
//! again; a server that does not take it at all is not asked for ever. A page that is hidden or left may never run again: what
//! waits then goes at once, in a request that does not end with the page. What finds no server at that moment is lost.

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
/// How long to wait when the server could not be reached, in milliseconds.
const PAUSE: u32 = 30_000;
/// How many may wait; of more, the oldest are lost.
const MOST: usize = 200;

/// Reports that are not known to have arrived.
#[derive(Default)]
pub(super) struct Queue {
    waiting: RefCell<VecDeque<Report>>,
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

impl Inner {
    /// Tells the audit log; returns at once.
    pub(super) fn report(self: &Rc<Self>, report: Report) {
        {
            let mut waiting = self.reports.waiting.borrow_mut();
            waiting.push_back(report);
            let surplus = waiting.len().saturating_sub(MOST);
            waiting.drain(..surplus);
        }
        if self.reports.sending.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            TimeoutFuture::new(GATHER).await;
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
                if is_done_with(answer.await.as_ref()) {
                    inner.reports.waiting.borrow_mut().retain(|report| !sent.contains(&report.id));
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
        loop {
            let reports: Vec<Report> = self.reports.waiting.borrow().iter().take(MOST_REPORTS).cloned().collect();
            if reports.is_empty() {
                return;
            }
            let sent: Vec<ReportId> = reports.iter().map(|report| report.id.clone()).collect();
            let is_done = match api::request(&ReportEvents, &Reports { reports }) {
                Ok(call) => is_done_with(http::reply(&call).await.as_ref()),
                Err(_) => true,
            };
            if is_done {
                self.reports.waiting.borrow_mut().retain(|report| !sent.contains(&report.id));
            } else {
                TimeoutFuture::new(PAUSE).await;
            }
        }
    }
}

/// Whether reports were taken, or refused for good; else the same may be taken later.
fn is_done_with(reply: Option<&Reply>) -> bool {
    let answer = reply.map(Reply::read);
    !matches!(answer, None | Some(Err(Problem { status: 429 | 500.., .. })))
}
