use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::api::REQUEST_ID_HEADER;
use domain::id::RequestId;

use crate::problem::Refusal;
use crate::state::AppState;

/// Gives the request an id, or keeps the one a proxy gave it if that is sane.
pub(super) fn identify(state: &AppState, request: &mut Request) -> RequestId {
    let given = request.headers().get(REQUEST_ID_HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_sane(id));
    let id = given.map_or_else(|| RequestId::from_random(state.entropy.bits()), RequestId::new);
    request.extensions_mut().insert(id.clone());
    id
}

/// Puts a request's id into the answer's header and into problem documents.
pub(super) fn name(response: Response, id: &RequestId) -> Response {
    let mut response = named(response, id);
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HeaderName::from_static(REQUEST_ID_HEADER), value);
    }
    response
}

/// 8 to 64 letters, digits, `-` and `_`: nothing that could break a log line or stand for something else.
fn is_sane(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn named(response: Response, id: &RequestId) -> Response {
    let Some(Refusal(mut problem)) = response.extensions().get::<Refusal>().cloned() else { return response };
    problem.request_id = Some(id.to_string());
    let (mut parts, _) = response.into_parts();
    let (fresh, body) = Refusal(problem).into_response().into_parts();
    // Headers and extensions of the way out stay; only those of the body itself are new.
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    parts.headers.extend(fresh.headers);
    Response::from_parts(parts, body)
}

#[cfg(test)]
mod tests {
    use super::is_sane;

    #[test]
    fn only_an_id_of_plain_characters_and_fair_length_is_kept() {
        assert!(is_sane("01HZX-abc_9f") && is_sane(&"a".repeat(64)));
        for id in ["", "short", "has blank", "has\nbreak", "quote\"quote", &"a".repeat(65), "ünïcödé-id"] {
            assert!(!is_sane(id), "{id:?}");
        }
    }
}
