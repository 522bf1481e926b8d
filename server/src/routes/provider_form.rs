//! Looking at a provider before it is kept.

use domain::api::providers::ProviderForm;
use domain::api::{Code, Method, Problem};
use domain::https_url::HttpsUrl;
use domain::id::ProviderId;
use domain::provider::{AssertionAudience, GatewayRules, Provider, ProviderKind};

use crate::state::{AppState, Sandbox};

/// How many regions, domains or methods a form may name.
const MOST: usize = 100;

/// The provider of a form.
///
/// # Errors
///
/// [`Code::InvalidFields`] names every field that is wrong.
pub fn checked(state: &AppState, id: ProviderId, form: ProviderForm) -> Result<Provider, Problem> {
    let name = form.name.trim().to_owned();
    let mut problem = Problem::new(Code::InvalidFields);
    for (field, message) in wrong_name(&name, state).into_iter().chain(wrong_kind(&form.kind, state)) {
        problem = problem.with_error(field, message);
    }
    if let Some(message) = wrong_audience(&form.assertion_audience) {
        problem = problem.with_error("assertion_audience", message);
    }
    for (field, message) in wrong_rules(&form.gateway) {
        problem = problem.with_error(field, message);
    }
    if !problem.errors.is_empty() {
        return Err(problem);
    }
    Ok(Provider {
        id,
        name,
        enabled: form.enabled,
        kind: form.kind,
        assertion_audience: form.assertion_audience,
        gateway: form.gateway,
    })
}

type Wrong = (&'static str, String);

fn wrong_name(name: &str, state: &AppState) -> Option<Wrong> {
    let mut sandboxes = state.sandbox.iter().flat_map(Sandbox::providers);
    let taken = sandboxes.any(|provider| provider.name.eq_ignore_ascii_case(name));
    let message = if name.is_empty() {
        "Give the provider a name people will recognise."
    } else if name.chars().count() > 80 {
        "The name may have at most 80 characters."
    } else if name.chars().any(char::is_control) {
        "The name may not have control characters."
    } else if taken {
        "The sandbox has this name. Choose another one."
    } else {
        return None;
    };
    Some(("name", message.to_owned()))
}

fn wrong_kind(kind: &ProviderKind, state: &AppState) -> Vec<Wrong> {
    match kind {
        ProviderKind::Sandbox { .. } => {
            vec![("kind", "The sandbox is there by itself when the server is started with --sandbox.".to_owned())]
        }
        ProviderKind::PingOne { regions, custom_domains } => {
            let mut wrong = Vec::new();
            if regions.is_empty() && custom_domains.is_empty() {
                wrong.push(("regions", "Allow at least one region or one custom domain.".to_owned()));
            }
            if regions.len() > MOST || custom_domains.len() > MOST {
                wrong.push(("custom_domains", format!("Allow at most {MOST}.")));
            }
            wrong
        }
        ProviderKind::SiteApi { base, .. } => {
            wrong_loopback("base", base, state).into_iter().chain(wrong_base("base", base)).collect()
        }
        ProviderKind::OAuth { issuer, token_endpoint, jwks_uri, authentication_methods, more } => {
            let urls = [
                ("issuer", issuer.as_ref()),
                ("token_endpoint", Some(token_endpoint)),
                ("jwks_uri", jwks_uri.as_ref()),
                ("api_base", more.api_base.as_ref()),
                ("introspection_endpoint", more.introspection_endpoint.as_ref()),
                ("revocation_endpoint", more.revocation_endpoint.as_ref()),
            ];
            let urls = urls.into_iter().filter_map(|(field, url)| Some((field, url?)));
            let mut wrong: Vec<Wrong> = urls.filter_map(|(field, url)| wrong_loopback(field, url, state)).collect();
            wrong.extend(more.api_base.as_ref().and_then(|base| wrong_base("api_base", base)));
            if authentication_methods.len() > MOST {
                wrong.push(("authentication_methods", format!("Name at most {MOST}.")));
            }
            wrong
        }
    }
}

/// The gateway appends to it, so it must be plain.
fn wrong_base(field: &'static str, base: &HttpsUrl) -> Option<Wrong> {
    let plain = !base.path().contains(['?', '%']) && !base.path().contains("..");
    (!plain).then(|| (field, "Write where the API begins, with a plain path and without a query.".to_owned()))
}

fn wrong_rules(rules: &GatewayRules) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if rules.methods.is_empty() || rules.methods.len() > Method::ALL.len() {
        wrong.push(("methods", "Allow at least one method, each once.".to_owned()));
    }
    if rules.paths.len() > GatewayRules::MOST_PATHS {
        wrong.push(("paths", format!("Allow at most {} paths.", GatewayRules::MOST_PATHS)));
    }
    if rules.per_minute.is_some_and(|calls| calls > GatewayRules::MOST_PER_MINUTE) {
        wrong.push(("per_minute", format!("Allow at most {} calls a minute.", GatewayRules::MOST_PER_MINUTE)));
    }
    wrong
}

fn wrong_loopback(field: &'static str, url: &HttpsUrl, state: &AppState) -> Option<Wrong> {
    let allowed = &state.settings.loopback_origins;
    let refused = url.is_loopback() && !allowed.iter().any(|origin| origin.as_str() == url.origin());
    refused.then(|| {
        let message =
            format!("{} is on this machine. An operator can allow it with the setting loopback_origins.", url.origin());
        (field, message)
    })
}

fn wrong_audience(audience: &AssertionAudience) -> Option<&'static str> {
    match audience {
        AssertionAudience::Exact(text) if text.trim().is_empty() => Some("Write the audience the provider wants."),
        AssertionAudience::Exact(text) if text.chars().count() > 2_048 => Some("Use at most 2,048 characters."),
        _ => None,
    }
}
