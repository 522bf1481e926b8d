//! What a refusal means and what to do next, by the provider's `error` (RFC 6749 §5.2 and its relatives).

use domain::api::{Code, Problem, UpstreamError};
use domain::provider::ClientAuthentication;
use domain::time::{Span, words};

/// A refusal that stays one until a person changes something, unless the provider says it is a passing one.
pub(super) fn refusal(host: &str, said: UpstreamError, method: ClientAuthentication, pingone_shaped: bool) -> Problem {
    let code = match said.error.as_deref() {
        Some("temporarily_unavailable" | "server_error") => Code::UpstreamUnavailable,
        _ => Code::UpstreamRefused,
    };
    let mut detail = advice(host, &said, method);
    if said.error.as_deref() == Some("invalid_client") && pingone_shaped {
        detail.push_str(" At PingOne, the region and the authentication method must be those of the application.");
    }
    Problem::new(code).with_detail(detail).with_upstream(said)
}

fn advice(host: &str, said: &UpstreamError, method: ClientAuthentication) -> String {
    let proof = if method.needs_secret() { "the client secret" } else { "the private key" };
    let name = method.name();
    match (said.error.as_deref(), said.status) {
        (Some("invalid_client"), _) => format!(
            "{host} does not accept this client. Check the client id and {proof}, and that the application uses {name}."
        ),
        (Some("unauthorized_client"), _) => format!(
            "{host} knows the client and does not let it use client credentials. Allow that grant type for the application."
        ),
        (Some("invalid_scope"), _) => format!(
            "{host} does not grant these scopes. Remove those the application does not have; where roles decide, leave the scopes empty."
        ),
        (Some("invalid_target"), _) => {
            format!("{host} does not know the resource asked for, or the application may not use it.")
        }
        (Some("invalid_grant"), _) => {
            format!("{host} does not accept the proof. Check {proof}, and that this device's clock is right.")
        }
        (Some("unsupported_grant_type"), _) => {
            format!("{host} does not offer the client-credentials grant. Check the token URL, or ask whoever runs it.")
        }
        (Some("access_denied"), _) => {
            format!("{host} denies access. The application may be disabled, or a policy there stands against it.")
        }
        (Some("use_dpop_nonce" | "invalid_dpop_proof"), _) => {
            format!(
                "{host} wants tokens bound to a key (DPoP), which is not supported. Allow Bearer tokens for the application."
            )
        }
        (Some("temporarily_unavailable" | "server_error"), _) => {
            format!("{host} can't answer now. It is tried again by itself; the token you have stays as it is.")
        }
        (Some("invalid_request"), _) => format!(
            "{host} finds the request incomplete or wrong. Check the authentication method, which is {name}, and the scopes."
        ),
        (_, Some(404 | 405 | 410)) => format!(
            "{host} has no token endpoint at this address. Check the environment id, the region or the token URL."
        ),
        (_, Some(413 | 414 | 431)) => format!("{host} finds the request too large. Ask for fewer scopes."),
        _ => format!("{host} refused the request. Check the client id, {proof} and the authentication method."),
    }
}

/// 429: the provider asks us to wait.
pub(super) fn throttled(host: &str, said: UpstreamError, wait: Option<Span>) -> Problem {
    let when = match wait {
        Some(wait) => format!("It is tried again by itself in {}.", words::span(wait)),
        None => "It is tried again by itself a little later.".to_owned(),
    };
    let detail = format!("{host} had too many requests and asks us to wait. {when} The token you have stays as it is.");
    with_wait(Problem::new(Code::UpstreamThrottled).with_detail(detail).with_upstream(said), wait)
}

/// 5xx: the provider has a fault of its own.
pub(super) fn unavailable(host: &str, said: UpstreamError, wait: Option<Span>) -> Problem {
    let status = said.status.unwrap_or_default();
    let detail = format!(
        "{host} has a fault of its own (status {status}). It is tried again by itself; the token you have stays as it is."
    );
    with_wait(Problem::new(Code::UpstreamUnavailable).with_detail(detail).with_upstream(said), wait)
}

/// In whole seconds, rounded up, so that nobody comes back too early.
fn with_wait(problem: Problem, wait: Option<Span>) -> Problem {
    match wait {
        Some(wait) => problem.with_retry_after(wait.millis().div_ceil(1_000)),
        None => problem,
    }
}
