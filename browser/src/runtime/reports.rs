//! What only this browser sees is told to the server's audit log: gathered for a moment, then sent together.
//!
//! Reports are kept in memory only. One that is sent twice is one event, so whatever is not known to have arrived is sent
//! again; a server that does not take it at all is not asked for ever.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use domain::api::audit::ReportEvents;
use domain::api::{self, Problem};
use domain::audit::{MOST_REPORTS, Report, Reports};
use domain::id::{ConnectionId, ReportId};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::Inner;
use crate::http;

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

    async fn send_reports(&self) {
        loop {
            let reports: Vec<Report> = self.reports.waiting.borrow().iter().take(MOST_REPORTS).cloned().collect();
            if reports.is_empty() {
                return;
            }
            let sent: Vec<ReportId> = reports.iter().map(|report| report.id.clone()).collect();
            match self.send_some(Reports { reports }).await {
                // Taken, or refused for good: either way these are done with.
                Ok(()) => self.reports.waiting.borrow_mut().retain(|report| !sent.contains(&report.id)),
                Err(()) => TimeoutFuture::new(PAUSE).await,
            }
        }
    }

    /// `Err` when the same may be taken later.
    async fn send_some(&self, reports: Reports) -> Result<(), ()> {
        let Ok(call) = api::request(&ReportEvents, &reports) else { return Ok(()) };
        let Some(reply) = http::reply(&call).await else { return Err(()) };
        match reply.read() {
            Err(Problem { status: 429 | 500.., .. }) => Err(()),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}
