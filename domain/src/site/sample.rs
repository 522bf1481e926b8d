//! Tokens for tests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Claims, SiteId, SitePlace, SiteToken, Source, TokenHash, Used};
use crate::id::{ProviderId, SiteTokenId};
use crate::secret::Secret;
use crate::time::Timestamp;

/// The moment tests stand at.
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_226_400);

/// A token's text with these claims; its signature is none.
pub fn text(claims: &str) -> Secret {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
    Secret::new(format!("{header}.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(claims)))
}

/// The facts of a token for the site `id`, which ends in so many days.
pub fn token(id: &str, days: Option<i64>) -> SiteToken {
    let end = days.map(|days| NOW.shifted(days * 86_400_000));
    let exp = end.map_or_else(String::new, |end| format!(r#","exp":{}"#, end.millis() / 1_000));
    let text = text(&format!(r#"{{"identity":"ses_{id}_admin"{exp}}}"#));
    SiteToken {
        id: SiteTokenId::new(id),
        place: SitePlace { provider: ProviderId::new("ace"), site: site(id), device: None },
        name: format!("Site {id}"),
        generation: 1,
        claims: Claims::of(&text),
        hash: TokenHash::of(&text),
        masked: text.masked(),
        source: Source::Entered,
        added_at: NOW,
        replaced_at: NOW,
        used: Used::default(),
        verdict: None,
        previous: None,
        quiet_until: None,
        removed_at: None,
    }
}

/// A site's identifier.
///
/// # Panics
///
/// When the text can't be one.
pub fn site(id: &str) -> SiteId {
    SiteId::parse(id).expect("a test names a site as it may be named")
}
