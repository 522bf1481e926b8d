use serde_json::Value;

use super::VerdictKind;
use crate::api::{Code, Problem, UpstreamError};

/// What a site's API answered a call, when it refused it.
#[derive(Clone, Copy, Debug)]
pub struct RefusedCall<'a> {
    /// The host that refused.
    pub host: &'a str,
    /// Its status.
    pub status: u16,
    /// Its body; `Null` when that was no JSON.
    pub body: &'a Value,
    /// Seconds to wait, as its `Retry-After` says.
    pub retry_after: Option<u64>,
}

impl RefusedCall<'_> {
    /// What it says of the token: only a 401 or a 403 says anything. A 403 says that the token is known, and never that it
    /// is over.
    pub fn verdict(&self) -> Option<VerdictKind> {
        match self.status {
            401 if self.said().to_lowercase().contains("revoked") => Some(VerdictKind::Revoked),
            401 => Some(VerdictKind::Rejected),
            403 => Some(VerdictKind::Forbidden),
            _ => None,
        }
    }

    /// What it means, for a person.
    pub fn problem(&self) -> Problem {
        let (code, title, detail) = match self.status {
            401 if self.verdict() == Some(VerdictKind::Revoked) => (
                Code::ApiTokenRefused,
                "The token was revoked",
                "The API does not take it any more. Get a new one from whoever gave you this one.",
            ),
            401 => (
                Code::ApiTokenRefused,
                "The API does not take the token",
                "It may have been revoked or replaced, or belong to another API. Get a new one, or check that it was copied whole.",
            ),
            403 => (
                Code::ApiRefused,
                "The token does not allow this",
                "The API knows the token; it lacks the permission for this call. A new token helps only if it is given more.",
            ),
            404 => (
                Code::ApiNotFound,
                "The API has nothing there",
                "The site may be called otherwise there, or was removed.",
            ),
            429 => (Code::UpstreamThrottled, "The API asks us to wait", "It takes only so many calls in a time."),
            500.. => (
                Code::UpstreamUnavailable,
                "The API has a fault of its own",
                "Nothing is wrong with the token as far as is known. Try again a little later.",
            ),
            _ => (Code::ApiRefused, Code::ApiRefused.title(), Code::ApiRefused.detail()),
        };
        let upstream = UpstreamError {
            host: self.host.to_owned(),
            status: Some(self.status),
            error: None,
            error_description: Some(self.said()).filter(|said| !said.is_empty()),
            took_ms: 0,
            tries: 0,
        };
        let mut problem = Problem::new(code).with_detail(detail).with_upstream(upstream);
        problem.title = title.to_owned();
        problem.retry_after = self.retry_after.filter(|_| self.status == 429);
        problem
    }

    /// Its own words, at most 1,000 characters.
    fn said(&self) -> String {
        let members = ["message", "error_description", "detail", "error", "title", "code"];
        let said = members.iter().filter_map(|name| self.body.get(name)?.as_str()).find(|said| !said.trim().is_empty());
        said.unwrap_or_default().trim().chars().take(1_000).collect()
    }
}

/// How many sites a list of sites speaks of: its `total`, else as many as stand there.
pub fn sites_reached(body: &Value) -> Option<u64> {
    let count = |list: &Value| list.as_array().and_then(|list| u64::try_from(list.len()).ok());
    let total = ["total", "count"].iter().find_map(|name| body.get(name)?.as_u64());
    total.or_else(|| ["items", "sites", "data"].iter().find_map(|name| count(body.get(name)?))).or_else(|| count(body))
}

/// The new token in a refresh endpoint's answer.
pub fn refreshed_token(body: &Value) -> Option<crate::secret::Secret> {
    let text = ["token", "access_token", "jwt"].iter().find_map(|name| body.get(name)?.as_str())?;
    Some(super::Pasted::mend(text).token)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(status: u16, body: &Value) -> RefusedCall<'_> {
        RefusedCall { host: "flightdeck.example", status, body, retry_after: Some(9) }
    }

    #[test]
    fn only_a_401_says_that_a_token_is_no_good_and_a_403_never_does() {
        let (plain, revoked) = (json!({"message": "Error"}), json!({"message": "Token has been REVOKED"}));
        assert_eq!(refused(401, &plain).verdict(), Some(VerdictKind::Rejected));
        assert_eq!(refused(401, &Value::Null).verdict(), Some(VerdictKind::Rejected));
        assert_eq!(refused(401, &revoked).verdict(), Some(VerdictKind::Revoked));
        assert_eq!(refused(403, &revoked).verdict(), Some(VerdictKind::Forbidden));
        for status in [400, 404, 429, 500, 503] {
            assert_eq!(refused(status, &revoked).verdict(), None, "{status}");
        }
    }

    #[test]
    fn a_problem_says_what_the_api_said_and_how_long_to_wait() {
        let body = json!({"message": "slow down"});
        let problem = refused(429, &body).problem();
        assert_eq!((problem.code, problem.retry_after), (Code::UpstreamThrottled, Some(9)));
        let upstream = problem.upstream.unwrap();
        assert_eq!((upstream.status, upstream.error_description.as_deref()), (Some(429), Some("slow down")));
        assert_eq!(refused(401, &body).problem().retry_after, None);
    }

    #[test]
    fn sites_are_counted_in_any_list() {
        assert_eq!(sites_reached(&json!({"page": 1, "total": 41, "items": [{}, {}]})), Some(41));
        assert_eq!(sites_reached(&json!({"items": [{}, {}]})), Some(2));
        assert_eq!(sites_reached(&json!([{}])), Some(1));
        assert_eq!(sites_reached(&json!({"ok": true})), None);
    }

    #[test]
    fn a_new_token_is_found_under_its_usual_names_and_mended() {
        let token = refreshed_token(&json!({"token": "Bearer aaaaaaaaaa.bbbbbbb.ccccc"})).unwrap();
        assert_eq!(token.expose(), "aaaaaaaaaa.bbbbbbb.ccccc");
        assert_eq!(refreshed_token(&json!({"id": 1})), None);
    }
}
