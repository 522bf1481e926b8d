use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ConnectionId;
use crate::keeper::View;
use crate::time::{Span, Timestamp};
use crate::token::Stage;

/// How often, at most, it is written when tokens were last used.
const WRITE_EVERY: Span = Span::from_seconds(60);
/// Of how many connections it is remembered.
const MOST: usize = 1_000;

/// How a worker token stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Whether there are credentials to get a token with.
    pub has_credentials: bool,
    /// Whether there is a token, valid or not.
    pub has_token: bool,
    /// Whether it can be used now.
    pub token_valid: bool,
    /// How long it still lives, for one that is valid.
    pub expires_in: Option<Span>,
    /// When it was received.
    pub last_fetched_at: Option<Timestamp>,
    /// When it was last given to anybody.
    pub last_used_at: Option<Timestamp>,
    /// The application it belongs to.
    pub app: Option<AppInfo>,
}

/// The application a worker token belongs to, as its connection names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppInfo {
    /// Its client id.
    pub client_id: String,
    /// The name its owner gave the connection.
    pub name: String,
}

impl Status {
    /// From what the keeper shows, at `now` of this browser's clock.
    pub fn of(view: &View, id: &ConnectionId, used: &LastUsed, now: Timestamp) -> Self {
        let Some(shown) = view.connections.iter().find(|shown| shown.connection.id == *id) else {
            return Self::default();
        };
        let token = shown.token.as_ref();
        let valid = token.filter(|token| token.stage(now) != Stage::Expired);
        Self {
            has_credentials: shown.has_credential,
            has_token: token.is_some(),
            token_valid: valid.is_some(),
            expires_in: valid.map(|token| token.expires_at.since(now)),
            last_fetched_at: token.map(|token| token.received_at),
            last_used_at: used.at(id),
            app: Some(AppInfo { client_id: shown.connection.client_id.clone(), name: shown.connection.name.clone() }),
        }
    }
}

/// When each connection's token was last given to anybody: kept in memory, and written about once a minute and when the
/// page is hidden, never for each use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LastUsed {
    used: BTreeMap<ConnectionId, Timestamp>,
    #[serde(skip)]
    unwritten: bool,
    #[serde(skip)]
    written_at: Option<Timestamp>,
}

impl LastUsed {
    /// A token was given out.
    pub fn note(&mut self, id: &ConnectionId, now: Timestamp) {
        self.used.insert(id.clone(), now);
        self.unwritten = true;
        if self.used.len() > MOST {
            let oldest = self.used.iter().min_by_key(|(_, at)| **at).map(|(id, _)| id.clone());
            oldest.and_then(|id| self.used.remove(&id));
        }
    }

    /// When it was last used, if it is known.
    pub fn at(&self, id: &ConnectionId) -> Option<Timestamp> {
        self.used.get(id).copied()
    }

    /// Adds what other pages noted, as far as it is later.
    pub fn merge(&mut self, others: Self) {
        for (id, at) in others.used {
            let known = self.used.entry(id).or_insert(at);
            *known = (*known).max(at);
        }
    }

    /// Whether it should be written now: something is new, and a minute passed since the last time, or the page is left.
    /// Whoever is told so writes it.
    pub fn is_due(&mut self, now: Timestamp, leaving: bool) -> bool {
        let rested = self.written_at.is_none_or(|at| now >= at + WRITE_EVERY || now < at);
        let due = self.unwritten && (rested || leaving);
        if due {
            (self.unwritten, self.written_at) = (false, Some(now));
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000 + second)
    }

    #[test]
    fn a_thousand_uses_within_a_minute_are_one_write_and_one_more_when_the_page_is_left() {
        let (mut used, id) = (LastUsed::default(), ConnectionId::new("c"));
        let writes = (0..1_000).filter(|index| {
            used.note(&id, at(index / 20));
            used.is_due(at(index / 20), false)
        });
        assert_eq!(writes.count(), 1);
        assert!(used.is_due(at(50), true));
        assert!(!used.is_due(at(50), true), "nothing is new");
        used.note(&id, at(110));
        assert!(used.is_due(at(110), false), "a minute later");
        assert_eq!(used.at(&id), Some(at(110)));
    }

    #[test]
    fn the_latest_use_in_any_page_counts_and_the_oldest_are_forgotten() {
        let mut used = LastUsed::default();
        used.note(&ConnectionId::new("a"), at(5));
        let mut others = LastUsed::default();
        others.note(&ConnectionId::new("a"), at(3));
        others.note(&ConnectionId::new("b"), at(9));
        used.merge(others);
        assert_eq!((used.at(&ConnectionId::new("a")), used.at(&ConnectionId::new("b"))), (Some(at(5)), Some(at(9))));
        (0..2_000).for_each(|index| used.note(&ConnectionId::new(format!("n{index}")), at(10 + index)));
        assert_eq!(used.used.len(), MOST);
        assert_eq!(used.at(&ConnectionId::new("a")), None);
    }
}
