use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SOON;
use crate::id::ConnectionId;
use crate::keeper::{ConnectionView, Phase, View};
use crate::time::{Span, Timestamp, words};
use crate::token::TokenFacts;

/// How long a renewal that should have begun is waited for, at most.
const GRACE: Span = Span::from_seconds(30);
/// How long after a token's end it is still worth a word: a page that slept over the end says so, one opened days later
/// does not.
const STALE: Span = Span::from_seconds(300);

/// A notification that a token is about to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Whose token.
    pub connection: ConnectionId,
    /// Which of its tokens.
    pub generation: u64,
    /// The headline.
    pub title: String,
    /// When it ends, and why it is not renewed.
    pub text: String,
}

impl Warning {
    /// What the browser knows it by: a second one with the same tag takes the place of the first.
    pub fn tag(&self) -> String {
        format!("tokenkeep-{}-{}", self.connection, self.generation)
    }
}

/// Which tokens a person was warned of, in any tab: the generation of each connection's last one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Told(BTreeMap<ConnectionId, u64>);

impl Told {
    /// Whether this one was told, or a later one of the same connection.
    pub fn has(&self, warning: &Warning) -> bool {
        self.0.get(&warning.connection).is_some_and(|generation| *generation >= warning.generation)
    }

    /// Notes that it was told; what no longer exists is forgotten.
    pub fn note(&mut self, warning: &Warning, view: &View) {
        self.0.insert(warning.connection.clone(), warning.generation);
        self.0.retain(|id, _| view.connections.iter().any(|one| one.connection.id == *id));
    }
}

/// What a person is to be warned of now: once for each token, before it ends, when no renewal will come or none came in
/// time. Nothing while warnings are off.
pub fn due(view: &View, told: &Told, now: Timestamp) -> Vec<Warning> {
    if !view.settings.expiry_warnings || view.phase != Phase::Open {
        return Vec::new();
    }
    let warnings = view.connections.iter().filter_map(|one| warning(one, view.settings.auto_renewal, now));
    warnings.filter(|warning| !told.has(warning)).collect()
}

fn warning(one: &ConnectionView, auto_renewal: bool, now: Timestamp) -> Option<Warning> {
    let token = one.token.as_ref()?;
    let is_renewed = auto_renewal && one.has_credential && one.failure.is_none();
    if now < warn_at(token, is_renewed) || now >= token.expires_at + STALE {
        return None;
    }
    let end = words::relative(token.expires_at, now);
    let reason = match &one.failure {
        Some(failure) => format!("The renewal failed: {}.", failure.problem.title),
        None if !one.has_credential => "No credential is kept to renew it with.".to_owned(),
        None if !auto_renewal => "Auto-renewal is off.".to_owned(),
        None => "It was not renewed in time.".to_owned(),
    };
    let (verb, title) = if now < token.expires_at { ("expires", "expires soon") } else { ("expired", "expired") };
    Some(Warning {
        connection: one.connection.id.clone(),
        generation: token.generation,
        title: format!("Worker token {title}: {}", one.connection.name),
        text: format!("It {verb} {end}. {reason}"),
    })
}

/// Five minutes before the end, or at half of a short life. Where a renewal should come it gets its time first, but never
/// more than half of what is left after the renewal point.
fn warn_at(token: &TokenFacts, is_renewed: bool) -> Timestamp {
    let before = SOON.min(token.lifetime().scaled(1, 2));
    let at = token.expires_at - before;
    if !is_renewed {
        return at;
    }
    let grace = GRACE.min(token.expires_at.since(token.renew_at).scaled(1, 2));
    at.max(token.renew_at + grace)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, connection, failing, token};
    use super::*;
    use crate::keeper::Remedy;
    use crate::settings::WorkerTokenSettings;

    fn view(connections: Vec<ConnectionView>) -> View {
        let settings = WorkerTokenSettings { expiry_warnings: true, ..WorkerTokenSettings::default() };
        View { phase: Phase::Open, connections, settings, ..View::default() }
    }

    fn without_credential(left: i64) -> ConnectionView {
        ConnectionView { has_credential: false, ..connection("a", Some(token(left))) }
    }

    fn texts(view: &View) -> Vec<String> {
        due(view, &Told::default(), NOW).into_iter().map(|warning| warning.text).collect()
    }

    #[test]
    fn a_token_nobody_renews_is_warned_of_from_five_minutes_before_its_end() {
        assert!(texts(&view(vec![without_credential(301)])).is_empty());
        // Not in one second only: at any moment from then on.
        for left in [300, 299, 150, 2] {
            let said = texts(&view(vec![without_credential(left)]));
            assert!(
                said[0].starts_with("It expires in ") && said[0].ends_with("No credential is kept to renew it with.")
            );
        }
    }

    #[test]
    fn a_page_that_slept_says_that_it_expired_and_one_opened_later_says_nothing() {
        assert_eq!(
            texts(&view(vec![without_credential(-60)])),
            ["It expired 1 min ago. No credential is kept to renew it with."]
        );
        assert!(texts(&view(vec![without_credential(-300)])).is_empty());
    }

    #[test]
    fn a_token_that_is_renewed_is_warned_of_only_when_the_renewal_does_not_come() {
        // Due at 310 s before its end, with half a minute for the renewal.
        assert!(texts(&view(vec![connection("a", Some(token(290)))])).is_empty());
        assert_eq!(
            texts(&view(vec![connection("a", Some(token(280)))])),
            ["It expires in 4 min 40 s. It was not renewed in time."]
        );
        let failing = failing(Remedy::Person, connection("a", Some(token(290))));
        assert_eq!(
            texts(&view(vec![failing])),
            ["It expires in 4 min 50 s. The renewal failed: The provider refused the request."]
        );
    }

    #[test]
    fn a_short_life_is_warned_of_in_its_second_half() {
        let short = |left: i64| {
            let facts = token(left);
            TokenFacts { received_at: facts.expires_at - Span::from_seconds(60), ..facts }
        };
        let said = |left| {
            texts(&view(vec![ConnectionView { has_credential: false, ..connection("a", Some(short(left))) }])).len()
        };
        assert_eq!((said(31), said(30)), (0, 1));
    }

    #[test]
    fn each_token_is_told_once_and_the_next_one_again() {
        let view = view(vec![without_credential(100)]);
        let mut told = Told::default();
        let first = due(&view, &told, NOW).remove(0);
        told.note(&first, &view);
        assert!(due(&view, &told, NOW).is_empty());
        let next = TokenFacts { generation: 4, ..token(100) };
        let renewed = View { connections: vec![ConnectionView { token: Some(next), ..without_credential(0) }], ..view };
        let second = due(&renewed, &told, NOW).remove(0);
        assert_ne!(first.tag(), second.tag());
        told.note(&second, &View { connections: Vec::new(), ..renewed });
        assert_eq!(told, Told::default());
    }

    #[test]
    fn nothing_is_told_while_warnings_are_off_or_the_vault_is_closed() {
        let open = view(vec![without_credential(100)]);
        let settings = WorkerTokenSettings { expiry_warnings: false, ..open.settings };
        assert!(texts(&View { settings, ..open.clone() }).is_empty());
        assert!(texts(&View { phase: Phase::SignedOut, ..open.clone() }).is_empty());
        let manual = WorkerTokenSettings { auto_renewal: false, ..open.settings };
        let connections = vec![connection("a", Some(token(100)))];
        let said = texts(&View { settings: manual, connections, ..open });
        assert_eq!(said, ["It expires in 1 min 40 s. Auto-renewal is off."]);
    }
}
