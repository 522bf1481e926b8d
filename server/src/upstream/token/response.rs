//! The token response (RFC 6749 §5.1), read as if a stranger had written it.

use domain::secret::Secret;
use serde_json::{Map, Value};

use super::unlike_json;
use crate::upstream::exchange::Reply;
use crate::upstream::text;

/// The longest lifetime that is believed, in seconds: a year.
const LONGEST_LIFETIME: u64 = 31_536_000;

/// What a provider granted.
pub(super) struct Granted {
    /// The access token: visible ASCII characters.
    pub(super) access_token: Secret,
    /// `Bearer` when the provider named none.
    pub(super) token_type: String,
    /// 1 to 31,536,000 seconds.
    pub(super) expires_in: Option<u64>,
    /// The scopes granted.
    pub(super) scope: Option<String>,
}

/// Why an answer with a status of success holds no token.
pub(super) enum Unusable {
    /// It says `error`, whatever its status says.
    Refusal,
    /// It is something else, in words.
    NotAToken(&'static str),
}

/// Reads the body of an answer whose status says success.
pub(super) fn read(reply: &Reply) -> Result<Granted, Unusable> {
    let object = reply.body.object().ok_or_else(|| Unusable::NotAToken(unlike_json(reply)))?;
    match object.get("access_token") {
        Some(Value::String(token)) => granted(token, &object),
        Some(_) => Err(Unusable::NotAToken("access_token is not a text")),
        None if object.get("error").is_some_and(Value::is_string) => Err(Unusable::Refusal),
        None => Err(Unusable::NotAToken("access_token is missing")),
    }
}

fn granted(token: &str, object: &Map<String, Value>) -> Result<Granted, Unusable> {
    if token.is_empty() {
        return Err(Unusable::NotAToken("access_token is empty"));
    }
    // RFC 6749 appendix A.12, less the blank: it could not stand in a header.
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Unusable::NotAToken("access_token has characters no token may have"));
    }
    Ok(Granted {
        access_token: Secret::new(token),
        token_type: token_type(object.get("token_type")),
        expires_in: object.get("expires_in").and_then(expires_in),
        scope: object.get("scope").and_then(scope),
    })
}

/// `Bearer` in any case is written as RFC 6750 writes it.
fn token_type(value: Option<&Value>) -> String {
    let named = value.and_then(Value::as_str).and_then(|name| text::shown(name, 40));
    named.filter(|name| !name.eq_ignore_ascii_case("bearer")).unwrap_or_else(|| "Bearer".to_owned())
}

/// Numbers, and texts of digits, which some providers send. What is zero, negative, longer than a year or no number is
/// not believed: the token then counts as one of unknown life, which is a short one.
fn expires_in(value: &Value) -> Option<u64> {
    let seconds = match value {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().map(|seconds| seconds.floor() as u64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    seconds.filter(|seconds| (1..=LONGEST_LIFETIME).contains(seconds))
}

/// A text with blanks (RFC 6749 §3.3), or the list some providers send.
fn scope(value: &Value) -> Option<String> {
    match value {
        Value::String(scope) => text::shown(scope, 4_000),
        Value::Array(list) => {
            let names: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            text::shown(&names.join(" "), 4_000)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lifetimes_are_believed_when_they_make_sense() {
        for (value, seconds) in [
            (json!(3_600), Some(3_600)),
            (json!("3600"), Some(3_600)),
            (json!(" 60 "), Some(60)),
            (json!(59.9), Some(59)),
            (json!(31_536_000), Some(31_536_000)),
            (json!(31_536_001), None),
            (json!(0), None),
            (json!(-1), None),
            (json!(-0.5), None),
            (json!(0.4), None),
            (json!(1e300), None),
            (json!(u64::MAX), None),
            (json!("99999999999999999999999"), None),
            (json!("1 hour"), None),
            (json!("-5"), None),
            (json!(""), None),
            (json!(null), None),
            (json!(true), None),
            (json!([3_600]), None),
        ] {
            assert_eq!(expires_in(&value), seconds, "{value}");
        }
    }

    #[test]
    fn the_token_type_is_bearer_unless_another_is_named() {
        for (value, name) in [
            (None, "Bearer"),
            (Some(json!("bearer")), "Bearer"),
            (Some(json!(7)), "Bearer"),
            (Some(json!("DPoP")), "DPoP"),
        ] {
            assert_eq!(token_type(value.as_ref()), name);
        }
    }

    #[test]
    fn a_list_of_scopes_becomes_one_text() {
        assert_eq!(scope(&json!(["a", "b", 1])).as_deref(), Some("a b"));
        assert_eq!(scope(&json!("a\nb")).as_deref(), Some("a b"));
        assert_eq!(scope(&json!({})), None);
    }
}
