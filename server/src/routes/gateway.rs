//! `/api/v1/gateway/{provider}/{*path}`: a call to a provider's API, with the token put in here.
//!
//! The path is read as it stands in the address, nothing decoded; the token comes in a header of its own, or is the
//! operator's default one; of the rest of the request only what is named here goes on. The answer is the provider's, and says
//! so in a header; without that header it is ours.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::api::gateway::{ApiPath, REGION_HEADER, SITE_HEADER, TEMPLATE, TENANT_HEADER, TOKEN_HEADER, TokenSource};
use domain::api::{Access, Code, IDEMPOTENCY_HEADER, Method, Problem};
use domain::id::ProviderId;
use domain::provider::{NotPermitted, Provider, ProviderKind};
use domain::secret::Secret;
use domain::tenant::{AllowedSites, Tenant};
use serde::de::IgnoredAny;

use super::mount::{json_bytes, unreadable};
use super::table::{BodySchema, Route};
use crate::gateway::{Window, WindowKey};
use crate::problem::Refusal;
use crate::sign_in::{Browser, SignedIn};
use crate::state::AppState;
use crate::upstream::{ApiCall, Passing};

mod answer;
mod asked;
mod body;
mod socket;
mod told;

use asked::Asked;
use told::Told;

/// The facts of the route with one method.
pub fn route(method: Method) -> Route {
    let summary = match method {
        Method::Get => "Calls a provider's API.",
        Method::Post => "Calls a provider's API with POST, where its rules allow it.",
        Method::Put => "Calls a provider's API with PUT, where its rules allow it.",
        Method::Patch => "Calls a provider's API with PATCH, where its rules allow it.",
        Method::Delete => "Calls a provider's API with DELETE, where its rules allow it.",
    };
    Route {
        method,
        template: TEMPLATE,
        summary,
        access: Access::Member,
        headers: &[
            (TOKEN_HEADER, false),
            (SITE_HEADER, false),
            (TENANT_HEADER, false),
            (REGION_HEADER, false),
            (IDEMPOTENCY_HEADER, false),
        ],
        query: &[],
        body: if matches!(method, Method::Get | Method::Delete) {
            BodySchema::of::<()>()
        } else {
            BodySchema::anything()
        },
        answer: BodySchema::anything(),
    }
}

/// Makes the call.
pub async fn call(state: AppState, who: Arc<SignedIn>, request: Request) -> Result<Response, Problem> {
    let method = method(&request);
    let is_socket = method == Method::Get && socket::is_asked(request.headers());
    if is_socket {
        socket::check(&request)?;
    }
    let asked = Asked::read(&request)?;
    let provider = state.allowed_provider(&asked.provider).await?;
    provider.permits(method, &asked.path).map_err(not_permitted)?;
    let tenant = state.tenant(&who.person, asked.tenant.as_ref()).await?;
    check_limits(&tenant, &provider, &asked)?;
    let (token, source) = token(&state, &asked)?;
    let window = match count(&state, (&who, &tenant), &provider, &asked) {
        Ok(window) => window,
        Err(full) => return Ok(answer::with_window(refused(&asked, full), Some(full))),
    };
    let browser = asked::browser(&request)?;
    let told = Told::of(&browser, &who, &tenant, &asked);
    let made = Made { state: &state, who: &who, browser: &browser, provider: &provider, asked, token, source, method };
    let answered = match is_pingone_shaped(made.provider) && ApiCall::reads(method, &made.asked.path) {
        // On the heap, so that the others are small.
        true => Box::pin(made.read(request)).await,
        false if is_socket => Box::pin(socket::open(made, request)).await,
        false => made.pass(request).await,
    };
    let response = answered.unwrap_or_else(|problem| Refusal(problem).into_response());
    let refused = told::refused(&response);
    told.tell(&state, refused).await?;
    Ok(answer::with_source(answer::with_window(response, window), source))
}

/// A call that may be made.
struct Made<'a> {
    state: &'a AppState,
    who: &'a SignedIn,
    browser: &'a Browser,
    provider: &'a Provider,
    asked: Asked,
    token: Secret,
    source: TokenSource,
    method: Method,
}

