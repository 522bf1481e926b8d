use domain::keeper::{ConnectionView, Remedy, Renewal};
use domain::time::{Span, Timestamp, words};
use domain::token::{Stage, TokenFacts};

/// How a token is doing; it decides the colour of its bar and badge. The words beside it say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Alive, before its renewal point.
    Good,
    /// Past its renewal point, still valid.
    Soon,
    /// Expired, or refused for good.
    Bad,
    /// Being renewed now.
    Renewing,
    /// There is no token.
    None,
}

impl Mood {
    /// The class of the style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Soon => "soon",
            Self::Bad => "bad",
            Self::Renewing => "renewing",
            Self::None => "none",
        }
    }

    /// The word a badge shows.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Good => "Valid",
            Self::Soon => "Expires soon",
            Self::Bad => "Expired",
            Self::Renewing => "Renewing",
            Self::None => "No token",
        }
    }
}

/// The life bar's measures in percent of its length: issued at 0, expiry at 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bar {
    /// Where now stands: the moving edge. What is left of the life fills from here to the end.
    pub(crate) now: f64,
    /// Where the renewal point's notch stands.
    pub(crate) notch: f64,
    /// Whether the edge glides: its steps of a second are wide enough to be seen.
    pub(crate) glides: bool,
}

/// The longest life whose edge glides. Gliding keeps a browser drawing all the time the page is open; the edge of a longer
/// life steps by less than a pixel or two each second.
const GLIDING: Span = Span::from_seconds(600);

/// Where the bar's parts stand at `now`; a token that lives no time at all is at its end.
pub(crate) fn bar(token: &TokenFacts, now: Timestamp) -> Bar {
    let lifetime = token.lifetime();
    let percent = |moment: Timestamp| {
        if lifetime == Span::ZERO {
            return 100.0;
        }
        let lived = moment.since(token.received_at).min(lifetime);
        // Hundredths of a percent are finer than any screen, and exact as a float.
        f64::from(u32::try_from(lived.scaled(10_000, lifetime.millis()).millis()).unwrap_or(10_000)) / 100.0
    };
    Bar { now: percent(now), notch: percent(token.renew_at), glides: lifetime <= GLIDING }
}

/// How a connection's token is doing at `now`.
pub(crate) fn mood(connection: &ConnectionView, now: Timestamp) -> Mood {
    if matches!(connection.renewal, Renewal::Running { .. }) {
        return Mood::Renewing;
    }
    match connection.token.as_ref().map(|token| token.stage(now)) {
        None => Mood::None,
        Some(Stage::Fresh) => Mood::Good,
        Some(Stage::Due) => Mood::Soon,
        Some(Stage::Expired) => Mood::Bad,
    }
}

/// The words beside the bar: `renews in 4 min`, `expired 5 days ago`, `expires in 2 h, needs you`.
pub(crate) fn life(connection: &ConnectionView, now: Timestamp) -> String {
    let Some(token) = &connection.token else { return without_token(connection) };
    let end = words::relative(token.expires_at, now);
    match (&connection.renewal, token.stage(now)) {
        (Renewal::Running { .. }, _) => "renewing…".to_owned(),
        (_, Stage::Expired) => format!("expired {end}"),
        (Renewal::Stopped, _) if connection.has_credential => format!("expires {end}, needs you"),
        (Renewal::Stopped, _) => format!("expires {end}, no credential kept"),
        (Renewal::Retrying { at }, _) => format!("expires {end}, next try {}", words::relative(*at, now)),
        (Renewal::Idle, Stage::Fresh) if connection.has_credential => {
            format!("renews {}", words::relative(token.renew_at, now))
        }
        (Renewal::Idle, _) => format!("expires {end}"),
    }
}

