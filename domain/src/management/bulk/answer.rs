//! Which entries the users of an answer belong to.

use crate::management::Page;
use crate::management::users::{Attribute, Identifier, User};

use super::{Entry, Hit, Outcome};

/// The most users kept of an entry that means several.
const MOST_HITS: usize = 20;

/// The outcome of each entry of a call that asked for several at once; `None` for one that must be asked for alone.
///
/// An answer that is not whole (a further page, or a user that can't be read) decides nothing. A user that none of the
/// entries names was found by rules of comparison that are not ours: then what seems to be missing is asked for alone.
pub(super) fn shared(page: Page<User>, entries: &[&Entry]) -> Vec<Option<Outcome>> {
    if page.next.is_some() || page.unread > 0 {
        return vec![None; entries.len()];
    }
    let mut claimed = vec![false; page.items.len()];
    let mut outcomes: Vec<Option<Outcome>> =
        entries.iter().map(|entry| Some(outcome(entry, &page.items, &mut claimed))).collect();
    if claimed.contains(&false) {
        for outcome in &mut outcomes {
            if *outcome == Some(Outcome::NotFound) {
                *outcome = None;
            }
        }
    }
    outcomes
}

fn outcome(entry: &Entry, users: &[User], claimed: &mut [bool]) -> Outcome {
    let mut decided = Outcome::NotFound;
    for attribute in Identifier::of(&entry.text).attributes() {
        let hits: Vec<usize> = (0..users.len()).filter(|at| is(&users[*at], *attribute, &entry.text)).collect();
        for at in &hits {
            claimed[*at] = true;
        }
        if decided == Outcome::NotFound {
            decided = told(hits.into_iter().map(|at| users[at].clone()).collect(), false);
        }
    }
    decided
}

/// What so many users come to.
pub(super) fn told(mut users: Vec<User>, more: bool) -> Outcome {
    match users.len() {
        0 if !more => Outcome::NotFound,
        1 if !more => Outcome::Found(users.remove(0).into()),
        count => Outcome::Ambiguous {
            hits: users.into_iter().take(MOST_HITS).map(Hit::from).collect(),
            more: more || count > MOST_HITS,
        },
    }
}

/// Whether an attribute of a user is this text, whatever the case, as the directory compares.
fn is(user: &User, attribute: Attribute, text: &str) -> bool {
    let value = match attribute {
        Attribute::Id => Some(&user.id),
        Attribute::Email => user.email.as_ref(),
        Attribute::Username => user.username.as_ref(),
    };
    value.is_some_and(|value| value.eq_ignore_ascii_case(text) || value.to_lowercase() == text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, username: &str, email: &str) -> User {
        User {
            id: id.to_owned(),
            username: Some(username.to_owned()),
            email: Some(email.to_owned()),
            ..User::default()
        }
    }

    fn outcomes(users: Vec<User>, texts: &[&str]) -> Vec<Option<Outcome>> {
        let entries: Vec<Entry> = texts.iter().map(|text| Entry::new(*text)).collect();
        let page = Page { items: users, unread: 0, count: None, next: None };
        shared(page, &entries.iter().collect::<Vec<_>>())
    }

    fn found(id: &str) -> impl Fn(&Option<Outcome>) -> bool {
        move |outcome| matches!(outcome, Some(Outcome::Found(hit)) if hit.id == id)
    }

    #[test]
    fn each_entry_gets_its_own_user_whatever_the_case() {
        let users = vec![user("1", "bo", "bo@mill.example"), user("2", "Ada", "ada@mill.example")];
        let outcomes = outcomes(users, &["ADA", "bo", "cy"]);
        assert!(found("2")(&outcomes[0]) && found("1")(&outcomes[1]));
        assert_eq!(outcomes[2], Some(Outcome::NotFound));
    }

    #[test]
    fn several_users_with_one_address_are_ambiguous() {
        let users = vec![user("1", "a", "desk@mill.example"), user("2", "b", "desk@mill.example")];
        let outcomes = outcomes(users, &["desk@mill.example"]);
        assert!(matches!(&outcomes[0], Some(Outcome::Ambiguous { hits, more: false }) if hits.len() == 2));
    }

    #[test]
    fn an_address_wins_over_a_user_name_that_looks_the_same() {
        let users = vec![user("1", "ada@mill.example", "x@mill.example"), user("2", "ada", "ada@mill.example")];
        assert!(found("2")(&outcomes(users, &["ada@mill.example"])[0]));
    }

    #[test]
    fn a_user_nobody_asked_for_makes_the_missing_be_asked_for_alone() {
        let users = vec![user("1", "bo", ""), user("2", "ﬁnn", "")];
        let outcomes = outcomes(users, &["bo", "finn"]);
        assert!(found("1")(&outcomes[0]));
        assert_eq!(outcomes[1], None);
    }

    #[test]
    fn an_answer_that_is_not_whole_decides_nothing() {
        let entry = Entry::new("bo");
        let page = Page { items: vec![user("1", "bo", "")], unread: 1, count: None, next: None };
        assert_eq!(shared(page, &[&entry]), [None]);
        let page = Page { items: vec![user("1", "bo", "")], unread: 0, count: None, next: Some("x".to_owned()) };
        assert_eq!(shared(page, &[&entry]), [None]);
    }

    #[test]
    fn of_a_hundred_users_with_one_address_twenty_are_kept() {
        let users = (0..100).map(|number| user(&number.to_string(), "x", "desk@mill.example")).collect();
        let outcomes = outcomes(users, &["desk@mill.example"]);
        assert!(matches!(&outcomes[0], Some(Outcome::Ambiguous { hits, more: true }) if hits.len() == 20));
    }
}
