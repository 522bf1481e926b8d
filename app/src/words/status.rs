use domain::keeper::{Phase, Renewal, View};
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

/// Sums up a view; `now` is `None` in the first render.
pub(crate) fn summary(view: &View, now: Option<Timestamp>) -> Summary {
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
    let stopped =
        view.connections.iter().filter(|one| one.renewal == Renewal::Stopped && one.failure.is_some()).count();
    if view.connections.is_empty() {
        said(Mood::None, "Connected, no tokens yet")
    } else if of(Mood::Renewing) > 0 {
        Summary { mood: Mood::Renewing, words: format!("Renewing {}", count(of(Mood::Renewing), "token")) }
    } else if stopped > 0 {
        Summary {
            mood: Mood::Bad,
            words: if stopped == 1 { "1 token needs you".to_owned() } else { format!("{stopped} tokens need you") },
        }
    } else if of(Mood::Bad) > 0 {
        Summary { mood: Mood::Bad, words: format!("{} expired", count(of(Mood::Bad), "token")) }
    } else if of(Mood::Good) + of(Mood::Soon) > 0 {
        Summary { mood: Mood::Good, words: format!("{} valid", count(of(Mood::Good) + of(Mood::Soon), "token")) }
    } else {
        said(Mood::None, "Connected, no tokens yet")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_render_says_the_vault_is_being_opened() {
        assert_eq!(summary(&View::default(), None).words, "Opening the vault");
    }

    #[test]
    fn without_network_the_header_says_offline() {
        let view = View { phase: Phase::Open, online: false, ..View::default() };
        assert_eq!(
            summary(&view, Some(Timestamp::from_seconds(0))),
            Summary { mood: Mood::Soon, words: "Offline".to_owned() }
        );
    }

    #[test]
    fn an_empty_vault_is_connected() {
        let view = View { phase: Phase::Open, online: true, ..View::default() };
        assert_eq!(summary(&view, Some(Timestamp::from_seconds(0))).mood, Mood::None);
    }
}