impl Made<'_> {
    /// Reads from PingOne's API, whose answers are JSON that is taken in whole before it is given out.
    async fn read(self, request: Request) -> Result<Response, Problem> {
        let body = if self.method == Method::Post { Some(json(request).await?) } else { None };
        let call = ApiCall { region: self.asked.region, path: self.asked.path, token: self.token, body };
        answer::whole(self.state.upstream.call(self.provider, &call).await?)
    }

    /// Any other call, whose answer is passed on while it comes.
    async fn pass(self, request: Request) -> Result<Response, Problem> {
        let headers = asked::passed_on(&request, self.method)?;
        let repeatable = self.method.is_idempotent() || headers.contains_key(IDEMPOTENCY_HEADER);
        let bounds = self.state.settings.gateway;
        let (body, length) = body::sending(request, self.method, bounds).await?;
        let echo = (self.source == TokenSource::Default).then(|| crate::gateway::Echo::of(&self.token));
        let mut call = Passing {
            method: self.method,
            region: self.asked.region,
            path: self.asked.path,
            token: self.token,
            headers,
            body,
            repeatable,
        };
        if let Some(length) = length {
            call.headers.insert(axum::http::header::CONTENT_LENGTH, length.into());
        }
        let passed = self.state.upstream.pass(self.provider, call, bounds.answer_bytes).await?;
        answer::flowing(self.state, &self.who.person.id, self.browser, passed, echo)
    }
}

fn is_pingone_shaped(provider: &Provider) -> bool {
    matches!(provider.kind, ProviderKind::PingOne { .. } | ProviderKind::Sandbox { .. })
}

/// `HEAD` is answered as `GET` is, without the body.
fn method(request: &Request) -> Method {
    Method::parse(request.method().as_str()).unwrap_or(Method::Get)
}

fn not_permitted(why: NotPermitted) -> Problem {
    match why {
        NotPermitted::Method => Problem::new(Code::MethodNotAllowed)
            .with_detail("The provider's rules don't allow this method. An admin can allow it on the providers page."),
        NotPermitted::Path => Problem::new(Code::CallNotAllowed),
    }
}

/// Whether the tenant allows API and site; one that is limited says which site each call of a site API is about.
fn check_limits(tenant: &Tenant, provider: &Provider, asked: &Asked) -> Result<(), Problem> {
    let takes_site_tokens = provider.kind.takes_site_tokens();
    if takes_site_tokens {
        tenant.check_api(&provider.id)?;
    }
    match &asked.site {
        Some(site) => tenant.check_site(site),
        None if takes_site_tokens && tenant.sites != AllowedSites::All => Err(Problem::new(Code::SiteNotAllowed)
            .with_detail("This tenant is limited to some sites, and the call names none. Name its site.")),
        None => Ok(()),
    }
}

/// The token of the call, or the operator's default one for its site.
fn token(state: &AppState, asked: &Asked) -> Result<(Secret, TokenSource), Problem> {
    if let Some(token) = &asked.token {
        return Ok((token.clone(), TokenSource::Given));
    }
    let default = state.default_token.as_ref().zip(asked.site.as_ref());
    let now = state.clock.now();
    let token = default.and_then(|(file, site)| file.token_for(&asked.provider, site, now));
    token.map(|token| (token, TokenSource::Default)).ok_or_else(|| missing(state, asked))
}

/// Says what was tried.
fn missing(state: &AppState, asked: &Asked) -> Problem {
    let default = match (&state.default_token, &asked.site) {
        (None, _) => "the operator of this server set no default token",
        (Some(_), None) => "without a site the operator's default token is not used",
        (Some(_), Some(_)) => "the operator's default token is for another site",
    };
    let detail = format!("The call came without one, and {default}. Enter a token for the site, or obtain a new one.");
    Problem::new(Code::TokenMissing).with_detail(detail)
}

fn count(
    state: &AppState,
    (who, tenant): (&SignedIn, &Tenant),
    provider: &Provider,
    asked: &Asked,
) -> Result<Option<Window>, Window> {
    let Some(limit) = provider.per_minute() else { return Ok(None) };
    let (user, tenant) = (who.person.id.clone(), tenant.id.clone());
    let (provider, site) = (provider.id.clone(), asked.site.clone());
    state.windows.count(WindowKey { user, tenant, provider, site }, limit, state.clock.now()).map(Some)
}

fn refused(asked: &Asked, full: Window) -> Response {
    let seconds = full.reset.millis().div_ceil(1_000).max(1);
    let site = asked.site.as_ref().map_or_else(|| "one site".to_owned(), |site| format!("the site {site}"));
    let detail = format!(
        "You made {} calls for {site} within a minute, in all your tabs together. Wait {seconds} s, then try again.",
        full.limit
    );
    Refusal(Problem::new(Code::TooManyRequests).with_detail(detail).with_retry_after(seconds)).into_response()
}

async fn json(request: Request) -> Result<Secret, Problem> {
    let bytes = json_bytes(request).await?;
    serde_json::from_slice::<IgnoredAny>(&bytes).map_err(|error| unreadable(&error))?;
    String::from_utf8(bytes.to_vec()).map(Secret::new).map_err(|_| Problem::new(Code::InvalidBody))
}