fn without_token(connection: &ConnectionView) -> String {
    let refused = connection.failure.as_ref().is_some_and(|failure| failure.remedy == Remedy::Person);
    match connection.renewal {
        Renewal::Running { .. } => "asking for a token…",
        _ if refused => "no token: the request was refused",
        Renewal::Retrying { .. } => "no token yet, trying again",
        _ if connection.has_credential => "no token yet",
        _ => "no token, and no credential kept",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::connection::Connection;
    use domain::id::{ConnectionId, ProviderId};
    use domain::provider::{ClientAuthentication, Place};

    fn token() -> TokenFacts {
        TokenFacts {
            generation: 1,
            token_type: "Bearer".to_owned(),
            scope: None,
            received_at: Timestamp::from_seconds(1_000),
            expires_at: Timestamp::from_seconds(1_100),
            renew_at: Timestamp::from_seconds(1_090),
            floor: Span::from_seconds(15),
            lifetime_known: true,
            host: "auth.example.com".to_owned(),
            took: Span::ZERO,
            tries: 1,
            shared: domain::token::Shared::default(),
        }
    }

    fn connection(token: Option<TokenFacts>, renewal: Renewal) -> ConnectionView {
        let connection = Connection {
            id: ConnectionId::new("c"),
            name: "c".to_owned(),
            provider: ProviderId::new("p"),
            place: Place::default(),
            client_id: "id".to_owned(),
            scopes: Vec::new(),
            authentication: ClientAuthentication::ClientSecretBasic,
            keep_credential: true,
            created_at: Timestamp::from_seconds(0),
            removed_at: None,
        };
        ConnectionView { connection, token, has_credential: true, renewal, failure: None }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn the_edge_moves_from_issue_to_expiry() {
        assert_eq!(bar(&token(), at(1_000)), Bar { now: 0.0, notch: 90.0, glides: true });
        assert_eq!(bar(&token(), at(1_025)), Bar { now: 25.0, notch: 90.0, glides: true });
    }

    #[test]
    fn the_edge_of_a_long_life_does_not_glide() {
        let long = TokenFacts { expires_at: at(4_600), ..token() };
        assert!(bar(&token(), at(1_000)).glides && !bar(&long, at(1_000)).glides);
    }

    #[test]
    fn the_edge_never_leaves_the_bar() {
        assert_eq!(bar(&token(), at(0)).now, 0.0);
        assert_eq!(bar(&token(), at(i64::MAX / 2_000)).now, 100.0);
    }

    #[test]
    fn a_life_of_any_length_has_a_place_for_its_edge() {
        let eternal = TokenFacts { expires_at: Timestamp::from_millis(i64::MAX), ..token() };
        assert_eq!(bar(&eternal, Timestamp::from_millis(i64::MAX / 2)).now, 49.99);
    }

    #[test]
    fn a_life_of_no_length_is_over() {
        let dead = TokenFacts { expires_at: at(1_000), renew_at: at(1_000), ..token() };
        assert_eq!(bar(&dead, at(1_000)).now, 100.0);
    }

    #[test]
    fn a_fresh_token_says_when_it_renews() {
        let idle = connection(Some(token()), Renewal::Idle);
        assert_eq!(life(&idle, at(1_030)), "renews in 1 min");
        assert_eq!(mood(&idle, at(1_030)), Mood::Good);
    }

    #[test]
    fn a_token_without_credential_says_when_it_ends() {
        let alone = ConnectionView { has_credential: false, ..connection(Some(token()), Renewal::Idle) };
        assert_eq!(life(&alone, at(1_070)), "expires in 30 s");
    }

    #[test]
    fn an_expired_token_says_since_when() {
        let idle = connection(Some(token()), Renewal::Idle);
        assert_eq!(life(&idle, at(1_160)), "expired 1 min ago");
        assert_eq!(mood(&idle, at(1_160)), Mood::Bad);
    }

    #[test]
    fn a_retry_names_both_times() {
        let retrying = connection(Some(token()), Renewal::Retrying { at: at(1_095) });
        assert_eq!(life(&retrying, at(1_091)), "expires in 9 s, next try in 4 s");
        assert_eq!(mood(&retrying, at(1_091)), Mood::Soon);
    }

    #[test]
    fn a_renewal_is_said_before_anything_else() {
        let running = connection(Some(token()), Renewal::Running { since: at(1_090) });
        assert_eq!(life(&running, at(1_200)), "renewing…");
        assert_eq!(mood(&running, at(1_200)), Mood::Renewing);
    }

    #[test]
    fn a_connection_without_token_says_so() {
        assert_eq!(life(&connection(None, Renewal::Idle), at(0)), "no token yet");
        assert_eq!(mood(&connection(None, Renewal::Stopped), at(0)), Mood::None);
    }
}
