//! Tokens from storage and from elsewhere: whether they have the form their provider issues, and how long they live.

use crate::secret::Secret;
use crate::time::{Span, Timestamp};
use crate::token::{RenewalPolicy, StoredToken, TokenFacts, expiry, jwt};

/// No token is longer: browsers and servers cut headers at less.
const LONGEST: usize = 65_536;

/// A token that came another way than by a renewal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenToken {
    /// The token.
    pub access_token: Secret,
    /// `Bearer` and its kind (RFC 6749 §7.1).
    pub token_type: String,
    /// How many seconds it lives from now, if that is known.
    pub expires_in: Option<u64>,
    /// Its scopes, if they are known.
    pub scope: Option<String>,
    /// The host that issued it.
    pub host: String,
}

/// The form of tokens a provider issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JWT (RFC 7519): anything else is no token of this provider.
    Jwt,
    /// Any text OAuth allows (RFC 6749 appendix A.12).
    Opaque,
}

/// Why a given token is not kept; the text is for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// It is not of the form its provider issues, or no token at all.
    #[error("Invalid worker token format. Paste the whole token, or generate a new one.")]
    Format,
    /// It has expired already.
    #[error("This token has expired already. Generate a new one.")]
    Expired,
}

/// Whether a text can be a token of this form.
pub fn has_form(access_token: &Secret, form: Form) -> bool {
    let text = access_token.expose();
    let is_token = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| matches!(byte, 0x21..=0x7e));
    is_token && (form == Form::Opaque || jwt::decode(text).is_ok())
}

impl GivenToken {
    /// The record of it as this generation. How long it lives is never made up beyond the policy's short life for tokens
    /// that do not say: a JWT ends at its `exp`, however often it is saved.
    ///
    /// # Errors
    ///
    /// [`TokenRefused`] when it is no token, or has expired.
    pub fn stored(
        self,
        form: Form,
        generation: u64,
        policy: &RenewalPolicy,
        now: Timestamp,
        random: u64,
    ) -> Result<StoredToken, TokenRefused> {
        if !has_form(&self.access_token, form) {
            return Err(TokenRefused::Format);
        }
        let claimed = jwt::decode(self.access_token.expose()).ok().and_then(|jwt| jwt.numeric_date("exp"));
        let claimed = claimed.map(Timestamp::from_seconds);
        let told = expiry(now, self.expires_in, None);
        let known = match (told, claimed) {
            (Some(told), Some(claimed)) => Some(told.min(claimed)),
            (told, claimed) => told.or(claimed),
        };
        let expires_at = known.unwrap_or(now + policy.unknown_lifetime);
        if expires_at <= now {
            return Err(TokenRefused::Expired);
        }
        let facts = TokenFacts {
            generation,
            token_type: self.token_type,
            scope: self.scope,
            received_at: now,
            expires_at,
            renew_at: policy.renew_at(now, expires_at, Span::ZERO, random),
            floor: policy.floor,
            lifetime_known: known.is_some(),
            host: self.host,
            took: Span::ZERO,
            tries: 0,
            shared: crate::token::Shared::default(),
        };
        Ok(StoredToken { access_token: self.access_token, facts })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn jwt_until(exp: i64) -> String {
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"iat":1,"exp":{exp}}}"#));
        format!("{}.{claims}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#))
    }

    fn given(text: &str, expires_in: Option<u64>) -> GivenToken {
        let access_token = Secret::new(text);
        GivenToken { access_token, token_type: "Bearer".to_owned(), expires_in, scope: None, host: "h".to_owned() }
    }

    fn stored(text: &str, expires_in: Option<u64>, form: Form) -> Result<TokenFacts, TokenRefused> {
        let stored = given(text, expires_in).stored(form, 3, &RenewalPolicy::default(), NOW, 0);
        stored.map(|stored| stored.facts)
    }

    #[test]
    fn a_provider_of_jwts_issues_nothing_else_and_others_may_issue_opaque_tokens() {
        let has = |text: &str, form| has_form(&Secret::new(text), form);
        assert!(has(&jwt_until(9), Form::Jwt) && has("an-opaque-token", Form::Opaque));
        for text in ["an-opaque-token", "a.b.c", "", "eyJhbGciOiJSUzI1NiJ9.e30", "<html>"] {
            assert!(!has(text, Form::Jwt), "{text}");
        }
        for text in ["", "two words", "line\n", "tøken", &"x".repeat(LONGEST + 1)] {
            assert!(!has(text, Form::Opaque), "{text}");
        }
    }

    #[test]
    fn a_given_jwt_ends_at_its_own_time_and_never_later() {
        let until = NOW + Span::from_seconds(900);
        let facts = stored(&jwt_until(1_700_000_900), Some(3_600), Form::Jwt).unwrap();
        assert_eq!((facts.expires_at, facts.lifetime_known, facts.generation), (until, true, 3));
        assert_eq!(stored(&jwt_until(1_700_000_900), None, Form::Jwt).unwrap().expires_at, until);
        assert_eq!(stored(&jwt_until(1_699_999_999), Some(3_600), Form::Jwt), Err(TokenRefused::Expired));
    }

    #[test]
    fn a_token_that_does_not_say_lives_five_minutes_and_one_that_is_none_is_refused() {
        let facts = stored("opaque", None, Form::Opaque).unwrap();
        assert_eq!((facts.lifetime().seconds(), facts.lifetime_known), (300, false));
        assert_eq!(stored("opaque", Some(60), Form::Opaque).unwrap().lifetime().seconds(), 60);
        assert_eq!(stored("opaque", None, Form::Jwt), Err(TokenRefused::Format));
    }
}
