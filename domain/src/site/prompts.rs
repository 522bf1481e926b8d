//! Which dialog is due: one at a time, the most urgent first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{About, Answer, Chosen, Matter, Prompt, SiteToken, SitesView, Standing, Tried, VerdictKind};
use crate::id::SiteTokenId;
use crate::time::{Span, Timestamp};

/// How long "tomorrow" is.
const TOMORROW: Span = Span::from_seconds(86_400);

/// What one tab knows about dialogs: what its calls met, and what a person closed here. What was put off until tomorrow
/// stands with the tokens, as it holds for every tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompts {
    /// What calls met, by whom it is about.
    met: BTreeMap<About, Met>,
    /// What was closed here: how urgent it was, of which text, and when.
    closed: BTreeMap<About, Closed>,
}

/// What a call met.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Met {
    matter: Matter,
    /// The text it was about; `None` when it was about having none.
    generation: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Closed {
    rank: u8,
    generation: u64,
    at: Timestamp,
}

/// What became of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// Tokens that are to be quiet until the time given; it is written with them.
    pub quiet: Vec<(SiteTokenId, Timestamp)>,
    /// Until when the operator's default token is to be quiet.
    pub quiet_operators: Option<Timestamp>,
    /// Whether calls that wait for a token of the place are let go.
    pub let_go: bool,
}

impl Matter {
    /// How urgent it is: the higher, the more.
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Expiring(Standing::Critical) => 3,
            Self::Expiring(Standing::Urgent) => 2,
            Self::Expiring(_) => 1,
            Self::Expired => 4,
            Self::Failed(_) => 5,
            Self::Missing(_) => 6,
        }
    }
}

impl Prompts {
    /// A call was to go out with this token, and it is over.
    pub fn met_expired(&mut self, token: &SiteToken) {
        self.meet(About::Token(token.id.clone()), Matter::Expired, Some(token.generation));
    }

    /// A call went out with this token, and the API refused it.
    pub fn met_refusal(&mut self, token: &SiteToken, kind: VerdictKind) {
        self.meet(About::Token(token.id.clone()), Matter::Failed(kind), Some(token.generation));
    }

    /// A call went out with the operator's default token, and the API refused it.
    pub fn met_refusal_of_operators(&mut self, kind: VerdictKind) {
        self.meet(About::Operators, Matter::Failed(kind), None);
    }

    /// A call waits, and no token was found.
    pub fn met_nothing(&mut self, about: About, tried: Vec<Tried>) {
        self.meet(about, Matter::Missing(tried), None);
    }

    /// A call for it succeeded, or nobody waits any more.
    pub fn settled(&mut self, about: &About) {
        self.met.remove(about);
        self.closed.remove(about);
    }

    /// A new reason brings back what was closed.
    fn meet(&mut self, about: About, matter: Matter, generation: Option<u64>) {
        self.closed.remove(&about);
        self.met.insert(about, Met { matter, generation });
    }

    /// Forgets what was settled otherwise: a new text came, a token was removed, a place has one now.
    pub fn tidy(&mut self, view: &SitesView, now: Timestamp) {
        self.met.retain(|about, met| match about {
            About::Token(id) => view.token(id).is_some_and(|token| match met.generation {
                Some(generation) => token.generation == generation,
                None => !token.is_usable(now),
            }),
            About::Place(place) => !view.tokens.iter().any(|token| token.place.covers(place) && token.is_usable(now)),
            About::Operators => view.operators.is_some(),
        });
        self.closed.retain(|about, closed| match about {
            About::Token(id) => view.token(id).is_some_and(|token| token.generation == closed.generation),
            About::Place(_) | About::Operators => true,
        });
    }

