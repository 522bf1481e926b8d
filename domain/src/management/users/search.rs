//! Looking for one user: which calls, in which order, and what their answers come to.

use serde_json::Value;

use super::{Attribute, Identifier, Trouble, User};
use crate::api::{Code, Problem};
use crate::management::{Page, Route};

/// How many users are shown to choose from.
const MOST: &str = "50";

/// The longest text looked for, in characters; user names and addresses are shorter.
pub const LONGEST: usize = 256;

/// What to ask the directory for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// By which attribute.
    pub attribute: Attribute,
    text: String,
}

/// A search under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    text: String,
    /// What was not asked for yet; the first is asked for now.
    left: &'static [Attribute],
}

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Ask on.
    On(Search),
    /// The one there is.
    Found(Box<User>),
    /// Several; a person chooses.
    Several {
        /// The first ones.
        users: Vec<User>,
        /// Whether there are more than these.
        more: bool,
    },
    /// None, having asked by these attributes.
    None(&'static [Attribute]),
    /// The answer was a refusal, which says nothing about whether the user exists.
    Failed(Problem),
}

impl Search {
    /// A search for what a person entered.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for a person.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        let text: String = text.trim().chars().filter(|letter| !letter.is_control()).collect();
        match text.chars().count() {
            0 => Err("Enter an id, a user name or an email address."),
            1..=LONGEST => Ok(Self { left: Identifier::of(&text).attributes(), text }),
            _ => Err("This is longer than any id, user name or email address: 256 characters are the most."),
        }
    }

    /// What to ask for now.
    pub fn ask(&self) -> Ask {
        let attribute = self.left.first().copied().unwrap_or(Attribute::Username);
        Ask { attribute, text: self.text.clone() }
    }

    /// Takes the answer to [`Self::ask`].
    pub fn take(self, answer: Result<Value, Problem>) -> Step {
        let by_id = self.left.first() == Some(&Attribute::Id);
        match answer {
            Ok(answer) if by_id => match User::read(&answer) {
                Some(user) => Step::Found(Box::new(user)),
                None => Step::Failed(Problem::new(Code::UpstreamUnreadable)),
            },
            Ok(answer) => {
                let page = Page::<User>::read(&answer, "users");
                let more = page.next.is_some() || page.unread > 0;
                self.decide(page.items, more)
            }
            Err(problem) if by_id && Trouble::of(&problem) == Trouble::Absent => self.decide(Vec::new(), false),
            Err(problem) => Step::Failed(problem),
        }
    }

    fn decide(self, mut users: Vec<User>, more: bool) -> Step {
        match users.len() {
            1 if !more => Step::Found(Box::new(users.remove(0))),
            0 if !more => self.on(),
            _ => Step::Several { users, more },
        }
    }

    fn on(self) -> Step {
        match self.left.split_first() {
            Some((_, left)) if !left.is_empty() => Step::On(Self { left, ..self }),
            _ => Step::None(Identifier::of(&self.text).attributes()),
        }
    }
}

impl Ask {
    /// A question by one attribute.
    pub(in crate::management) fn new(attribute: Attribute, text: &str) -> Self {
        Self { attribute, text: text.to_owned() }
    }

    /// Where the call goes: an identifier leads to the user itself, everything else to a filter.
    pub fn route(&self, environment: &str) -> Route {
        if self.attribute == Attribute::Id {
            return Route::of(&["environments", environment, "users", &self.text]);
        }
        let users = Route::of(&["environments", environment, "users"]);
        users.with("filter", self.attribute.is(&self.text).as_str()).with("limit", MOST)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::UpstreamError;

    const UUID: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

    fn refused(status: u16) -> Problem {
        let upstream = UpstreamError {
            host: "h".to_owned(),
            status: Some(status),
            error: None,
            error_description: None,
            took_ms: 1,
            tries: 1,
        };
        Problem::new(Code::UpstreamRefused).with_upstream(upstream)
    }

    fn users(ids: &[&str]) -> Result<Value, Problem> {
        let users: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        Ok(json!({ "_embedded": { "users": users } }))
    }

    fn path(search: &Search) -> String {
        search.ask().route("e").path().unwrap().as_str().to_owned()
    }

    fn on(step: Step) -> Search {
        match step {
            Step::On(search) => search,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_uuid_leads_to_the_user_itself_and_then_to_a_user_name_like_it() {
        let search = Search::new(&format!(" {UUID}\n")).unwrap();
        assert_eq!(path(&search), format!("environments/e/users/{UUID}"));
        let search = on(search.take(Err(refused(404))));
        assert_eq!(path(&search), format!("environments/e/users?filter=username%20eq%20%22{UUID}%22&limit=50"));
        assert_eq!(search.take(users(&[])), Step::None(&[Attribute::Id, Attribute::Username]));
    }

    #[test]
    fn an_address_is_tried_as_an_address_and_then_as_a_user_name() {
        let search = Search::new("ada@papermill.example").unwrap();
        assert_eq!(path(&search), "environments/e/users?filter=email%20eq%20%22ada%40papermill.example%22&limit=50");
        let search = on(search.take(users(&[])));
        assert!(path(&search).contains("filter=username%20eq%20"));
        assert!(matches!(search.take(users(&["u"])), Step::Found(user) if user.id == "u"));
    }

    #[test]
    fn several_hits_are_a_choice() {
        let search = Search::new("front.desk@papermill.example").unwrap();
        let step = search.clone().take(users(&["a", "b"]));
        assert!(matches!(step, Step::Several { users, more: false } if users.len() == 2));
        let mut answer = users(&["a"]).unwrap();
        answer["_links"] = json!({ "next": { "href": "https://api.example/v1/x" } });
        assert!(matches!(search.take(Ok(answer)), Step::Several { users, more: true } if users.len() == 1));
    }

    #[test]
    fn a_refusal_is_never_not_found() {
        for text in [UUID, "ada", "ada@papermill.example"] {
            for status in [400, 401, 403, 429, 500, 503] {
                let step = Search::new(text).unwrap().take(Err(refused(status)));
                assert_eq!(step, Step::Failed(refused(status)), "{text} {status}");
            }
        }
        // A list that is not there means that the environment is not there.
        assert_eq!(Search::new("ada").unwrap().take(Err(refused(404))), Step::Failed(refused(404)));
    }

    #[test]
    fn an_answer_that_is_no_user_is_a_failure_and_not_a_missing_user() {
        let step = Search::new(UUID).unwrap().take(Ok(json!({ "hello": 1 })));
        assert!(matches!(step, Step::Failed(problem) if problem.code == Code::UpstreamUnreadable));
    }

    #[test]
    fn what_can_be_no_identifier_is_said_before_asking() {
        assert!(Search::new(" \n").is_err());
        assert!(Search::new(&"a".repeat(257)).is_err());
        assert!(Search::new(&"ä".repeat(256)).is_ok());
    }
}
