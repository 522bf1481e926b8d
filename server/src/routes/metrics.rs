//! `/metrics`, in the Prometheus text format: for admins and auditors by their session, for scrapers by a token or from
//! networks the settings name.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::api::{Access, Code, Problem};
use domain::audit::{Action, Outcome};
use domain::secret::Secret;
use domain::site::TOLD_FOR;

use super::mount::may;
use crate::audit::{Refused, record_refusal};
use crate::digest::Digest;
use crate::metrics::{Counts, Kind, Text};
use crate::problem::Refusal;
use crate::sign_in::{Browser, SignedIn, authenticate};
use crate::state::AppState;

/// Where the metrics are.
const PATH: &str = "/metrics";

/// The fewest characters of a scraper's token: nobody may guess it.
const LEAST_TOKEN: usize = 16;

/// The route.
pub fn metrics() -> Router<AppState> {
    Router::new().route(PATH, get(answer))
}

async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let (browser, headers) = (request.extensions().get::<Browser>().cloned(), request.headers().clone());
    drop(request);
    let written = async {
        let browser = browser.ok_or_else(|| Problem::new(Code::Internal))?;
        admit(&state, &browser, &headers).await?;
        text(&state).await
    };
    match written.await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(problem) => Refusal(problem).into_response(),
    }
}

/// Lets in whoever may see them.
async fn admit(state: &AppState, browser: &Browser, headers: &HeaderMap) -> Result<(), Problem> {
    let settings = &state.settings.metrics;
    if settings.networks.iter().any(|network| network.contains(browser.address)) || has_token(state, headers) {
        return Ok(());
    }
    let who = authenticate(state, browser).await?;
    let problem = match &who {
        None => Problem::new(Code::NotSignedIn),
        Some(who) if may(who.person.role, Access::Auditing) => return Ok(()),
        Some(_) => Problem::new(Code::NotAllowed),
    };
    refuse(state, browser, who.as_ref(), &problem).await;
    Err(problem)
}

async fn refuse(state: &AppState, browser: &Browser, who: Option<&SignedIn>, problem: &Problem) {
    let refused = Refused {
        method: "GET",
        template: PATH,
        access: Access::Auditing,
        parameter: "",
        provider: None,
        tenant: None,
    };
    record_refusal(state, browser, who, refused, problem).await;
}

/// Whether the request has the scraper's token. The file is read each time, so that a new token holds at once.
fn has_token(state: &AppState, headers: &HeaderMap) -> bool {
    let Some(file) = &state.settings.metrics.token_file else { return false };
    let Some(given) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else { return false };
    let Some(given) = given.strip_prefix("Bearer ").map(Secret::new) else { return false };
    let Ok(kept) = std::fs::read_to_string(file).map(Secret::new) else {
        tracing::warn!("the file of the scraper's token can't be read");
        return false;
    };
    let kept = Secret::new(kept.expose().trim());
    // Digests may be compared as they are: how far two agree tells nothing of the texts.
    kept.expose().len() >= LEAST_TOKEN && Digest::of(&given) == Digest::of(&kept)
}

async fn text(state: &AppState) -> Result<String, Problem> {
    let mut text = Text::default();
    let version = env!("CARGO_PKG_VERSION");
    text.family("tokenkeep_build_info", Kind::Gauge, "The version that runs.");
    text.sample("tokenkeep_build_info", &[("version", version)], 1.0);
    counted(&mut text, &state.metrics.counts());
    recorded(&mut text, state);
    stored(&mut text, state).await?;
    kept_by_browsers(&mut text, state).await?;
    limits(&mut text, state);
    upstream(&mut text, state);
    Ok(text.into_string())
}

/// What this process counted of its requests.
fn counted(text: &mut Text, counts: &Counts) {
    let name = "tokenkeep_requests_total";
    text.family(name, Kind::Counter, "Requests answered, by method, route and status.");
    for (route, counts) in &counts.routes {
        for ((method, status), count) in &counts.requests {
            let labels = [("method", *method), ("route", route), ("status", &status.to_string())];
            text.sample(name, &labels, figure(*count));
        }
    }
    let name = "tokenkeep_request_seconds";
    text.family(name, Kind::Summary, "How long requests took, by route.");
    for (route, counts) in &counts.routes {
        let seconds = figure(counts.took.millis()) / 1_000.0;
        text.sample(&format!("{name}_sum"), &[("route", route)], seconds);
        text.sample(&format!("{name}_count"), &[("route", route)], figure(counts.count));
    }
    let name = "tokenkeep_gateway_calls_total";
    text.family(name, Kind::Counter, "Answers of providers' APIs passed on, by host and status.");
    for (host, statuses) in &counts.gateway_calls {
        for (status, count) in statuses {
            text.sample(name, &[("host", host), ("status", &status.to_string())], figure(*count));
        }
    }
    let name = "tokenkeep_refusals_total";
    text.family(name, Kind::Counter, "Requests refused for who asked, by reason and whether the audit log has it.");
    for ((reason, recorded), count) in &counts.refusals {
        text.sample(name, &[("reason", reason), ("recorded", &recorded.to_string())], figure(*count));
    }
}

