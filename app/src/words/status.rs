use domain::keeper::{ConnectionView, Phase, Renewal, View};
use domain::site::{SitesPhase, SitesView, Standing};
use domain::time::Timestamp;

use super::{Mood, count, mood};

/// How all is doing, in a few words for the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The colour of the dot.
    pub(crate) mood: Mood,
    /// The words; they change only when the state does, so that a screen reader hears no countdown.
    pub(crate) words: String,
}

/// How many site tokens stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SitesStand {
    /// Whether they are read.
    pub(crate) known: bool,
    /// Those that can be used.
    pub(crate) valid: usize,
    /// Those that are over.
    pub(crate) expired: usize,
    /// Those that the API does not take.
    pub(crate) refused: usize,
}

impl SitesStand {
    /// How they stand at a moment.
    pub(crate) fn of(view: &SitesView, now: Timestamp) -> Self {
        let mut stand = Self { known: view.phase != SitesPhase::Opening, ..Self::default() };
        for token in &*view.tokens {
            match token.standing(now) {
                Standing::Active | Standing::Warning | Standing::Urgent | Standing::Critical => stand.valid += 1,
                Standing::Expired => stand.expired += 1,
                Standing::Invalid | Standing::Revoked => stand.refused += 1,
            }
        }
        stand
    }
}

/// Sums up worker tokens and site tokens; `now` is `None` in the first render.
pub(crate) fn summary(view: &View, sites: SitesStand, now: Option<Timestamp>) -> Summary {
    let said = |mood, words: &str| Summary { mood, words: words.to_owned() };
    match &view.phase {
        Phase::Opening => return said(Mood::None, "Opening the vault"),
        Phase::Locked => return said(Mood::Soon, "Vault locked"),
        Phase::Failed(_) => return said(Mood::Bad, "Vault closed"),
        Phase::Leaving | Phase::SignedOut => return said(Mood::None, "Signed out"),
        Phase::Open => {}
    }
    if !view.online {
        return said(Mood::Soon, "Offline");
    }
    let Some(now) = now else { return said(Mood::None, "Opening the vault") };
    let of = |wanted: Mood| view.connections.iter().filter(|one| mood(one, now) == wanted).count();
    let stopped = |one: &&ConnectionView| one.renewal == Renewal::Stopped && one.failure.is_some();
    let waiting = view.connections.iter().filter(stopped).count() + sites.refused;
    let (expired, valid) = (of(Mood::Bad) + sites.expired, of(Mood::Good) + of(Mood::Soon) + sites.valid);
    let numbered = |mood, number, word: &str| Summary { mood, words: format!("{} {word}", count(number, "token")) };
    if of(Mood::Renewing) > 0 {
        Summary { mood: Mood::Renewing, words: format!("Renewing {}", count(of(Mood::Renewing), "token")) }
    } else if waiting > 0 {
        numbered(Mood::Bad, waiting, if waiting == 1 { "needs you" } else { "need you" })
    } else if expired > 0 {
        numbered(Mood::Bad, expired, "expired")
    } else if valid > 0 {
        numbered(Mood::Good, valid, "valid")
    } else if sites.known {
        said(Mood::None, "Connected, no tokens yet")
    } else {
        said(Mood::None, "Connected")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_render_says_the_vault_is_being_opened() {
        assert_eq!(summary(&View::default(), SitesStand::default(), None).words, "Opening the vault");
    }

    #[test]
    fn without_network_the_header_says_offline() {
        let view = View { phase: Phase::Open, online: false, ..View::default() };
        assert_eq!(
            summary(&view, SitesStand::default(), Some(Timestamp::from_seconds(0))),
            Summary { mood: Mood::Soon, words: "Offline".to_owned() }
        );
    }

    fn words(sites: SitesStand) -> String {
        let view = View { phase: Phase::Open, online: true, ..View::default() };
        summary(&view, SitesStand { known: true, ..sites }, Some(Timestamp::from_seconds(0))).words
    }

    #[test]
    fn an_empty_vault_is_connected_and_says_so_of_no_token_before_all_are_read() {
        let view = View { phase: Phase::Open, online: true, ..View::default() };
        let summary = summary(&view, SitesStand::default(), Some(Timestamp::from_seconds(0)));
        assert_eq!((summary.mood, summary.words.as_str()), (Mood::None, "Connected"));
        assert_eq!(words(SitesStand::default()), "Connected, no tokens yet");
    }

    #[test]
    fn whoever_has_only_site_tokens_has_tokens() {
        assert_eq!(words(SitesStand { valid: 2, ..SitesStand::default() }), "2 tokens valid");
        assert_eq!(words(SitesStand { valid: 2, expired: 1, ..SitesStand::default() }), "1 token expired");
        assert_eq!(
            words(SitesStand { valid: 2, expired: 1, refused: 1, ..SitesStand::default() }),
            "1 token needs you"
        );
    }
}