    /// The dialog that is due at `now`.
    pub fn due(&self, view: &SitesView, now: Timestamp) -> Option<Prompt> {
        let tokens = || view.tokens.iter().enumerate();
        let of_token = |(index, token): (usize, &Arc<SiteToken>), matter| {
            let end = token.claims.expires_at.map_or(i64::MAX, Timestamp::millis);
            (About::Token(token.id.clone()), matter, (end, index))
        };
        let met = self.met.iter().map(|(about, met)| {
            let token = tokens().find(|(_, token)| *about == About::Token(token.id.clone()));
            let other = || (about.clone(), met.matter.clone(), (i64::MAX, usize::MAX));
            token.map_or_else(other, |token| of_token(token, met.matter.clone()))
        });
        // What the tenant does not allow can't be used, whatever its token.
        let tokens = || tokens().filter(|(_, token)| view.allows(&token.place));
        let is_over = |token: &Arc<SiteToken>| view.is_chosen(&token.id) && token.standing(now) == Standing::Expired;
        let over = tokens().filter(|(_, token)| is_over(token)).map(|token| of_token(token, Matter::Expired));
        let soon = tokens().filter_map(|token| Some(of_token(token, expiring(token.1, now)?)));
        let operators = operators(view, now).map(|(matter, end)| (About::Operators, matter, (end, usize::MAX)));
        let all = met
            .chain(over)
            .chain(soon)
            .chain(operators)
            .filter(|(about, matter, _)| self.is_open(about, matter, view, now));
        // The most urgent; of those the one that ends first, then by name.
        let (about, matter, _) = all.max_by_key(|(_, matter, order)| (matter.rank(), Reverse(*order)))?;
        let usable = view.tokens.iter().filter(|token| view.allows(&token.place));
        let others = usable.filter(|token| about != About::Token(token.id.clone()));
        let more = others.filter(|token| expiring(token, now).is_some()).count();
        Some(Prompt { about, matter, more })
    }

    /// Takes what a person said to a dialog.
    pub fn answer(&mut self, prompt: &Prompt, answer: Answer, view: &SitesView, now: Timestamp) -> Answered {
        let generation = match &prompt.about {
            About::Token(id) => view.token(id).map_or(0, |token| token.generation),
            About::Place(_) | About::Operators => 0,
        };
        let is_waited_for = matches!(prompt.matter, Matter::Missing(_) | Matter::Expired | Matter::Failed(_));
        let let_go = is_waited_for && answer != Answer::Enter;
        self.met.remove(&prompt.about);
        let is_put_off = matches!(answer, Answer::RemindTomorrow | Answer::RemindAllTomorrow);
        let quiet_operators = (is_put_off && prompt.about == About::Operators).then(|| now + TOMORROW);
        let quiet = match (answer, &prompt.about) {
            (Answer::RemindTomorrow, About::Token(id)) => vec![(id.clone(), now + TOMORROW)],
            (Answer::RemindAllTomorrow, _) => {
                let expiring = view.tokens.iter().filter(|token| expiring(token, now).is_some());
                expiring.map(|token| (token.id.clone(), now + TOMORROW)).collect()
            }
            (Answer::Close | Answer::Enter | Answer::RemindTomorrow, _) => Vec::new(),
        };
        self.closed.insert(prompt.about.clone(), Closed { rank: prompt.matter.rank(), generation, at: now });
        Answered { quiet, quiet_operators, let_go }
    }

    /// A site was chosen: if its token is over, that is said again.
    pub fn chose(&mut self, chosen: &Chosen) {
        if let Chosen::Token(id) = chosen {
            self.closed.remove(&About::Token(id.clone()));
        }
    }

    fn is_open(&self, about: &About, matter: &Matter, view: &SitesView, now: Timestamp) -> bool {
        let Some(closed) = self.closed.get(about) else { return true };
        let other_text = match about {
            About::Token(id) => view.token(id).is_some_and(|token| token.generation != closed.generation),
            About::Place(_) | About::Operators => false,
        };
        // What only comes nearer is said again the next day, or when it became more urgent.
        let again = matches!(matter, Matter::Expiring(_)) && now >= closed.at + TOMORROW;
        other_text || again || matter.rank() > closed.rank
    }
}

/// What is the matter with the operator's default token, and when it ends. Only who works with it hears of it.
fn operators(view: &SitesView, now: Timestamp) -> Option<(Matter, i64)> {
    let end = view.operators.as_ref().filter(|_| view.chosen == Some(Chosen::Operators))?.expires_at?;
    let is_quiet = view.quiet_operators.is_some_and(|until| now < until);
    match Standing::by_end(Some(end), now) {
        Standing::Expired => Some((Matter::Expired, end.millis())),
        soon @ (Standing::Warning | Standing::Urgent | Standing::Critical) if !is_quiet => {
            Some((Matter::Expiring(soon), end.millis()))
        }
        _ => None,
    }
}

/// What is the matter with a token that ends soon, unless a person wants no word of it.
fn expiring(token: &SiteToken, now: Timestamp) -> Option<Matter> {
    let standing = token.standing(now);
    let soon = matches!(standing, Standing::Warning | Standing::Urgent | Standing::Critical);
    let is_quiet = token.quiet_until.is_some_and(|until| now < until);
    (soon && !is_quiet).then_some(Matter::Expiring(standing))
}

#[cfg(test)]
mod tests;
