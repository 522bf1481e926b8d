//! The calls of this page, remembered without their secrets.

use domain::api::{Call, Problem};
use domain::calls::{CallKind, CallRecord};

use super::Inner;
use crate::http::{self, Exchange, Reply};
use crate::{clock, js};

impl Inner {
    /// Sends a call and remembers it; `None` when no answer came.
    pub(super) async fn reply(&self, kind: CallKind, call: &Call) -> Option<Reply> {
        let record = begun(kind, call);
        let reply = http::reply(call).await;
        self.calls.borrow_mut().note(ended(record, reply.as_ref()));
        reply
    }

    /// As [`Inner::reply`], with the answer read as our server's own.
    pub(super) async fn exchange(&self, kind: CallKind, call: &Call) -> Exchange {
        Exchange::of(self.reply(kind, call).await)
    }
}

/// What is remembered of a call that is sent now.
pub(super) fn begun(kind: CallKind, call: &Call) -> CallRecord {
    let sent = http::headers(call);
    let record = CallRecord::begun(kind, call.method, &call.path, clock::now());
    record.with_headers(sent.iter().map(|(name, value)| (*name, value.expose())))
}

/// What is remembered of it once it is over.
pub(super) fn ended(record: CallRecord, reply: Option<&Reply>) -> CallRecord {
    let ended = clock::now();
    let Some(reply) = reply else { return record.failed("No answer came.", ended) };
    let headers = reply.headers();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let record = record.answered(reply.status(), headers, ended);
    // An answer that is no problem is not read for one: it is as long as a token is.
    match (reply.status() >= 400).then(|| js::from_json::<Problem>(reply.text().as_bytes())).flatten() {
        Some(problem) => record.failed(&problem.title, ended),
        None => record,
    }
}
