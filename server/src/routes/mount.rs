//! From an [`Endpoint`]'s type to a route: method, path, access, body and answer all come from the type, and who may
//! do what is decided here and nowhere else.

use std::future::Future;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use axum::{Json, RequestExt, Router};
use domain::api::account::Role;
use domain::api::gateway::TENANT_HEADER;
use domain::api::{Access, Code, Endpoint, Method, Problem};
use utoipa::ToSchema;

use super::asked::{Asked, Reply};
use super::table::{BodySchema, Route, takes};
use crate::audit::{Refused, record_refusal};
use crate::middleware::Who;
use crate::problem::{Refusal, wait};
use crate::sign_in::{Browser, SignedIn, authenticate};
use crate::state::AppState;

/// How large a body may be, in bytes.
pub const BODY_LIMIT: usize = 64 * 1_024;

/// A router and the table of what is mounted in it.
#[derive(Default)]
pub struct Routes {
    /// The router.
    pub router: Router<AppState>,
    /// The table.
    pub table: Vec<Route>,
}

impl Routes {
    /// Answers an endpoint with a handler.
    #[must_use]
    pub fn mount<E, H, F>(mut self, handler: H) -> Self
    where
        E: Endpoint<Body: Send + ToSchema, Answer: Send + ToSchema> + Send + 'static,
        H: Fn(Asked<E>) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<Reply<E::Answer>, Problem>> + Send + 'static,
    {
        let service = move |State(state): State<AppState>, request: Request| async move {
            match answer(state, request, handler).await {
                Ok(response) => response,
                Err(problem) => Refusal(problem).into_response(),
            }
        };
        self.router = self.router.route(E::TEMPLATE, on(filter(E::METHOD), service));
        self.table.push(Route {
            method: E::METHOD,
            template: E::TEMPLATE,
            summary: E::SUMMARY,
            access: E::ACCESS,
            headers: takes(E::TEMPLATE, E::METHOD).headers,
            query: takes(E::TEMPLATE, E::METHOD).query,
            body: BodySchema::of::<E::Body>(),
            answer: BodySchema::of::<E::Answer>(),
        });
        self
    }

    /// Passes requests on to another server: body and answer are not ours, so there are no types for them. Who may do so
    /// is decided as for every route.
    #[must_use]
    pub fn pass<H, F>(mut self, route: Route, handler: H) -> Self
    where
        H: Fn(AppState, Arc<SignedIn>, Request) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let facts = (route.method, route.template, route.access);
        let service = move |State(state): State<AppState>, request: Request| async move {
            pass(state, facts, request, handler).await.unwrap_or_else(|problem| Refusal(problem).into_response())
        };
        self.router = self.router.route(route.template, on(filter(route.method), service));
        self.table.push(route);
        self
    }
}

