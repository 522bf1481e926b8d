//! What a person is shown: a token's text, and notices.

use super::entry::Entry;
use super::turn::Turn;
use super::{Effect, Keeper, Notice, NoticeKind, Revealed};
use crate::id::ConnectionId;
use crate::secret::Secret;
use crate::time::Timestamp;
use crate::token::TokenFacts;

/// At most this many notices stand at once; the oldest go.
const MOST_NOTICES: usize = 20;

impl Keeper {
    pub(super) fn reveal(&mut self, id: ConnectionId, turn: &mut Turn) {
        let generation = self.entries.get(&id).map_or(0, Entry::generation);
        if generation > 0 {
            self.revealed = None;
            self.revealing = Some((id.clone(), generation));
            turn.want(Effect::Reveal(id));
        }
    }

    /// The text is there; shown only if it is still wanted.
    pub(super) fn show(&mut self, connection: ConnectionId, access_token: Secret) {
        if self.is_shown(&connection) {
            self.revealed = Some(Revealed { connection, access_token });
        }
    }

    /// When a token that is shown was replaced, the new one is shown in its place.
    pub(super) fn show_newest(&mut self, id: &ConnectionId, turn: &mut Turn) {
        let Some((shown, generation)) = &mut self.revealing else { return };
        let Some(entry) = self.entries.get(id).filter(|_| shown == id) else { return };
        if entry.token.as_ref().is_some_and(TokenFacts::is_cleared) {
            (self.revealed, self.revealing) = (None, None);
        } else if entry.generation() > *generation {
            *generation = entry.generation();
            turn.want(Effect::Reveal(id.clone()));
        }
    }

    pub(super) fn is_shown(&self, id: &ConnectionId) -> bool {
        self.revealing.as_ref().is_some_and(|(shown, _)| shown == id)
    }

    pub(super) fn copied(&mut self, id: &ConnectionId, outcome: Result<Timestamp, String>, turn: &mut Turn) {
        let Some(entry) = self.entries.get(id) else { return };
        let name = &entry.connection.name;
        match outcome {
            Ok(ends) if ends <= turn.now => turn.say(
                NoticeKind::Problem,
                format!(
                    "The token of {name} is on the clipboard, but it has expired. Renew it, then copy the new one."
                ),
            ),
            Ok(_) => turn.say(NoticeKind::Done, format!("The token of {name} is on the clipboard.")),
            Err(reason) => turn.say(
                NoticeKind::Problem,
                format!("The token of {name} could not be copied: {reason}. Show it and copy it by hand."),
            ),
        }
    }

    /// A token in storage was none, and was removed.
    pub(super) fn token_invalid(&mut self, id: &ConnectionId, turn: &mut Turn) {
        if let Some(entry) = self.entries.get(id) {
            let name = &entry.connection.name;
            let text = format!(
                "Invalid worker token format. The token of {name} was removed from this browser: generate a new one."
            );
            turn.say(NoticeKind::Problem, text);
        }
    }

    pub(super) fn say(&mut self, kind: NoticeKind, text: String) {
        self.said += 1;
        self.notices.retain(|notice| notice.text != text);
        if self.notices.len() >= MOST_NOTICES {
            self.notices.remove(0);
        }
        self.notices.push(Notice { id: self.said, kind, text });
    }

    pub(super) fn dismiss(&mut self, id: u64) {
        self.notices.retain(|notice| notice.id != id);
    }
}
