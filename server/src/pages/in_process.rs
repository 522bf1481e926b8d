//! The API port while rendering: the same routes in the same process, with the page request's own cookie, so that the
//! rules are the same.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::api::{Answering, Api, Call, Code, Problem};
use domain::id::RequestId;
use serde_json::Value;
use tower::ServiceExt;

use crate::sign_in::Browser;

/// Calls the API's router directly.
pub struct InProcess {
    api: Router,
    browser: Option<Browser>,
    id: Option<RequestId>,
}

/// More than any answer to a page has.
const ANSWER_LIMIT: usize = 16 * 1_024 * 1_024;

impl InProcess {
    /// Calls on behalf of whoever asked for the page.
    pub fn new(api: Router, page: &axum::extract::Request) -> Self {
        Self { api, browser: page.extensions().get().cloned(), id: page.extensions().get().cloned() }
    }

    /// Calls lead nowhere.
    pub fn nowhere() -> Self {
        Self { api: Router::new(), browser: None, id: None }
    }

    fn request(&self, call: Call) -> Result<Request<Body>, Problem> {
        let body = call.body.map_or_else(Body::empty, |body| Body::from(body.expose().to_owned()));
        let mut request = Request::builder()
            .method(call.method.name())
            .uri(call.path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|_| Problem::new(Code::Internal))?;
        request.extensions_mut().extend(self.extensions());
        Ok(request)
    }

    fn extensions(&self) -> axum::http::Extensions {
        let mut extensions = axum::http::Extensions::new();
        if let Some(browser) = &self.browser {
            extensions.insert(browser.clone());
        }
        if let Some(id) = &self.id {
            extensions.insert(id.clone());
        }
        extensions
    }
}

impl Api for InProcess {
    fn send(&self, call: Call) -> Answering {
        let (api, request) = (self.api.clone(), self.request(call));
        Box::pin(async move {
            let Ok(response) = api.oneshot(request?).await;
            let status = response.status();
            let bytes = axum::body::to_bytes(response.into_body(), ANSWER_LIMIT).await;
            read(status, &bytes.map_err(|_| Problem::new(Code::UnreadableAnswer))?)
        })
    }
}

fn read(status: StatusCode, bytes: &[u8]) -> Result<Value, Problem> {
    let unreadable = |_| Problem::new(Code::UnreadableAnswer);
    if !status.is_success() {
        return Err(serde_json::from_slice(bytes).unwrap_or_else(|_| Problem::new(Code::UnreadableAnswer)));
    }
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(unreadable)
}
