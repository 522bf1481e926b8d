//! Pages: rendered on the server with the API in-process, or a redirect to where a person must go first.

mod in_process;
mod list;
mod redirect;

use std::sync::Arc;

use app::{Assets, Desk, Ports};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::preferences::MemoryPreferences;
use leptos::nonce::use_nonce;
use leptos::prelude::{expect_context, provide_context};
use leptos_axum::ResponseOptions;

use crate::middleware::{Who, content_policy};
use crate::sign_in::{Browser, authenticate};
use crate::state::AppState;
use in_process::InProcess;

/// What rendering needs beside the state.
#[derive(Clone)]
pub struct Pages {
    assets: Assets,
    /// The API's own routes, without what is around them: the page's request was already counted and checked.
    api: Router,
}

impl Pages {
    /// Pages that load these assets and read from this API.
    pub const fn new(assets: Assets, api: Router) -> Self {
        Self { assets, api }
    }

    /// A route for every page of the app.
    pub fn router(&self, router: Router<AppState>) -> Router<AppState> {
        list::paths(idle_ports()).iter().fold(router, |router, path| {
            let pages = self.clone();
            let answer = move |State(state): State<AppState>, request: Request| {
                let pages = pages.clone();
                async move { pages.answer(&state, request).await }
            };
            router.route(path, get(answer))
        })
    }

    /// The app's own "nothing here" page.
    pub async fn not_found(&self, request: Request) -> Response {
        self.render(request, StatusCode::NOT_FOUND).await
    }

    async fn answer(&self, state: &AppState, request: Request) -> Response {
        let browser = request.extensions().get::<Browser>().cloned();
        match admit(state, browser, request.uri().clone()).await {
            Ok(who) => {
                let mut response = self.render(request, StatusCode::OK).await;
                if let Some(who) = who {
                    response.extensions_mut().insert(who);
                }
                response
            }
            Err(response) => response,
        }
    }

    async fn render(&self, request: Request, status: StatusCode) -> Response {
        let ports = Ports {
            api: Arc::new(InProcess::new(self.api.clone(), &request)),
            desk: Desk::unattended(),
            preferences: Arc::new(MemoryPreferences::default()),
        };
        let assets = self.assets.clone();
        let context = move || {
            provide_context(ports.clone());
            let options = expect_context::<ResponseOptions>();
            let policy = content_policy(use_nonce().as_deref());
            let policy = HeaderValue::try_from(policy).expect("a nonce is visible ASCII");
            options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            options.set_status(status);
        };
        leptos_axum::render_app_async_with_context(context, move || app::document(assets.clone()))(request).await
    }
}

/// Who sees the page; or the redirect to sign-in or setup.
async fn admit(state: &AppState, browser: Option<Browser>, uri: Uri) -> Result<Option<Who>, Response> {
    let who = match &browser {
        Some(browser) => authenticate(state, browser).await.map_err(refused)?,
        None => None,
    };
    if who.is_some() || !redirect::needs_session(uri.path()) {
        return Ok(who.map(|who| Who(who.person.id.clone())));
    }
    let setup_needed = !state.store.admin_exists().await.map_err(|error| refused(error.into()))?;
    match redirect::elsewhere(&uri, setup_needed) {
        Some(target) => Err(Redirect::to(&target).into_response()),
        None => Ok(None),
    }
}

fn refused(problem: domain::api::Problem) -> Response {
    crate::problem::Refusal(problem).into_response()
}

/// Ports for walking through the app's routes at the start: nothing is asked then.
fn idle_ports() -> Ports {
    Ports {
        api: Arc::new(InProcess::nowhere()),
        desk: Desk::unattended(),
        preferences: Arc::new(MemoryPreferences::default()),
    }
}
