use serde::Deserialize;
use serde_json::Value;

use crate::api::{Code, Problem, UpstreamError};

/// What a provider's API answered when it refused a call.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// The host that refused.
    pub host: &'a str,
    /// Its status.
    pub status: u16,
    /// Its body, if that was JSON.
    pub body: &'a Value,
    /// Seconds to wait, as its `Retry-After` says.
    pub retry_after: Option<u64>,
}

/// The API's error document: `id`, `code`, `message`, `details`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document {
    code: String,
    message: String,
    details: Vec<Detail>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Detail {
    code: String,
    target: Option<String>,
    message: String,
    #[serde(rename = "innerError")]
    inner: Value,
}

impl Refused<'_> {
    /// Whether the token itself was refused, so that a new one may help. A 401 for missing permissions is none of that, and
    /// no 403 ever is.
    pub fn is_token_invalid(&self) -> bool {
        let details = self.document().details;
        let permissions = details.iter().any(|detail| detail.code == "INSUFFICIENT_PERMISSIONS");
        self.status == 401 && !permissions
    }

    fn document(&self) -> Document {
        Document::deserialize(self.body).unwrap_or_default()
    }
}

/// What a refusal means, for a person.
pub fn problem(refused: &Refused) -> Problem {
    let document = refused.document();
    let said = said(&document);
    let (code, detail) = match refused.status {
        401 if refused.is_token_invalid() => (
            Code::ApiTokenRefused,
            "A new token was refused as well. It may belong to another environment, or was revoked.".to_owned(),
        ),
        401 | 403 if has(&document, "LICENSE_EXCEEDED") => (
            Code::ApiRefused,
            "The organisation's licence does not include this. Its licences are on the page Organisation licensing."
                .to_owned(),
        ),
        401 | 403 => (Code::ApiRoleMissing, Code::ApiRoleMissing.detail().to_owned()),
        404 => (Code::ApiNotFound, Code::ApiNotFound.detail().to_owned()),
        429 => (Code::UpstreamThrottled, "It takes only so many calls in a time.".to_owned()),
        500.. => (Code::UpstreamUnavailable, "It has a fault of its own. Try again a little later.".to_owned()),
        _ => (Code::ApiRefused, Code::ApiRefused.detail().to_owned()),
    };
    let retry_after = refused.retry_after.or_else(|| inner_wait(&document)).filter(|_| refused.status == 429);
    let upstream = UpstreamError {
        host: refused.host.to_owned(),
        status: Some(refused.status),
        error: Some(shortened(&document.code, 200)).filter(|code| !code.is_empty()),
        error_description: Some(shortened(&said, 1_000)).filter(|said| !said.is_empty()),
        took_ms: 0,
        tries: 0,
    };
    let problem = Problem::new(code).with_detail(detail).with_upstream(upstream);
    match retry_after {
        Some(seconds) => problem.with_retry_after(seconds),
        None => problem,
    }
}

fn has(document: &Document, code: &str) -> bool {
    document.details.iter().any(|detail| detail.code == code)
}

/// The API's own words: its details are more exact than its message.
fn said(document: &Document) -> String {
    let words: Vec<String> = document.details.iter().filter(|detail| !detail.message.is_empty()).map(words).collect();
    if words.is_empty() { document.message.clone() } else { words.join(" ") }
}

fn words(detail: &Detail) -> String {
    let target = detail.target.as_deref().filter(|target| !target.is_empty());
    let allowed = ["allowedValues", "supportedAttributes", "supportedOperators"].into_iter().find_map(|name| {
        let values: Vec<&str> = detail.inner.get(name)?.as_array()?.iter().filter_map(Value::as_str).collect();
        Some(format!(" It takes: {}.", values.join(", ")))
    });
    let target = target.map(|target| format!("{target}: ")).unwrap_or_default();
    format!("{target}{}{}", detail.message, allowed.unwrap_or_default())
}

fn inner_wait(document: &Document) -> Option<u64> {
    document.details.iter().find_map(|detail| detail.inner.get("retryAfter")?.as_u64())
}

/// At most `most` characters of a text from outside, without control characters.
fn shortened(text: &str, most: usize) -> String {
    text.chars().filter(|character| !character.is_control()).take(most).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(status: u16, code: &str, detail: &str) -> (Problem, bool) {
        let body = json!({ "id": "1", "code": code, "message": "No.", "details": [{ "code": detail, "target": "roles", "message": "Why." }] });
        let refused = Refused { host: "api.pingone.eu", status, body: &body, retry_after: None };
        (problem(&refused), refused.is_token_invalid())
    }

    #[test]
    fn only_a_401_about_the_token_is_about_the_token() {
        for (status, code, detail, expected, about_token) in [
            (401, "ACCESS_FAILED", "INVALID_TOKEN", Code::ApiTokenRefused, true),
            (401, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS", Code::ApiRoleMissing, false),
            (401, "", "", Code::ApiTokenRefused, true),
            (403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS", Code::ApiRoleMissing, false),
            (403, "ACCESS_FAILED", "INVALID_TOKEN", Code::ApiRoleMissing, false),
            (403, "ACCESS_FAILED", "LICENSE_EXCEEDED", Code::ApiRefused, false),
            (404, "NOT_FOUND", "", Code::ApiNotFound, false),
            (400, "INVALID_DATA", "INVALID_FILTER", Code::ApiRefused, false),
            (429, "REQUEST_LIMITED", "LIMIT_EXCEEDED", Code::UpstreamThrottled, false),
            (500, "UNEXPECTED_ERROR", "", Code::UpstreamUnavailable, false),
        ] {
            let (problem, invalid) = of(status, code, detail);
            assert_eq!((problem.code, invalid), (expected, about_token), "{status} {detail}");
        }
    }

    #[test]
    fn the_apis_own_words_come_along_with_what_it_would_take() {
        let body = json!({ "code": "INVALID_DATA", "details": [{
            "code": "INVALID_FILTER", "target": "filter", "message": "No such attribute.",
            "innerError": { "supportedAttributes": ["username", "email"] },
        }] });
        let problem = problem(&Refused { host: "h", status: 400, body: &body, retry_after: None });
        let words = problem.upstream.unwrap().error_description.unwrap();
        assert_eq!(words, "filter: No such attribute. It takes: username, email.");
    }

    #[test]
    fn the_time_to_wait_stands_in_the_header_or_in_the_body() {
        let body = json!({ "details": [{ "innerError": { "retryAfter": 7 } }] });
        let wait = |retry_after| problem(&Refused { host: "h", status: 429, body: &body, retry_after }).retry_after;
        assert_eq!((wait(Some(3)), wait(None)), (Some(3), Some(7)));
    }

    #[test]
    fn a_hostile_body_is_no_more_than_words() {
        for body in [json!(null), json!([]), json!("x"), json!({ "details": 3 }), json!({ "code": 7 })] {
            let problem = problem(&Refused { host: "h", status: 403, body: &body, retry_after: Some(1) });
            assert_eq!((problem.code, problem.retry_after), (Code::ApiRoleMissing, None), "{body}");
        }
        let long = json!({ "message": "a\u{1b}\n".repeat(2_000) });
        let words = problem(&Refused { host: "h", status: 400, body: &long, retry_after: None }).upstream.unwrap();
        assert_eq!(words.error_description.unwrap(), "a".repeat(1_000));
    }
}