/// What this process wrote into the audit log.
fn recorded(text: &mut Text, state: &AppState) {
    let written = state.store.events_written();
    let name = "tokenkeep_audit_events_total";
    text.family(name, Kind::Counter, "Events written into the audit log, by action and outcome.");
    for ((action, outcome), count) in &written {
        text.sample(name, &[("action", action.name()), ("outcome", outcome.name())], figure(*count));
    }
    let name = "tokenkeep_grants_total";
    text.family(name, Kind::Counter, "Worker tokens asked for, by how that ended.");
    for outcome in Outcome::ALL {
        let count = written.get(&(Action::TokenGranted, outcome)).copied().unwrap_or(0);
        text.sample(name, &[("outcome", outcome.name())], figure(count));
    }
    let name = "tokenkeep_token_errors_total";
    let failed = written.iter().filter(|((action, _), _)| *action == Action::TokenFailed).map(|(_, count)| count);
    text.single(name, Kind::Counter, "Tokens refused by an API.", figure(failed.sum()));
}

/// What stands in the database.
async fn stored(text: &mut Text, state: &AppState) -> Result<(), Problem> {
    let (now, life) = (state.clock.now(), state.settings.session);
    let sessions = state.store.count_sessions(now - life.idle, now - life.absolute).await?;
    let (alerts, chain) = (state.store.open_alerts().await?, state.store.chain().await?);
    let kept = (chain.last + 1).saturating_sub(chain.first);
    text.single("tokenkeep_sessions", Kind::Gauge, "Sessions that live.", figure(sessions));
    text.single("tokenkeep_alerts_open", Kind::Gauge, "Alerts nobody has acknowledged.", figure(alerts));
    text.single("tokenkeep_audit_events_kept", Kind::Gauge, "Events in the audit log.", figure(kept));
    text.single("tokenkeep_audit_head", Kind::Gauge, "The place of the newest event.", figure(chain.last));
    Ok(())
}

/// What people's browsers told of the site tokens they keep: this server sees none of them.
async fn kept_by_browsers(text: &mut Text, state: &AppState) -> Result<(), Problem> {
    let all = state.store.token_counts(state.clock.now() - TOLD_FOR).await?;
    let name = "tokenkeep_site_tokens";
    let help =
        "Site tokens in the browsers that are signed in, as these told in the last day; what is synced counts once.";
    text.single(name, Kind::Gauge, help, figure(all.total()));
    let name = "tokenkeep_site_tokens_by_status";
    text.family(name, Kind::Gauge, "The same, by status; active ones can be used.");
    for (status, count) in
        [("active", all.active), ("expired", all.expired), ("invalid", all.invalid), ("revoked", all.revoked)]
    {
        text.sample(name, &[("status", status)], figure(count));
    }
    let name = "tokenkeep_site_tokens_expiring";
    text.single(name, Kind::Gauge, "Active site tokens that end within seven days.", figure(all.expiring));
    let name = "tokenkeep_site_token_age_days";
    let help = "How old site tokens are on average, in days; 0 without any.";
    let days = if all.total() == 0 { 0.0 } else { figure(all.age_hours) / figure(all.total()) / 24.0 };
    text.single(name, Kind::Gauge, help, days);
    let name = "tokenkeep_site_token_vaults";
    let help =
        "Vaults of which browsers told in the last day: one for each tenant of each, and one for those that sync it.";
    text.single(name, Kind::Gauge, help, figure(all.vaults));
    Ok(())
}

fn limits(text: &mut Text, state: &AppState) {
    let name = "tokenkeep_limiter_hits_total";
    text.family(name, Kind::Counter, "Requests that were told to wait, by limit.");
    for (limit, count) in state.limiter.hits() {
        text.sample(name, &[("limit", limit)], figure(count));
    }
    text.sample(name, &[("limit", "site")], figure(state.windows.hits()));
}

fn upstream(text: &mut Text, state: &AppState) {
    let name = "tokenkeep_breaker_state";
    text.family(name, Kind::Gauge, "Whether a host is called: 0 yes, 1 one probe is under way, 2 no.");
    for (host, standing) in state.upstream.breakers() {
        text.sample(name, &[("host", &host)], f64::from(standing));
    }
    let name = "tokenkeep_streams_open";
    text.single(name, Kind::Gauge, "Event streams and WebSockets that are open.", f64::from(state.streams.count()));
}

/// A count as a figure; Prometheus has only floating-point numbers.
#[allow(clippy::cast_precision_loss)]
fn figure(count: u64) -> f64 {
    count as f64
}