async fn pass<H, F>(
    state: AppState,
    (method, template, access): (Method, &'static str, Access),
    mut request: Request,
    handler: H,
) -> Result<Response, Problem>
where
    H: Fn(AppState, Arc<SignedIn>, Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let browser = request.extensions().get::<Browser>().cloned().ok_or_else(|| Problem::new(Code::Internal))?;
    let who = authenticate(&state, &browser).await?.map(Arc::new);
    let note = who.as_ref().map(|who| Who(who.person.id.clone()));
    let provider = parameter(&mut request).await;
    let known = who.clone();
    let tenant = request.headers().get(TENANT_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let answered = async {
        admit(&state, access, who.as_deref())?;
        let who = known.ok_or_else(|| Problem::new(Code::NotSignedIn))?;
        handler(state.clone(), who, request).await
    };
    let mut response = match answered.await {
        Ok(response) => response,
        Err(problem) => {
            let (provider, tenant) = (Some(provider.as_str()), tenant.as_deref());
            let refused = Refused { method: method.name(), template, access, parameter: "", provider, tenant };
            // On the heap: every call has room for what it awaits in place, and is moved with it.
            Box::pin(record_refusal(&state, &browser, who.as_deref(), refused, &problem)).await;
            Refusal(problem).into_response()
        }
    };
    if let Some(note) = note {
        response.extensions_mut().insert(note);
    }
    Ok(response)
}

async fn answer<E, H, F>(state: AppState, mut request: Request, handler: H) -> Result<Response, Problem>
where
    E: Endpoint,
    H: Fn(Asked<E>) -> F,
    F: Future<Output = Result<Reply<E::Answer>, Problem>>,
{
    let browser = request.extensions().get::<Browser>().cloned().ok_or_else(|| Problem::new(Code::Internal))?;
    let who = authenticate(&state, &browser).await?;
    let note = who.as_ref().map(|who| Who(who.person.id.clone()));
    let parameter = parameter(&mut request).await;
    let known = who.clone();
    let answered = async {
        admit(&state, E::ACCESS, who.as_ref())?;
        let endpoint = E::from_parameter(&parameter);
        let headers = request.headers().clone();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body = body::<E>(request).await?;
        let asked = Asked { state: state.clone(), endpoint, body, browser: browser.clone(), who, headers, query };
        let reply = handler(asked).await?;
        Ok(respond::<E>(reply, &state, &browser))
    };
    let mut response = match answered.await {
        Ok(response) => response,
        Err(problem) => {
            let (method, template, access) = (E::METHOD.name(), E::TEMPLATE, E::ACCESS);
            let parameter = parameter.as_str();
            let refused = Refused { method, template, access, parameter, provider: None, tenant: None };
            record_refusal(&state, &browser, known.as_ref(), refused, &problem).await;
            Refusal(problem).into_response()
        }
    };
    if let Some(note) = note {
        response.extensions_mut().insert(note);
    }
    Ok(response)
}

/// Whether the access of a route covers who asks, and whether that person asks too often.
fn admit(state: &AppState, access: Access, who: Option<&SignedIn>) -> Result<(), Problem> {
    if let Some(who) = who {
        state.limiter.count_user(&who.person.id).map_err(wait)?;
    }
    // Whether an org token is good is for the route to say: it is no session.
    if matches!(access, Access::Public | Access::OrgToken) {
        return Ok(());
    }
    let role = who.ok_or_else(|| Problem::new(Code::NotSignedIn))?.person.role;
    if may(role, access) { Ok(()) } else { Err(Problem::new(Code::NotAllowed)) }
}

/// What each role may do.
pub const fn may(role: Role, access: Access) -> bool {
    match access {
        Access::Public | Access::OrgToken | Access::SignedIn => true,
        Access::Member => matches!(role, Role::Admin | Role::User),
        Access::Auditing => matches!(role, Role::Admin | Role::Auditor),
        Access::Admin => matches!(role, Role::Admin),
    }
}

/// The one path parameter, percent-decoded; empty when the template has none.
async fn parameter(request: &mut Request) -> String {
    let parameters = request.extract_parts::<RawPathParams>().await;
    parameters.ok().and_then(|found| found.iter().next().map(|(_, value)| value.to_owned())).unwrap_or_default()
}

async fn body<E: Endpoint>(request: Request) -> Result<E::Body, Problem> {
    let bytes = json_bytes_of(request, E::BODY_LIMIT).await?;
    // The copy in `bytes` may hold secrets; it is freed, not kept, once the body is read.
    let text: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
    serde_json::from_slice(text).map_err(|error| unreadable(&error))
}

/// The bytes of a body that says it is JSON, or of none.
pub(super) async fn json_bytes(request: Request) -> Result<Bytes, Problem> {
    json_bytes_of(request, BODY_LIMIT).await
}

/// As [`json_bytes`], of `limit` bytes at most.
async fn json_bytes_of(request: Request, limit: usize) -> Result<Bytes, Problem> {
    let json = is_json(request.headers());
    let limited = request.map(|body| axum::body::Body::new(http_body_util::Limited::new(body, limit)));
    let bytes = limited.extract::<Bytes, _>().await.map_err(|_| Problem::new(Code::BodyTooLarge))?;
    if !bytes.is_empty() && !json {
        return Err(Problem::new(Code::InvalidBody).with_detail("Send the body as application/json."));
    }
    Ok(bytes)
}

/// Says where the body can't be read, and never what stands there: serde's own words repeat the input.
pub(super) fn unreadable(error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    let what = if error.is_data() { "The body is JSON, but not what this route takes" } else { "The body is not JSON" };
    Problem::new(Code::InvalidBody).with_detail(format!("{what} ({place}). Check it against /api/openapi.json."))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn respond<E: Endpoint>(reply: Reply<E::Answer>, state: &AppState, browser: &Browser) -> Response {
    let cookie = reply.cookie.header(state, browser);
    let mut response = match serde_json::to_value(&reply.answer) {
        Ok(serde_json::Value::Null) => StatusCode::NO_CONTENT.into_response(),
        _ => Json(reply.answer).into_response(),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}
