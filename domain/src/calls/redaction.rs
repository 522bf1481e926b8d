//! What of a call may be seen.
//!
//! Headers pass by a list of those known to be harmless, not by one of those known to be secret: a header nobody thought
//! of is redacted. In an address the values of query parameters with a telling name go, and whatever has the form of a
//! token, wherever it stands.

use crate::api::gateway::{REGION_HEADER, TOKEN_SOURCE_HEADER, TRY_HEADER, UPSTREAM_HEADER, UPSTREAM_REQUEST_HEADER};
use crate::api::{REQUEST_HEADER, REQUEST_ID_HEADER};

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// The most characters of an address that are kept.
const LONGEST_URL: usize = 2_000;
/// The most characters of a header's value, or of a text, that are kept.
const LONGEST_TEXT: usize = 500;

/// Headers whose values are shown. `idempotency-key` is none of them: it repeats an answer that holds a token.
const HARMLESS: [&str; 33] = [
    "accept",
    "accept-language",
    "age",
    "cache-control",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "etag",
    "origin",
    "permissions-policy",
    "ratelimit",
    "ratelimit-limit",
    "ratelimit-policy",
    "ratelimit-remaining",
    "ratelimit-reset",
    "referrer-policy",
    "retry-after",
    "server",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    REGION_HEADER,
    REQUEST_HEADER,
    REQUEST_ID_HEADER,
    TOKEN_SOURCE_HEADER,
    TRY_HEADER,
    UPSTREAM_HEADER,
    UPSTREAM_REQUEST_HEADER,
];

/// Parts of a query parameter's name that tell of a secret.
const TELLING: [&str; 9] =
    ["token", "secret", "password", "passphrase", "assertion", "credential", "authorization", "session", "signature"];
/// Whole names of query parameters that hold one.
const TELLING_NAMES: [&str; 7] = ["code", "key", "api_key", "apikey", "jwt", "state", "nonce"];

/// A header as it may be seen: its name in lower case, its value if that is harmless.
pub(super) fn header(name: &str, value: &str) -> (String, String) {
    let name: String = name.chars().take(LONGEST_TEXT).flat_map(char::to_lowercase).collect();
    let value = if HARMLESS.contains(&name.as_str()) { text(value) } else { REDACTED.to_owned() };
    (name, value)
}

/// An address as it may be seen: without credentials, without fragment, without telling values.
pub(super) fn url(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query)));
    let mut seen = text_of(&without_user(path), LONGEST_URL);
    if let Some(query) = query {
        let pairs: Vec<String> = query.split('&').map(pair).collect();
        seen = [&seen, "?", &pairs.join("&")].concat();
    }
    cut(&seen, LONGEST_URL)
}

/// A text as it may be seen: no longer than need be, and nothing in it has the form of a token.
pub(super) fn text(text: &str) -> String {
    text_of(text, LONGEST_TEXT)
}

fn text_of(text: &str, longest: usize) -> String {
    // A token may begin before the cut and go on behind it, so it is looked for first.
    cut(&without_tokens(text), longest)
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => [&text[..end], "…"].concat(),
        None => text.to_owned(),
    }
}

/// `scheme://user:password@host` without the user.
fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let host = host.rsplit('@').next().unwrap_or_default();
    [scheme, "://", host, path].concat()
}

fn pair(pair: &str) -> String {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let lower = name.to_ascii_lowercase();
    let tells = TELLING.iter().any(|part| lower.contains(part)) || TELLING_NAMES.contains(&lower.as_str());
    if tells && !value.is_empty() { [name, "=", REDACTED].concat() } else { without_tokens(pair) }
}

/// Replaces words of the form of a JWT (RFC 7519): three parts or more, the first of which is Base64url of `{"`.
fn without_tokens(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let (before, from) = rest.split_at(start);
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=');
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        seen.push_str(before);
        seen.push_str(if word.contains('.') { REDACTED } else { word });
        rest = after;
    }
    seen.push_str(rest);
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, value: &str) -> String {
        header(name, value).1
    }

    #[test]
    fn harmless_headers_are_shown_and_all_others_are_redacted() {
        assert_eq!(header("Retry-After", "3"), ("retry-after".to_owned(), "3".to_owned()));
        assert_eq!(shown("X-Tokenkeep-Upstream", "api.pingone.eu"), "api.pingone.eu");
        for name in ["authorization", "X-Tokenkeep-Token", "Cookie", "Set-Cookie", "idempotency-key", "x-new"] {
            assert_eq!(shown(name, "a"), REDACTED, "{name}");
        }
    }

    #[test]
    fn a_filter_is_shown_and_a_telling_parameter_is_redacted() {
        assert_eq!(
            url("/api/v1/gateway/p/users?filter=username%20eq%20%22a%22&limit=10"),
            "/api/v1/gateway/p/users?filter=username%20eq%20%22a%22&limit=10"
        );
        for name in ["access_token", "Token", "client_secret", "code", "client_assertion", "x-api-token", "key"] {
            assert_eq!(url(&format!("/a?b=1&{name}=s3cret&c=2")), format!("/a?b=1&{name}=[redacted]&c=2"));
        }
    }

    #[test]
    fn user_and_fragment_are_left_out_of_an_address() {
        assert_eq!(url("https://me:pass@host.example/a/b#key=s3cret"), "https://host.example/a/b");
        assert_eq!(url("https://host.example"), "https://host.example");
        assert_eq!(url("/a/b@c"), "/a/b@c");
    }

    #[test]
    fn a_token_is_redacted_wherever_it_stands() {
        assert_eq!(text("got eyJhbGciOiJub25lIn0.e30.c2ln, sorry"), "got [redacted], sorry");
        assert_eq!(url("/a/eyJh.e30.x/b?x=eyJh.e30.x"), "/a/[redacted]/b?x=[redacted]");
        assert_eq!(text("the journey eyJ ends"), "the journey eyJ ends");
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_character() {
        let cut = text(&"ä".repeat(1_000));
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (501, true));
        assert!(url(&format!("/{}?{}", "a".repeat(3_000), "b".repeat(3_000))).chars().count() <= 2_001);
    }
}
