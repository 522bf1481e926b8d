//! The last calls of this page, for a person to look at: what was asked, what came back, how long it took.
//!
//! They live in memory and end with the page. A record is redacted when it is made: from then on no secret is in it, so
//! whoever shows, copies or prints it need not think of that again. Bodies are never taken in.

use std::collections::VecDeque;

use crate::api::Method;
use crate::time::{Span, Timestamp};

mod redaction;

pub use redaction::REDACTED;
use redaction::{header, text, url};

/// How many calls are remembered.
pub const MOST_CALLS: usize = 100;
/// How many headers of one message are remembered.
const MOST_HEADERS: usize = 40;

/// What a call was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// A token was asked for.
    Token,
    /// A provider's API was called through the gateway.
    Gateway,
    /// A provider was asked what it knows of a token (RFC 7662).
    Introspection,
    /// A token was to be ended (RFC 7009).
    Revocation,
}

impl CallKind {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => "Token request",
            Self::Gateway => "API call",
            Self::Introspection => "Introspection",
            Self::Revocation => "Revocation",
        }
    }
}

/// One call, without any secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    kind: CallKind,
    method: Method,
    url: String,
    at: Timestamp,
    request_headers: Vec<(String, String)>,
    status: Option<u16>,
    response_headers: Vec<(String, String)>,
    took: Span,
    problem: Option<String>,
    number: u64,
}

impl CallRecord {
    /// A call that begins at `at`. Address and headers are redacted here.
    pub fn begun(kind: CallKind, method: Method, address: &str, at: Timestamp) -> Self {
        Self {
            kind,
            method,
            url: url(address),
            at,
            request_headers: Vec::new(),
            status: None,
            response_headers: Vec::new(),
            took: Span::ZERO,
            problem: None,
            number: 0,
        }
    }

    /// With the headers it was sent with, redacted.
    #[must_use]
    pub fn with_headers<'a>(mut self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.request_headers = taken(&mut headers.into_iter());
        self
    }

    /// With the answer's status and headers (redacted); `ended` is when it had come whole.
    #[must_use]
    pub fn answered<'a>(
        mut self,
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        ended: Timestamp,
    ) -> Self {
        self.status = Some(status);
        self.response_headers = taken(&mut headers.into_iter());
        self.took = ended.since(self.at);
        self
    }

    /// Without an answer by `ended`, or with one that says what went wrong, in words for a person.
    #[must_use]
    pub fn failed(mut self, problem: &str, ended: Timestamp) -> Self {
        self.problem = Some(text(problem));
        self.took = ended.since(self.at);
        self
    }

    /// What it was for.
    pub const fn kind(&self) -> CallKind {
        self.kind
    }

    /// The HTTP method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The address, without what could be secret in its query.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// When it began, by this browser's clock.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The headers sent; values that could be secret are [`REDACTED`].
    pub fn request_headers(&self) -> &[(String, String)] {
        &self.request_headers
    }

    /// The HTTP status; `None` when no answer came.
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The headers of the answer, redacted as those sent.
    pub fn response_headers(&self) -> &[(String, String)] {
        &self.response_headers
    }

    /// From the request's beginning to the answer's end.
    pub const fn took(&self) -> Span {
        self.took
    }

    /// What went wrong, if something did.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Counts the calls of this page from 1.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Whether it came to a good end.
    pub fn is_success(&self) -> bool {
        self.problem.is_none() && self.status.is_some_and(|status| status < 400)
    }
}

fn taken<'a>(headers: &mut dyn Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    headers.take(MOST_HEADERS).map(|(name, value)| header(name, value)).collect()
}

/// The last [`MOST_CALLS`] calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallLog {
    calls: VecDeque<CallRecord>,
    noted: u64,
}

impl CallLog {
    /// Takes one in; the oldest goes when there are too many.
    pub fn note(&mut self, mut call: CallRecord) {
        self.noted = self.noted.saturating_add(1);
        call.number = self.noted;
        self.calls.push_front(call);
        self.calls.truncate(MOST_CALLS);
    }

    /// Those remembered, the newest first.
    pub fn newest_first(&self) -> Vec<CallRecord> {
        self.calls.iter().cloned().collect()
    }

    /// How many there were since the page was opened.
    pub const fn noted(&self) -> u64 {
        self.noted
    }

    /// Forgets them; the count goes on.
    pub fn clear(&mut self) {
        self.calls.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn call(url: &str) -> CallRecord {
        CallRecord::begun(CallKind::Gateway, Method::Get, url, at(100))
    }

    #[test]
    fn only_the_last_hundred_calls_are_remembered_the_newest_first() {
        let mut log = CallLog::default();
        for index in 0..130 {
            log.note(call(&format!("/api/v1/gateway/p/{index}")));
        }
        let calls = log.newest_first();
        assert_eq!((calls.len(), log.noted()), (100, 130));
        assert_eq!((calls[0].url(), calls[0].number()), ("/api/v1/gateway/p/129", 130));
        assert_eq!(calls[99].number(), 31);
    }

    #[test]
    fn a_call_keeps_status_time_and_what_it_was_for() {
        let answered = call("/a").answered(403, [("Retry-After", "3")], at(102));
        assert_eq!((answered.status(), answered.took()), (Some(403), Span::from_seconds(2)));
        assert_eq!(answered.response_headers(), [("retry-after".to_owned(), "3".to_owned())]);
        assert!(!answered.is_success());
        assert!(call("/a").answered(200, [], at(101)).is_success());
        let failed = call("/a").failed("The server can't be reached.", at(101));
        assert_eq!((failed.status(), failed.problem()), (None, Some("The server can't be reached.")));
    }

    #[test]
    fn no_secret_of_a_call_gets_into_its_record() {
        const CANARY: &str = "canary-0123456789-canary";
        let jwt = format!("eyJhbGciOiJSUzI1NiJ9.{CANARY}.c2lnbmF0dXJl");
        let bearer = format!("Bearer {CANARY}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("x-tokenkeep-token", CANARY),
            ("cookie", CANARY),
            ("x-anything-new", CANARY),
            ("content-type", jwt.as_str()),
        ];
        let record =
            call(&format!("https://user:{CANARY}@host.example/a/{jwt}?access_token={CANARY}&x={jwt}#{CANARY}"))
                .with_headers(headers)
                .answered(200, [("set-cookie", CANARY), ("location", CANARY)], at(101))
                .failed(&format!("The provider said {jwt}."), at(101));
        let mut log = CallLog::default();
        log.note(record);
        assert!(!format!("{log:?}").contains(CANARY), "{log:?}");
    }

    #[test]
    fn a_message_with_endless_headers_is_cut() {
        let many = (0..1_000).map(|_| ("accept", "a"));
        assert_eq!(call("/a").with_headers(many).request_headers().len(), MOST_HEADERS);
    }
}
