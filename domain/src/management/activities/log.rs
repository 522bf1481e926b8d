use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Activity, Search};
use crate::management::{Page, Route};

/// How many entries are asked for at once: what the API gives without being asked.
pub const PAGE_SIZE: usize = 100;
/// After how many calls a person is asked whether to go on. The API takes about three a second.
pub const ROUND: usize = 10;
/// How many entries are kept at most.
pub const MOST_ENTRIES: usize = 10_000;

/// One call to the API.
#[derive(Clone)]
pub enum Call {
    /// What is at a route.
    Get(Route),
    /// A link of an answer, to be followed as it is.
    Follow(String),
    /// A search with its filter in the body.
    Post(Route, Value),
}

/// What was read of the log for one search, page by page.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    search: Search,
    environment: String,
    entries: Vec<Activity>,
    known: HashSet<String>,
    next: Next,
    unread: usize,
    calls: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Next {
    First,
    Link(String),
    /// The next search in a body begins behind so many entries.
    Offset(usize),
    End,
    /// The links lead in a circle.
    Circle,
}

impl Log {
    /// Nothing read yet.
    pub fn new(search: Search, environment: &str) -> Self {
        Self {
            search,
            environment: environment.to_owned(),
            entries: Vec::new(),
            known: HashSet::new(),
            next: Next::First,
            unread: 0,
            calls: 0,
        }
    }

    /// The call for the next page; `None` when all was read, or as much as is kept.
    pub fn next(&self) -> Option<Call> {
        if self.entries.len() >= MOST_ENTRIES {
            return None;
        }
        let offset = match &self.next {
            Next::First => 0,
            Next::Offset(offset) => *offset,
            Next::Link(link) => return Some(Call::Follow(link.clone())),
            Next::End | Next::Circle => return None,
        };
        let (route, filter) = (Route::of(&["environments", &self.environment, "activities"]), self.search.filter());
        Some(if self.search.is_personal() {
            let body = json!({ "filter": filter.as_str(), "limit": PAGE_SIZE, "offset": offset });
            Call::Post(route, body)
        } else {
            Call::Get(route.with("filter", filter.as_str()).with("limit", &PAGE_SIZE.to_string()))
        })
    }

    /// Takes the answer to [`Log::next`].
    pub fn take(&mut self, answer: &Value) {
        self.calls += 1;
        let page = Page::<Activity>::read(answer, "activities");
        let given = page.items.len() + page.unread;
        self.unread += page.unread;
        for entry in page.items {
            // A log that grows while it is read moves entries behind an offset: they come twice.
            if entry.id.is_empty() || self.known.insert(entry.id.clone()) {
                self.entries.push(entry);
            }
        }
        self.entries.truncate(MOST_ENTRIES);
        self.entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        self.next = match (page.next, &self.next) {
            (Some(link), Next::Link(before)) if link == *before => Next::Circle,
            (Some(link), _) => Next::Link(link),
            // A page may be smaller than was asked for, and be followed by more: only an empty one is the last.
            (None, Next::First) if self.search.is_personal() && given > 0 => Next::Offset(given),
            (None, Next::Offset(offset)) if given > 0 => Next::Offset(offset + given),
            _ => Next::End,
        };
    }

    /// What is asked for.
    pub const fn search(&self) -> &Search {
        &self.search
    }

    /// What was read, the newest first.
    pub fn entries(&self) -> &[Activity] {
        &self.entries
    }

    /// How many entries could not be read.
    pub const fn unread(&self) -> usize {
        self.unread
    }

    /// How many calls it took so far.
    pub const fn calls(&self) -> usize {
        self.calls
    }

    /// Whether all there is was read.
    pub fn is_complete(&self) -> bool {
        self.next == Next::End && self.entries.len() < MOST_ENTRIES
    }

    /// Whether no more is kept, though there is more.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= MOST_ENTRIES
    }

    /// Whether the provider's links lead nowhere new, so that the rest can't be read.
    pub fn is_circle(&self) -> bool {
        self.next == Next::Circle
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Beside, Range};
    use super::*;
    use crate::time::Timestamp;

    fn log(beside: Option<(Beside, &str)>) -> Log {
        let range = Range { from: Timestamp::from_seconds(0), to: Timestamp::from_seconds(86_400) };
        Log::new(Search { range, beside: beside.map(|(beside, value)| (beside, value.to_owned())) }, "e-1")
    }

    fn page(ids: std::ops::Range<usize>, next: Option<&str>) -> Value {
        let entries: Vec<Value> = ids
            .map(|id| json!({ "id": id.to_string(), "recordedAt": format!("1970-01-01T00:{:02}:00Z", id % 60) }))
            .collect();
        json!({ "_embedded": { "activities": entries }, "_links": { "next": { "href": next } } })
    }

    #[test]
    fn links_are_followed_as_they_are_to_the_last_page() {
        let mut log = log(None);
        let Some(Call::Get(route)) = log.next() else { panic!() };
        let path = route.path().unwrap();
        assert!(
            path.as_str().starts_with("environments/e-1/activities?filter=recordedAt%20gt%20"),
            "{}",
            path.as_str()
        );
        assert!(path.as_str().ends_with("&limit=100"));
        log.take(&page(0..3, Some("https://api/next?cursor=a")));
        assert!(matches!(log.next(), Some(Call::Follow(link)) if link == "https://api/next?cursor=a"));
        assert!(!log.is_complete());
        // An empty page with a link is not the last one.
        log.take(&page(0..0, Some("https://api/next?cursor=b")));
        log.take(&page(3..5, None));
        assert_eq!((log.next().is_none(), log.is_complete(), log.calls()), (true, true, 3));
        assert_eq!(log.entries().iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["4", "3", "2", "1", "0"]);
    }

    #[test]
    fn a_search_about_a_person_goes_in_the_body_and_on_by_offset_until_a_page_is_empty() {
        let mut log = log(Some((Beside::UserName, "ida")));
        let body = |log: &Log| match log.next() {
            Some(Call::Post(route, body)) => (route.path().unwrap().as_str().to_owned(), body),
            _ => panic!(),
        };
        let (path, first) = body(&log);
        assert_eq!((path.as_str(), &first["offset"]), ("environments/e-1/activities", &json!(0)));
        assert!(first["filter"].as_str().unwrap().ends_with("and actors.user.name eq \"ida\""));
        log.take(&page(0..100, None));
        assert_eq!(body(&log).1["offset"], 100);
        log.take(&page(98..120, None));
        assert_eq!((body(&log).1["offset"].clone(), log.entries().len()), (json!(122), 120));
        log.take(&page(0..0, None));
        assert!(log.is_complete());
    }

    #[test]
    fn links_in_a_circle_end() {
        let mut log = log(None);
        log.take(&page(0..3, Some("a")));
        log.take(&page(0..3, Some("a")));
        assert_eq!((log.next().is_none(), log.is_circle(), log.is_complete()), (true, true, false));
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut log = log(None);
        for round in 0..=MOST_ENTRIES / 1_000 {
            log.take(&page(round * 1_000..(round + 1) * 1_000, Some(&round.to_string())));
        }
        assert_eq!((log.entries().len(), log.next().is_none(), log.is_full()), (MOST_ENTRIES, true, true));
        assert!(!log.is_complete());
    }

    #[test]
    fn what_can_not_be_read_is_counted() {
        let mut log = log(None);
        log.take(&json!({ "_embedded": { "activities": [{ "id": "a" }, 5, null] } }));
        assert_eq!((log.entries().len(), log.unread(), log.is_complete()), (1, 2, true));
    }
}
