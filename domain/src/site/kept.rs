//! A token with its texts, and what becomes of both: replaced, accepted, refused, rolled back.

use serde::{Deserialize, Serialize};

use super::{Claims, Draft, Pasted, Previous, SitePlace, SiteToken, Source, TokenHash, Used, Verdict, VerdictKind};
use crate::id::SiteTokenId;
use crate::secret::Secret;
use crate::time::Timestamp;

/// A token's texts, kept apart from its facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenTexts {
    /// Which of the record's texts `text` is, from 1.
    pub generation: u64,
    /// The text that is used.
    pub text: Secret,
    /// The one before, until `text` has worked once.
    pub previous: Option<Secret>,
}

/// A token with its texts. Both are written in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The facts.
    pub token: SiteToken,
    /// The texts.
    pub texts: TokenTexts,
}

/// What to do when an API refused a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRefusal {
    /// Another text took its place meanwhile: the call is made with that.
    TakeNewer,
    /// It never worked here, and the one before is still there: the call is made with that, and when it works,
    /// [`Kept::rolled_back`].
    TryPrevious,
    /// Nothing is left to try.
    Nothing,
}

impl Kept {
    /// A new token, from a draft that can be kept (see [`Draft::findings`]) and its place.
    pub fn new(id: SiteTokenId, place: SitePlace, draft: &Draft, source: Source, now: Timestamp) -> Self {
        let text = Pasted::mend(draft.token.expose()).token;
        let token = SiteToken {
            id,
            place,
            name: draft.shown_name().to_owned(),
            generation: 1,
            claims: Claims::of(&text),
            hash: TokenHash::of(&text),
            masked: text.masked(),
            source,
            added_at: now,
            replaced_at: now,
            used: Used::default(),
            verdict: None,
            previous: None,
            quiet_until: None,
            removed_at: None,
        };
        Self { token, texts: TokenTexts { generation: 1, text, previous: None } }
    }

    /// With a new text. The old one stays beside it until the new one has worked once, unless it is of no use any more.
    #[must_use]
    pub fn replaced(self, text: Secret, source: Source, now: Timestamp) -> Self {
        let Self { token, texts } = self;
        let is_worth_keeping = token.is_usable(now);
        let previous = Previous { hash: token.hash, claims: token.claims };
        let generation = token.generation.saturating_add(1);
        let token = SiteToken {
            generation,
            claims: Claims::of(&text),
            hash: TokenHash::of(&text),
            masked: text.masked(),
            source,
            replaced_at: now,
            verdict: None,
            previous: is_worth_keeping.then_some(previous),
            quiet_until: None,
            ..token
        };
        let previous = is_worth_keeping.then_some(texts.text);
        Self { token, texts: TokenTexts { generation, text, previous } }
    }

    /// An API took the text of this generation in a call: the one before is not needed any more. A test alone does not count
    /// as that; see [`SiteToken::judged`].
    #[must_use]
    pub fn worked(mut self, generation: u64, now: Timestamp) -> Self {
        if generation == self.token.generation {
            self.token = SiteToken { previous: None, ..self.token.judged(generation, VerdictKind::Accepted, now) };
            self.texts.previous = None;
        }
        self
    }

    /// What to do after an API refused the text of this generation (401).
    pub fn after_refusal(&self, generation: u64, now: Timestamp) -> AfterRefusal {
        if generation != self.token.generation {
            return AfterRefusal::TakeNewer;
        }
        let good = |previous: &Previous| previous.claims.expires_at.is_none_or(|end| end > now);
        let has_previous = self.texts.previous.is_some() && self.token.previous.as_ref().is_some_and(good);
        if has_previous { AfterRefusal::TryPrevious } else { AfterRefusal::Nothing }
    }

    /// The text before takes its place again: it works, and the newer one, of this generation, did not.
    #[must_use]
    pub fn rolled_back(self, generation: u64, now: Timestamp) -> Self {
        let Self { token, texts } = self;
        match texts.previous {
            Some(text) if generation == token.generation => {
                let generation = generation.saturating_add(1);
                let token = SiteToken {
                    generation,
                    claims: Claims::of(&text),
                    hash: TokenHash::of(&text),
                    masked: text.masked(),
                    replaced_at: now,
                    verdict: Some(Verdict { kind: VerdictKind::Accepted, at: now }),
                    previous: None,
                    ..token
                };
                Self { token, texts: TokenTexts { generation, text, previous: None } }
            }
            previous => Self { token, texts: TokenTexts { previous, ..texts } },
        }
    }
}

impl SiteToken {
    /// With what an API said of the text of this generation; what it says of an older one is no news.
    #[must_use]
    pub fn judged(self, generation: u64, kind: VerdictKind, at: Timestamp) -> Self {
        if generation != self.generation {
            return self;
        }
        Self { verdict: Some(Verdict { kind, at }), ..self }
    }

    /// With a call more that went out with it.
    #[must_use]
    pub fn used_at(self, at: Timestamp, count: u64) -> Self {
        let last_at = self.used.last_at.max(Some(at));
        Self { used: Used { last_at, count: self.used.count.saturating_add(count) }, ..self }
    }

