//! Watching tokens: how each one stands, what is told of them, and when a person is warned.

use crate::keeper::{ConnectionView, Remedy};
use crate::time::{Span, Timestamp};
use crate::token::Stage;

mod export;
mod warning;

pub use export::{export, file_name};
pub use warning::{Told, Warning, due};

/// What counts as little time left.
pub const SOON: Span = Span::from_seconds(300);

/// How a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Good, with time left.
    Active,
    /// Good, but [`SOON`] over, or past its renewal point.
    Expiring,
    /// Over.
    Expired,
    /// The last request for one was refused, so that a person must act; or it failed, and there is no token.
    Error,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Expiring, Self::Expired, Self::Error];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Expiring => "Expiring",
            Self::Expired => "Expired",
            Self::Error => "Error",
        }
    }
}

/// How a connection's token stands at `now`; `None` where there is no token and nothing wrong.
pub fn standing(connection: &ConnectionView, now: Timestamp) -> Option<Standing> {
    let refused = |remedy: &Remedy| matches!(remedy, Remedy::Person | Remedy::SignIn);
    if connection.failure.as_ref().is_some_and(|failure| refused(&failure.remedy)) {
        return Some(Standing::Error);
    }
    let Some(token) = &connection.token else { return connection.failure.is_some().then_some(Standing::Error) };
    Some(match token.stage(now) {
        Stage::Expired => Standing::Expired,
        Stage::Due => Standing::Expiring,
        Stage::Fresh if token.expires_at.since(now) <= SOON => Standing::Expiring,
        Stage::Fresh => Standing::Active,
    })
}

/// How many tokens stand how, in the order of [`Standing::ALL`].
pub fn counts(connections: &[ConnectionView], now: Timestamp) -> [usize; 4] {
    let all: Vec<Standing> = connections.iter().filter_map(|one| standing(one, now)).collect();
    Standing::ALL.map(|wanted| all.iter().filter(|one| **one == wanted).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Code, Problem};
    use crate::connection::Connection;
    use crate::id::{ConnectionId, ProviderId};
    use crate::keeper::{Failure, Renewal};
    use crate::provider::{ClientAuthentication, Place};
    use crate::token::TokenFacts;

    pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_795_226_400);

    /// A token that has `left` seconds of its hour, and is due five minutes before its end.
    pub(super) fn token(left: i64) -> TokenFacts {
        let expires_at = NOW.shifted(left * 1_000);
        TokenFacts {
            generation: 3,
            token_type: "Bearer".to_owned(),
            scope: Some("read write".to_owned()),
            received_at: expires_at - Span::from_seconds(3_600),
            expires_at,
            renew_at: expires_at - Span::from_seconds(310),
            floor: SOON,
            lifetime_known: true,
            host: "auth.pingone.eu".to_owned(),
            took: Span::from_millis(80),
            tries: 1,
            shared: crate::token::Shared::default(),
        }
    }

    pub(super) fn connection(name: &str, token: Option<TokenFacts>) -> ConnectionView {
        let connection = Connection {
            id: ConnectionId::new(name),
            name: name.to_owned(),
            provider: ProviderId::new("p"),
            place: Place::default(),
            client_id: "client".to_owned(),
            scopes: Vec::new(),
            authentication: ClientAuthentication::ClientSecretBasic,
            keep_credential: true,
            created_at: Timestamp::from_seconds(0),
            removed_at: None,
        };
        ConnectionView { connection, token, has_credential: true, renewal: Renewal::Idle, failure: None }
    }

    pub(super) fn failing(remedy: Remedy, connection: ConnectionView) -> ConnectionView {
        let failure = Failure { problem: Problem::new(Code::UpstreamRefused), at: NOW, remedy };
        ConnectionView { failure: Some(failure), ..connection }
    }

    const RETRY: Remedy = Remedy::Retry { at: NOW, attempt: 2 };

    #[test]
    fn a_token_is_expiring_from_its_renewal_point_or_five_minutes_before_its_end() {
        let of = |left| standing(&connection("a", Some(token(left))), NOW);
        assert_eq!(
            [311, 310, 1, 0, -5].map(of),
            [Standing::Active, Standing::Expiring, Standing::Expiring, Standing::Expired, Standing::Expired].map(Some)
        );
        let late = TokenFacts { renew_at: NOW + Span::from_seconds(200), ..token(300) };
        assert_eq!(standing(&connection("a", Some(late)), NOW), Some(Standing::Expiring));
    }

    #[test]
    fn a_refusal_is_an_error_and_a_hiccup_is_none_while_the_token_is_good() {
        let good = || connection("a", Some(token(1_000)));
        assert_eq!(standing(&failing(Remedy::Person, good()), NOW), Some(Standing::Error));
        assert_eq!(standing(&failing(RETRY, good()), NOW), Some(Standing::Active));
        assert_eq!(standing(&failing(RETRY, connection("a", None)), NOW), Some(Standing::Error));
        assert_eq!(standing(&connection("a", None), NOW), None);
    }

    #[test]
    fn tokens_are_counted_by_how_they_stand() {
        let all = [
            connection("a", Some(token(1_000))),
            connection("b", Some(token(2_000))),
            connection("c", Some(token(100))),
            connection("d", Some(token(-100))),
            failing(Remedy::Person, connection("e", None)),
            connection("f", None),
        ];
        assert_eq!(counts(&all, NOW), [2, 1, 1, 1]);
    }
}
