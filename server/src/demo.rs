//! Somebody else's page with the chat in it, to try it with: beside the sandbox only, on a port and so an origin of its own,
//! under a policy as strict as a careful owner's.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use axum::routing::get;
use domain::api::org::OrgKey;
use domain::api::widget::WidgetConfig;
use domain::audit::{Action, Entry, Outcome};
use domain::id::OrgId;
use domain::org::Origin;
use tokio::net::TcpListener;

use crate::routes::new_org_key;
use crate::state::AppState;
use crate::store::StoreError;

/// The organization whose page it is.
const NAME: &str = "Demo shop";
const STYLE: &str = include_str!("demo/page.css");
const PAGE: &str = include_str!("demo/page.html");

/// Starts the page; its address, or `None` when its port is taken, which is no reason not to start the rest.
///
/// # Errors
///
/// [`StoreError`] when its organization can't be kept.
pub async fn start(state: &AppState) -> Result<Option<String>, StoreError> {
    let listen = state.settings.sandbox_demo_listen;
    let bound = TcpListener::bind(listen).await;
    let Ok((listener, address)) = bound.and_then(|listener| listener.local_addr().map(|address| (listener, address)))
    else {
        tracing::warn!(%listen, "the demo page is left out: its port is taken");
        return Ok(None);
    };
    let Some(origin) = origin_of(address) else { return Ok(None) };
    let org = org_of(state, &origin).await?;
    let router = router(&state.settings.address(), &org);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the demo page stopped by itself");
        }
    });
    Ok(Some(origin.as_str().to_owned()))
}

fn origin_of(address: SocketAddr) -> Option<Origin> {
    Origin::parse(&format!("http://{address}")).ok()
}

/// The organization that names this origin, from an earlier start or new.
async fn org_of(state: &AppState, origin: &Origin) -> Result<OrgId, StoreError> {
    let now = state.clock.now();
    let is_it = |org: &OrgKey| org.name == NAME && org.revoked_at.is_none() && org.origins.contains(origin);
    if let Some(org) = state.store.orgs(now).await?.into_iter().find(is_it) {
        return Ok(org.id);
    }
    let org = OrgKey {
        id: OrgId::from_random(state.entropy.bits()),
        name: NAME.to_owned(),
        key: new_org_key(state),
        retiring: Vec::new(),
        origins: vec![origin.clone()],
        lifetime_seconds: 300,
        widget: WidgetConfig::default(),
        config_version: 1,
        created_at: now,
        revoked_at: None,
    };
    let note = Entry::by_server(Action::OrgKeyAdded, Outcome::Done, now);
    state.store.add_org(&org, &note).await?;
    Ok(org.id)
}

fn router(tokenkeep: &str, org: &OrgId) -> Router {
    let page = PAGE.replace("{tokenkeep}", tokenkeep).replace("{org}", org.as_str());
    let policy = format!(
        "default-src 'none'; script-src {tokenkeep}; connect-src {tokenkeep}; style-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let guards: [(HeaderName, String); 3] = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let style = || async { ([(header::CONTENT_TYPE, "text/css")], STYLE).into_response() };
    let page = move || {
        let answer = (guards.clone(), page.clone());
        async move { answer.into_response() }
    };
    Router::new().route("/", get(page)).route("/page.css", get(style))
}
