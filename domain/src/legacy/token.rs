use super::Fields;
use crate::secret::Secret;
use crate::time::{Span, Timestamp};
use crate::token::jwt::{self, Jwt};
use crate::token::{RenewalPolicy, StoredToken, TokenFacts};

/// No worker token lives longer; an end further away was made up.
const LONGEST_LIFE: Span = Span::from_seconds(24 * 60 * 60);
/// The longest token taken for one, in bytes.
const LONGEST_TOKEN: usize = 16 * 1024;

/// A token as it was found, with what stood beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundToken {
    /// The token.
    pub access_token: Secret,
    /// When it was kept, if that was noted.
    pub saved_at: Option<Timestamp>,
    /// When it ends, if that was noted.
    pub expires_at: Option<Timestamp>,
    /// How many seconds it was to live, if that was noted.
    pub expires_in: Option<u64>,
    /// `Bearer` and its kind.
    pub token_type: Option<String>,
    /// The scopes granted.
    pub scope: Option<String>,
}

impl FoundToken {
    /// A token with nothing beside it. `None` for a text that can't be one: blanks in it, too short or too long, or the
    /// beginning of something else.
    pub fn bare(text: &str) -> Option<Self> {
        let text = text.trim();
        let looks_so = (16..=LONGEST_TOKEN).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && !text.starts_with(['{', '[', '<', '"']);
        looks_so.then(|| Self {
            access_token: Secret::new(text),
            saved_at: None,
            expires_at: None,
            expires_in: None,
            token_type: None,
            scope: None,
        })
    }

    /// The token among the fields of a record, if there is one that can be used.
    pub(super) fn in_fields(fields: Fields<'_>) -> Option<Self> {
        const TOKEN: [&str; 3] = ["access_token", "accessToken", "token"];
        const SAVED: [&str; 4] = ["savedAt", "saved_at", "fetchedAt", "fetched_at"];
        let nested = fields.object(&["token", "tokens"]);
        let own = nested.unwrap_or(fields);
        let bare = Self::bare(own.secret(&TOKEN)?.expose())?;
        Some(Self {
            saved_at: own.time(&SAVED).or_else(|| fields.time(&SAVED)),
            expires_at: own.time(&["expiresAt", "expires_at"]),
            expires_in: own.seconds(&["expiresIn", "expires_in"]),
            token_type: own.text(&["tokenType", "token_type"]),
            scope: own.text(&["scope"]),
            ..bare
        })
    }

    /// The client id its claims name, where it is a JWT that names one. Nothing in it was verified.
    pub fn client_id(&self) -> Option<String> {
        let jwt = self.jwt()?;
        ["client_id", "azp"].iter().find_map(|claim| jwt.claims.get(*claim)?.as_str()).map(str::to_owned)
    }

    fn jwt(&self) -> Option<Jwt> {
        jwt::decode(self.access_token.expose()).ok()
    }

    /// When it ends, and whether that is known. The end noted and that of its claims are both bounds; without either its
    /// life is taken to be short, and never to be without an end.
    fn end(&self, now: Timestamp, policy: &RenewalPolicy) -> (Timestamp, bool) {
        let claimed = self.jwt().and_then(|jwt| jwt.numeric_date("exp")).map(Timestamp::from_seconds);
        let counted = self.saved_at.zip(self.expires_in).map(|(from, life)| from + Span::from_seconds(life));
        let noted = self.expires_at.or(counted);
        let known = [claimed, noted].into_iter().flatten().filter(|end| *end <= now + LONGEST_LIFE).min();
        let assumed = self.saved_at.filter(|saved| *saved <= now).unwrap_or(now) + policy.unknown_lifetime;
        known.map_or((assumed, false), |end| (end, true))
    }

    /// The token as the vault keeps it, from `host`; `None` when it has ended.
    pub(super) fn stored(&self, now: Timestamp, host: &str, random: u64) -> Option<StoredToken> {
        let policy = RenewalPolicy::default();
        let (expires_at, lifetime_known) = self.end(now, &policy);
        if expires_at <= now {
            return None;
        }
        let received_at = self.saved_at.filter(|saved| *saved < now).unwrap_or(now);
        let facts = TokenFacts {
            generation: 1,
            token_type: self.token_type.clone().unwrap_or_else(|| "Bearer".to_owned()),
            scope: self.scope.clone(),
            received_at,
            expires_at,
            renew_at: policy.renew_at(received_at, expires_at, Span::ZERO, random),
            floor: policy.floor,
            lifetime_known,
            host: host.to_owned(),
            took: Span::ZERO,
            tries: 1,
            shared: crate::token::Shared::default(),
        };
        Some(StoredToken { access_token: self.access_token.clone(), facts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn opaque() -> FoundToken {
        FoundToken::bare("an-opaque-worker-token").unwrap()
    }

    #[test]
    fn a_token_without_an_end_lives_five_minutes_and_not_for_ever() {
        let stored = opaque().stored(NOW, "h", 0).unwrap();
        assert_eq!(stored.facts.lifetime(), Span::from_seconds(300));
        assert!(!stored.facts.lifetime_known);
        let old = FoundToken { saved_at: Some(NOW - Span::from_seconds(301)), ..opaque() };
        assert_eq!(old.stored(NOW, "h", 0), None);
    }

    #[test]
    fn an_end_that_was_made_up_counts_as_none() {
        let made_up = FoundToken { expires_at: Some(NOW + Span::from_seconds(1_000_000)), ..opaque() };
        assert_eq!(made_up.stored(NOW, "h", 0).unwrap().facts.lifetime(), Span::from_seconds(300));
    }

    #[test]
    fn the_claims_win_over_a_later_end_that_was_noted() {
        // {"alg":"RS256"} . {"exp":1800000060,"client_id":"c"}
        let text = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE4MDAwMDAwNjAsImNsaWVudF9pZCI6ImMifQ.c2ln";
        let token = FoundToken { expires_at: Some(NOW + Span::from_seconds(3_600)), ..FoundToken::bare(text).unwrap() };
        assert_eq!(token.stored(NOW, "h", 0).unwrap().facts.expires_at, NOW + Span::from_seconds(60));
        assert_eq!(token.client_id().as_deref(), Some("c"));
    }

    #[test]
    fn a_token_that_has_ended_is_not_kept() {
        let ended = FoundToken { expires_at: Some(NOW), ..opaque() };
        assert_eq!(ended.stored(NOW, "h", 0), None);
    }

    #[test]
    fn what_can_be_no_token_is_none() {
        for text in ["", "short", "<!doctype html><html>", "{\"token\":\"abcdefgh\"}", "two words in one text"] {
            assert_eq!(FoundToken::bare(text), None, "{text}");
        }
    }
}
