//! What is done with worker tokens in a browser, as the audit log is told of it. What the server does or sees (a grant, a refusal by an
//! API, a revocation) it records itself.

use super::Action;
use crate::connection::Connection;
use crate::id::ConnectionId;
use crate::keeper::{Event, View};
use crate::time::Timestamp;

/// Something done with the worker token of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Whose token.
    pub connection: ConnectionId,
    /// What was done.
    pub action: Action,
    /// Why it did not succeed, in the form of a [`super::Reason`].
    pub failed: Option<&'static str>,
}

/// What writing a connection comes to, where there was another or none `before`. One that is marked as removed counts as
/// deleted, and as added when it is brought back. `None` when nothing changed.
pub fn written(before: Option<&Connection>, after: &Connection, has_new_credential: bool) -> Option<Action> {
    let there = before.filter(|before| before.removed_at.is_none());
    match (there, after.removed_at) {
        (None, None) => Some(Action::TokenAdded),
        (Some(_), Some(_)) => Some(Action::TokenDeleted),
        (Some(before), None) => (has_new_credential || before != after).then_some(Action::TokenUpdated),
        (None, Some(_)) => None,
    }
}

/// What writing a token of this generation comes to when it was got by a renewal. The first one was granted, which the server
/// recorded.
pub const fn committed(generation: u64) -> Option<Action> {
    if generation > 1 { Some(Action::TokenRefreshed) } else { None }
}

/// The generation of the token shown of a connection, if it is over at `now` and a renewal begins for it.
pub fn expired(id: &ConnectionId, view: &View, now: Timestamp) -> Option<u64> {
    let shown = view.connections.iter().find(|shown| shown.connection.id == *id)?;
    let token = shown.token.as_ref().filter(|token| !token.is_cleared() && token.expires_at <= now)?;
    Some(token.generation)
}

/// What an event tells of a worker token that is no write to the vault.
pub fn told_by(event: &Event) -> Option<Deed> {
    let deed = |connection: &ConnectionId, action| Deed { connection: connection.clone(), action, failed: None };
    match event {
        Event::Revealed(connection, _) => Some(deed(connection, Action::TokenShown)),
        Event::Copied(connection, Ok(_)) => Some(deed(connection, Action::TokenCopied)),
        Event::TokenInvalid(connection) => {
            Some(Deed { failed: Some("not_usable"), ..deed(connection, Action::TokenFailed) })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Reason;
    use crate::id::ProviderId;
    use crate::keeper::ConnectionView;
    use crate::provider::{ClientAuthentication, Place};
    use crate::secret::Secret;
    use crate::time::Span;
    use crate::token::TokenFacts;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn id() -> ConnectionId {
        ConnectionId::new("c1")
    }

    fn connection(name: &str, removed_at: Option<i64>) -> Connection {
        Connection {
            id: id(),
            name: name.to_owned(),
            provider: ProviderId::new("p"),
            place: Place::default(),
            client_id: "client".to_owned(),
            scopes: Vec::new(),
            authentication: ClientAuthentication::ClientSecretBasic,
            keep_credential: true,
            created_at: Timestamp::from_seconds(1),
            removed_at: removed_at.map(Timestamp::from_seconds),
        }
    }

    fn showing(expires_at: i64) -> View {
        let token = TokenFacts {
            generation: 4,
            token_type: "Bearer".to_owned(),
            scope: None,
            received_at: Timestamp::from_seconds(10),
            expires_at: Timestamp::from_seconds(expires_at),
            renew_at: Timestamp::from_seconds(40),
            floor: Span::from_seconds(15),
            lifetime_known: true,
            host: "auth.example.com".to_owned(),
            took: Span::from_millis(5),
            tries: 1,
            shared: crate::token::Shared::default(),
        };
        let shown = ConnectionView {
            connection: connection("Billing", None),
            token: Some(token),
            has_credential: true,
            renewal: crate::keeper::Renewal::Idle,
            failure: None,
        };
        View { connections: vec![shown], ..View::default() }
    }

    fn action(event: &Event) -> Option<Action> {
        told_by(event).map(|deed| deed.action)
    }

    #[test]
    fn a_connection_is_added_once_changed_when_it_differs_deleted_and_brought_back() {
        let (here, other, gone) = (connection("A", None), connection("B", None), connection("A", Some(5)));
        assert_eq!(written(None, &here, true), Some(Action::TokenAdded));
        assert_eq!(written(Some(&here), &other, false), Some(Action::TokenUpdated));
        assert_eq!(written(Some(&here), &here, true), Some(Action::TokenUpdated), "a new credential");
        assert_eq!(written(Some(&here), &here, false), None);
        assert_eq!(written(Some(&here), &gone, false), Some(Action::TokenDeleted));
        assert_eq!(written(Some(&gone), &gone, false), None, "deleted once");
        assert_eq!(written(Some(&gone), &here, false), Some(Action::TokenAdded));
        assert_eq!(written(None, &gone, false), None);
    }

    #[test]
    fn only_a_later_token_counts_as_refreshed_as_the_server_tells_of_each_grant() {
        assert_eq!((committed(1), committed(2)), (None, Some(Action::TokenRefreshed)));
    }

    #[test]
    fn a_text_that_was_shown_or_copied_is_told_without_the_text() {
        let revealed = Event::Revealed(id(), Secret::new("canary"));
        let deed = told_by(&revealed).unwrap();
        assert_eq!((deed.connection.clone(), deed.action), (id(), Action::TokenShown));
        assert!(!format!("{deed:?}").contains("canary"));
        assert_eq!(action(&Event::Copied(id(), Ok(Timestamp::from_seconds(1)))), Some(Action::TokenCopied));
        assert_eq!(action(&Event::Copied(id(), Err("not allowed".to_owned()))), None, "nothing left the vault");
    }

    #[test]
    fn a_token_that_can_t_be_used_is_told_as_failed_with_a_reason_the_log_takes() {
        let deed = told_by(&Event::TokenInvalid(id())).unwrap();
        assert_eq!(deed.action, Action::TokenFailed);
        assert!(Reason::parse(deed.failed.unwrap()).is_ok());
    }

    #[test]
    fn a_token_is_expired_when_a_renewal_begins_after_its_end_and_not_before() {
        assert_eq!(expired(&id(), &showing(1_001), NOW), None);
        assert_eq!(expired(&id(), &showing(1_000), NOW), Some(4));
        assert_eq!(expired(&id(), &View::default(), NOW), None, "there was none");
    }

    #[test]
    fn each_of_these_actions_is_a_browsers_to_report() {
        use Action::*;
        for action in [TokenAdded, TokenUpdated, TokenDeleted, TokenRefreshed, TokenShown, TokenCopied, TokenFailed] {
            assert!(action.may_be_reported() && TokenExpired.may_be_reported(), "{action:?}");
        }
    }
}
