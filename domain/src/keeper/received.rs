use super::Intent;
use super::surroundings::Surroundings;
use crate::api::token::TokenAnswer;
use crate::time::{Span, Timestamp};
use crate::token::{StoredToken, TokenFacts, expiry, jwt};

/// A token that claims to live longer is renewed after a year all the same.
const LONGEST_LIFE: Span = Span::from_seconds(366 * 86_400);

/// Makes the record of a token from our server's answer.
///
/// The moment of receipt is placed by the server's measured clock, rather too early than too late, so that no token seems to
/// live longer than it does. Where that clock is unknown it is `earliest`: when our server was asked, or for a repeat when
/// the intent began. (It is no bound for the measured moment: this browser's clock may have been set since.)
pub(super) fn token(
    answer: TokenAnswer,
    intent: &Intent,
    earliest: Timestamp,
    surroundings: &Surroundings,
    now: Timestamp,
    random: u64,
) -> StoredToken {
    let placed = surroundings.clock.earliest(answer.received_at).unwrap_or(earliest);
    let received_at = placed.min(now);
    let claims = jwt::decode(answer.access_token.expose()).ok().and_then(|jwt| jwt.lifetime_claims());
    let known = expiry(received_at, answer.expires_in, claims);
    let policy = surroundings.settings.policy();
    let assumed = received_at + policy.unknown_lifetime;
    let expires_at = known.unwrap_or(assumed).min(received_at + LONGEST_LIFE);
    let renew_at = policy.renew_at(received_at, expires_at, surroundings.recent.p99(), random);
    let facts = TokenFacts {
        generation: intent.generation,
        token_type: answer.token_type,
        scope: answer.scope,
        received_at,
        expires_at,
        renew_at,
        floor: policy.floor,
        lifetime_known: known.is_some(),
        host: answer.host,
        took: Span::from_millis(answer.took_ms),
        tries: answer.tries,
        shared: intent.shared.clone(),
    };
    StoredToken { access_token: answer.access_token, facts }
}
