//! One call of a lookup: for one entry, or for several at once.

use crate::management::users::{Ask, Identifier};
use crate::management::{Filter, Route};

use super::Entry;

/// How many entries are asked for at once.
const TOGETHER: usize = 20;

/// How long the filter of one call may be once it is escaped, in bytes: with what stands before and after it, an address
/// stays below the 2,048 that our server passes on.
const LONGEST_FILTER: usize = 1_800;

/// The most users of one page.
const PAGE: &str = "200";

/// Which call an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub(super) u64);

/// A call to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// To be given back with the answer.
    pub ticket: Ticket,
    pub(super) entries: Vec<usize>,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// One entry, by one attribute.
    One(Ask),
    /// Several entries of one form, by all their attributes.
    Several(Filter),
}

impl Call {
    /// Where the call goes.
    pub fn route(&self, environment: &str) -> Route {
        match &self.what {
            What::One(ask) => ask.route(environment),
            What::Several(filter) => {
                let users = Route::of(&["environments", environment, "users"]);
                users.with("filter", filter.as_str()).with("limit", PAGE)
            }
        }
    }

    /// The call for the first of these entries, together with as many of the others as fit. `together` says which forms may
    /// share a call.
    pub(super) fn next(
        ticket: Ticket,
        entries: &[Entry],
        waiting: &[usize],
        together: impl Fn(Identifier) -> bool,
    ) -> Option<Self> {
        let (first, others) = waiting.split_first()?;
        let form = Identifier::of(&entries[*first].text);
        if entries[*first].alone || !together(form) {
            let entry = &entries[*first];
            let attribute = form.attributes().get(usize::from(entry.step))?;
            return Some(Self { ticket, entries: vec![*first], what: What::One(Ask::new(*attribute, &entry.text)) });
        }
        let (mut filter, mut taken) = (filter(form, &entries[*first].text), vec![*first]);
        for at in others {
            let entry = &entries[*at];
            if taken.len() >= TOGETHER {
                break;
            }
            if entry.alone || Identifier::of(&entry.text) != form {
                continue;
            }
            let longer = filter.clone().or(self::filter(form, &entry.text));
            if escaped_length(&longer) > LONGEST_FILTER {
                break;
            }
            filter = longer;
            taken.push(*at);
        }
        Some(Self { ticket, entries: taken, what: What::Several(filter) })
    }

    /// Whether it asks for several at once.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self.what, What::Several(_))
    }
}

/// How long a filter is in an address (RFC 3986 §2.1).
fn escaped_length(filter: &Filter) -> usize {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    filter.as_str().bytes().map(|byte| if plain(byte) { 1 } else { 3 }).sum()
}

fn filter(form: Identifier, text: &str) -> Filter {
    let mut each = form.attributes().iter().map(|attribute| attribute.is(text));
    // Every form has an attribute.
    let first = each.next().unwrap_or_else(|| Filter::eq("username", text));
    each.fold(first, Filter::or)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(texts: &[&str], together: bool) -> Call {
        let entries: Vec<Entry> = texts.iter().map(|text| Entry::new(*text)).collect();
        let waiting: Vec<usize> = (0..entries.len()).collect();
        Call::next(Ticket(1), &entries, &waiting, |_| together).unwrap()
    }

    #[test]
    fn entries_of_one_form_share_a_call() {
        let call = call(&["ada", "bo@mill.example", "cy"], true);
        assert_eq!(call.entries, [0, 2]);
        let path = call.route("e").path().unwrap();
        let expected =
            "environments/e/users?filter=username%20eq%20%22ada%22%20or%20username%20eq%20%22cy%22&limit=200";
        assert_eq!(path.as_str(), expected);
    }

    #[test]
    fn an_address_is_asked_for_as_address_and_user_name_at_once() {
        let What::Several(filter) = call(&["bo@mill.example"], true).what else { panic!() };
        assert_eq!(filter.as_str(), r#"email eq "bo@mill.example" or username eq "bo@mill.example""#);
    }

    #[test]
    fn alone_an_identifier_leads_to_the_user_itself() {
        let uuid = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
        let call = call(&[uuid], false);
        assert_eq!(call.route("e").path().unwrap().as_str(), format!("environments/e/users/{uuid}"));
    }

    #[test]
    fn a_call_takes_twenty_at_most_and_stays_short() {
        let names: Vec<String> = (0..50).map(|number| format!("user-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(call(&names, true).entries.len(), 20);
        let base = "https://api.pingone.com.au/v1/".len() + "3fa85f64-5717-4562-b3fc-2c963f66afa6".len();
        for piece in ["\"", "ü", "a"] {
            let long: Vec<String> = (0..50).map(|number| format!("{number}{}", piece.repeat(60))).collect();
            let long: Vec<&str> = long.iter().map(String::as_str).collect();
            let call = call(&long, true);
            let length = call.route("e").path().unwrap().as_str().len();
            assert!(base + length < 2_048 && call.entries.len() > 1, "{piece}: {length}");
        }
    }
}
