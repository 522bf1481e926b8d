//! Reading a JSON document a provider publishes: its metadata, its keys.

use domain::api::{Code, Problem, UpstreamError};
use domain::https_url::HttpsUrl;
use serde_json::{Map, Value};

use super::exchange::{Ask, Body, Reply, exchange};
use super::tries::Tries;
use super::trouble::Trouble;
use super::{Upstream, authority, text};

/// Why a document can't be read.
pub(super) enum Unread {
    /// No answer came.
    NoAnswer(Trouble),
    /// The answer is not the document, in words that fit after "the answer".
    NotTheDocument(u16, String),
}

impl Upstream {
    /// The JSON object at `url`, asked for once.
    pub(super) async fn document(&self, url: &HttpsUrl) -> Result<Map<String, Value>, Unread> {
        let (allowance, limit) = (Tries::start(self.bounds()).allowance(), self.settings.max_answer_bytes);
        let reply = exchange(&self.guard, url, Ask::Get, allowance, limit).await.map_err(Unread::NoAnswer)?;
        let object = if reply.status == 200 { reply.body.object() } else { None };
        object.ok_or_else(|| Unread::NotTheDocument(reply.status, unlike(&reply)))
    }
}

fn unlike(reply: &Reply) -> String {
    let words = match (reply.status, &reply.body) {
        (200, Body::TooLarge) => "is too long",
        (200, Body::Encoded) => "is compressed, which was not asked for",
        (200, Body::Whole(_)) if reply.is_html => "is an HTML page",
        (200, Body::Whole(_)) => "is not a JSON object",
        (300..=399, _) => match &reply.redirects_to {
            Some(origin) => return format!("sends us on to {origin}, which is not followed"),
            None => "sends us on, which is not followed",
        },
        (status, _) => return format!("has the status {status}"),
    };
    words.to_owned()
}

impl Unread {
    /// The problem, with the document's `name` in its words.
    pub(super) fn problem(&self, url: &HttpsUrl, name: &str) -> Problem {
        let host = authority(url);
        let (code, status, detail) = match self {
            Self::NoAnswer(trouble) => {
                let words = text::sentence(&format!("{host} can't be asked: {trouble}"));
                (trouble.code(), None, format!("{words} {}", trouble.advice()))
            }
            Self::NotTheDocument(status, words) => {
                (Code::UpstreamUnreadable, Some(*status), format!("{url} gave no {name}: the answer {words}."))
            }
        };
        let said = UpstreamError { host, status, error: None, error_description: None, took_ms: 0, tries: 1 };
        Problem::new(code).with_detail(detail).with_upstream(said)
    }
}
