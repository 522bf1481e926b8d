//! The calls of this page, remembered without their secrets.

use domain::api::{Call, Problem};
use domain::calls::{CallKind, CallRecord};

use super::Inner;
use crate::http::{self, Exchange, Reply};
use crate::{clock, js};

impl Inner {
    /// Sends a call and remembers it; `None` when no answer came.
    pub(super) async fn reply(&self, kind: CallKind, call: &Call) -> Option<Reply> {
        let sent = http::headers(call);
        let record = CallRecord::begun(kind, call.method, &call.path, clock::now());
        let record = record.with_headers(sent.iter().map(|(name, value)| (*name, value.expose())));
        let reply = http::reply(call).await;
        let ended = clock::now();
        let record = match &reply {
            Some(reply) => {
                let headers = reply.headers();
                let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let record = record.answered(reply.status(), headers, ended);
                match js::from_json::<Problem>(reply.text().as_bytes()).filter(|_| reply.status() >= 400) {
                    Some(problem) => record.failed(&problem.title, ended),
                    None => record,
                }
            }
            None => record.failed("No answer came.", ended),
        };
        self.calls.borrow_mut().note(record);
        reply
    }

    /// As [`Inner::reply`], with the answer read as our server's own.
    pub(super) async fn exchange(&self, kind: CallKind, call: &Call) -> Exchange {
        Exchange::of(self.reply(kind, call).await)
    }
}
