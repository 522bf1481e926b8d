//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a repeat by the same session gets the same result.
//!
//! Results hold tokens, and tokens must not lie in the database in clear. Each result is sealed with AES-256-GCM under
//! a key derived (HKDF-SHA-256, RFC 5869) from the session cookie's value, of which the database has only a digest:
//! who has the database alone opens nothing. The body's fingerprint is a code under another such key, so that it does
//! not help to guess a weak client secret either. A signed assertion is not part of the fingerprint: after a reload a
//! browser signs anew and still means the same request.

use axum::http::HeaderMap;
use domain::api::token::{ClientProof, TokenAnswer, TokenRequest};
use domain::api::{Code, IDEMPOTENCY_HEADER, Problem};
use domain::audit::Entry;
use domain::secret::Secret;
use domain::time::Span;

use crate::digest::Digest;
use crate::seal::Sealer;
use crate::sign_in::SignedIn;
use crate::state::AppState;
use crate::store::{Begun, RunKey};

/// How long a result is kept.
const KEPT: Span = Span::from_seconds(60);

/// How much longer than the provider may take the first request holds the key, if the server dies in between.
const SLACK: Span = Span::from_seconds(5);

/// The request's key, if it has one.
///
/// # Errors
///
/// [`Code::InvalidIdempotencyKey`] unless it is 1 to 255 visible ASCII characters, once.
pub fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let fine = |text: &&str| (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    let text = value.to_str().ok().filter(fine).filter(|_| values.next().is_none());
    Ok(Some(text.ok_or_else(|| Problem::new(Code::InvalidIdempotencyKey))?.to_owned()))
}

/// Runs `work`, which obtains the token of `request`, or answers with what the first request with this key got. What came
/// of the work is recorded as `note` says; a repeat is not recorded again.
pub async fn once(
    state: &AppState,
    who: &SignedIn,
    key: &str,
    request: &TokenRequest,
    work: impl Future<Output = Result<TokenAnswer, Problem>>,
    note: impl FnOnce(&Result<TokenAnswer, Problem>) -> Entry,
) -> Result<TokenAnswer, Problem> {
    let sealer = Sealer::new(&who.secret);
    let run = RunKey { session: who.session.id.clone(), key: Digest::of_text(key) };
    let fingerprint = fingerprint(&sealer, request)?;
    let now = state.clock.now();
    let lease_ends = now + state.settings.upstream.total_timeout + SLACK;
    match state.store.begin_run(&run, &fingerprint, now, lease_ends).await? {
        Begun::First => {}
        Begun::Running => return Err(Problem::new(Code::StillRunning).with_retry_after(1)),
        Begun::OtherBody => return Err(Problem::new(Code::KeyReused)),
        Begun::Done(sealed) => return opened(&sealer, &run, &sealed),
    }
    let result = work.await;
    keep(state, &sealer, &run, &result, &note(&result)).await?;
    result
}

/// Keeps what is final: a token, or the provider's refusal. Anything else frees the key, so that a repeat tries anew.
async fn keep(
    state: &AppState,
    sealer: &Sealer,
    run: &RunKey,
    result: &Result<TokenAnswer, Problem>,
    note: &Entry,
) -> Result<(), Problem> {
    let is_final = result.as_ref().map_or_else(|problem| problem.code == Code::UpstreamRefused, |_| true);
    if !is_final {
        return Ok(state.store.release_run(run, note).await?);
    }
    let text = serde_json::to_string(result).map(Secret::new).map_err(|_| Problem::new(Code::Internal))?;
    let sealed = sealer.seal(&text, &subject(run), &*state.entropy);
    Ok(state.store.finish_run(run, sealed, state.clock.now() + KEPT, note).await?)
}

fn opened(sealer: &Sealer, run: &RunKey, sealed: &[u8]) -> Result<TokenAnswer, Problem> {
    let text = sealer.open(sealed, &subject(run)).ok_or_else(|| Problem::new(Code::Internal))?;
    serde_json::from_str::<Result<TokenAnswer, Problem>>(text.expose()).map_err(|_| Problem::new(Code::Internal))?
}

fn subject(run: &RunKey) -> String {
    format!("{}/{}", run.session, run.key.hex())
}

fn fingerprint(sealer: &Sealer, request: &TokenRequest) -> Result<Digest, Problem> {
    let mut request = request.clone();
    if let ClientProof::PrivateKeyJwt { client_assertion } = &mut request.proof {
        *client_assertion = Secret::default();
    }
    let text = serde_json::to_string(&request).map(Secret::new).map_err(|_| Problem::new(Code::Internal))?;
    Ok(sealer.fingerprint(&text))
}