    /// With name, place and device as a draft has them; the text is another matter.
    #[must_use]
    pub fn edited(self, place: SitePlace, draft: &Draft) -> Self {
        Self { place, name: draft.shown_name().to_owned(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Standing;
    use super::super::sample::{NOW, site, text};
    use super::*;
    use crate::id::ProviderId;

    fn jwt(identity: &str) -> Secret {
        text(&format!(r#"{{"identity":"{identity}"}}"#))
    }

    fn kept(token: Secret) -> Kept {
        let provider = ProviderId::new("ace");
        let place = SitePlace { provider: provider.clone(), site: site("a"), device: None };
        let draft = Draft { site: "a".to_owned(), token, ..Draft::empty(provider) };
        Kept::new(SiteTokenId::new("1"), place, &draft, Source::Entered, NOW)
    }

    #[test]
    fn a_new_token_takes_the_mended_text_and_the_sites_id_as_its_name() {
        let kept = kept(Secret::new(format!("Bearer {}", jwt("a").expose())));
        assert_eq!((kept.texts.text.clone(), kept.token.name.as_str()), (jwt("a"), "a"));
        assert_eq!(kept.token.claims.identity.as_deref(), Some("a"));
        assert_eq!(kept.token.hash, TokenHash::of(&jwt("a")));
    }

    #[test]
    fn the_old_text_is_kept_until_the_new_one_has_worked_once() {
        let rotated = kept(jwt("old")).replaced(jwt("new"), Source::Entered, NOW);
        assert_eq!((rotated.token.generation, rotated.texts.generation), (2, 2));
        assert_eq!(rotated.texts.previous, Some(jwt("old")));
        let tested = Kept { token: rotated.token.clone().judged(2, VerdictKind::Accepted, NOW), ..rotated.clone() };
        assert_eq!(tested.texts.previous, Some(jwt("old")), "a test alone is no use in earnest");
        let late = rotated.clone().worked(1, NOW);
        assert_eq!(late.texts.previous, Some(jwt("old")), "that the old one worked says nothing of the new one");
        let worked = rotated.worked(2, NOW);
        assert_eq!((worked.texts.previous, worked.token.previous), (None, None));
        assert_eq!(worked.token.verdict.map(|verdict| verdict.kind), Some(VerdictKind::Accepted));
    }

    #[test]
    fn a_new_text_that_is_refused_gives_way_to_the_one_before() {
        let rotated = kept(jwt("old")).replaced(jwt("new"), Source::Entered, NOW);
        assert_eq!(rotated.after_refusal(1, NOW), AfterRefusal::TakeNewer);
        assert_eq!(rotated.after_refusal(2, NOW), AfterRefusal::TryPrevious);
        let back = rotated.clone().rolled_back(2, NOW);
        assert_eq!((back.texts.text.clone(), back.texts.previous.clone()), (jwt("old"), None));
        assert_eq!((back.token.generation, back.token.hash.clone()), (3, TokenHash::of(&jwt("old"))));
        assert_eq!(back.after_refusal(3, NOW), AfterRefusal::Nothing);
        assert_eq!(rotated.clone().rolled_back(1, NOW), rotated, "an old answer undoes nothing");
    }

    #[test]
    fn a_text_of_no_use_is_not_kept_beside_a_new_one() {
        let expired = kept(text(r#"{"exp":1}"#)).replaced(jwt("new"), Source::Entered, NOW);
        assert_eq!((expired.token.previous, expired.texts.previous), (None, None));
        let mut refused = kept(jwt("old"));
        refused.token = refused.token.judged(1, VerdictKind::Revoked, NOW);
        let replaced = refused.replaced(jwt("new"), Source::Entered, NOW);
        assert_eq!(replaced.texts.previous, None);
        assert_eq!(replaced.token.standing(NOW), Standing::Active);
    }

    #[test]
    fn what_was_said_of_an_older_text_is_no_news() {
        let rotated = kept(jwt("old")).replaced(jwt("new"), Source::Entered, NOW);
        assert_eq!(rotated.token.clone().judged(1, VerdictKind::Rejected, NOW), rotated.token);
    }

    #[test]
    fn no_order_of_what_happens_loses_the_only_text_that_works() {
        // Every sequence of five of: a new text, worked, refused and rolled back, each for the current or the last generation.
        for code in 0..6_u32.pow(5) {
            let mut kept = kept(jwt("0"));
            for step in 0..5 {
                let what = code / 6_u32.pow(step) % 6;
                let generation = kept.token.generation - u64::from(what >= 3);
                let before = kept.clone();
                kept = match what % 3 {
                    0 => kept.replaced(jwt(&format!("{code}-{step}")), Source::Entered, NOW),
                    1 => kept.worked(generation, NOW),
                    _ => kept.rolled_back(generation, NOW),
                };
                assert_eq!(kept.token.generation, kept.texts.generation);
                assert_eq!(kept.token.hash, TokenHash::of(&kept.texts.text));
                assert_eq!(kept.token.previous.is_some(), kept.texts.previous.is_some());
                let has = |text: &Secret| kept.texts.text == *text || kept.texts.previous.as_ref() == Some(text);
                // A text leaves only when the newer one worked, or it was the newer one and was refused, or a third came.
                assert!(what % 3 != 0 || has(&before.texts.text), "a replaced text stays: {code} {step}");
                assert!(kept.token.generation >= before.token.generation);
            }
        }
    }
}
