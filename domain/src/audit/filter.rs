use std::fmt::Write;

use super::{Action, Group, Outcome};
use crate::id::{TenantId, UserId};
use crate::site::SiteId;
use crate::time::Timestamp;

/// How many events one page has at most.
pub const MOST_ON_A_PAGE: u64 = 200;

/// The most characters a text to look for may have.
const LONGEST_TEXT: usize = 100;

/// Which events are wanted; what is absent narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only events with this text in a name, an identifier, a reason or an address, whatever its case.
    pub text: Option<String>,
    /// Only of this kind.
    pub group: Option<Group>,
    /// Only this action.
    pub action: Option<Action>,
    /// Only what ended so.
    pub outcome: Option<Outcome>,
    /// Only by this person.
    pub user: Option<UserId>,
    /// Only in this tenant.
    pub tenant: Option<TenantId>,
    /// Only about this site.
    pub site: Option<SiteId>,
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// A parameter that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{parameter} is not what it must be: {wanted}")]
pub struct FilterError {
    /// Its name.
    pub parameter: &'static str,
    /// What it must be.
    pub wanted: &'static str,
}

impl Filter {
    /// The parameters' names, as they stand behind `?`.
    pub const PARAMETERS: [&'static str; 9] =
        ["text", "group", "action", "outcome", "user", "tenant", "site", "from", "until"];

    /// Reads the filter of a query whose parameters `parameter` gives, percent-decoded. Empty ones are absent.
    ///
    /// # Errors
    ///
    /// [`FilterError`] names the parameter.
    pub fn read(parameter: impl Fn(&str) -> Option<String>) -> Result<Self, FilterError> {
        let given = |name: &str| parameter(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let wrong = |parameter, wanted| FilterError { parameter, wanted };
        let text = given("text");
        if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
            return Err(wrong("text", "at most 100 characters"));
        }
        let moment = |name: &'static str| {
            let millis = given(name).map(|text| text.parse().map_err(|_| wrong(name, "milliseconds since 1970")));
            millis.transpose().map(|millis| millis.map(Timestamp::from_millis))
        };
        Ok(Self {
            text,
            group: known(given("group"), Group::named).ok_or_else(|| wrong("group", "a group's name"))?,
            action: known(given("action"), Action::named).ok_or_else(|| wrong("action", "an action's name"))?,
            outcome: known(given("outcome"), Outcome::named)
                .ok_or_else(|| wrong("outcome", "done, refused or failed"))?,
            user: given("user").map(UserId::new),
            tenant: given("tenant").map(TenantId::new),
            site: known(given("site"), |text| SiteId::parse(text).ok()).ok_or_else(|| wrong("site", "a site's id"))?,
            from: moment("from")?,
            until: moment("until")?,
        })
    }

    /// The query that reads back as this filter, without `?`; empty when it narrows nothing.
    pub fn query(&self) -> String {
        let values: [Option<String>; 9] = [
            self.text.clone(),
            self.group.map(|group| group.name().to_owned()),
            self.action.map(|action| action.name().to_owned()),
            self.outcome.map(|outcome| outcome.name().to_owned()),
            self.user.as_ref().map(ToString::to_string),
            self.tenant.as_ref().map(ToString::to_string),
            self.site.as_ref().map(ToString::to_string),
            self.from.map(|at| at.millis().to_string()),
            self.until.map(|at| at.millis().to_string()),
        ];
        let mut query = String::new();
        for (name, value) in Self::PARAMETERS.iter().zip(values) {
            if let Some(value) = value {
                let between = if query.is_empty() { "" } else { "&" };
                let _ = write!(query, "{between}{name}={}", escaped(&value));
            }
        }
        query
    }

    /// Whether it narrows anything.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

/// The value a text names; `None` when it names none, `Some(None)` when there is no text.
fn known<T>(text: Option<String>, named: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match text {
        None => Some(None),
        Some(text) => named(&text).map(Some),
    }
}

/// Percent-encoding of all but unreserved characters (RFC 3986 §2.3).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Filter, FilterError> {
        Filter::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_query_reads_back_as_the_filter_it_was_made_of() {
        let filter = Filter {
            text: Some("omaha".to_owned()),
            group: Some(Group::Token),
            action: Some(Action::TokenAdded),
            outcome: Some(Outcome::Failed),
            user: Some(UserId::new("ada")),
            tenant: Some(TenantId::new("t")),
            site: SiteId::parse("ses:1").ok(),
            from: Some(Timestamp::from_seconds(1)),
            until: Some(Timestamp::from_seconds(2)),
        };
        let query = filter.query();
        assert!(query.contains("action=token%3Aadded&outcome=failed"), "{query}");
        let decoded = query.replace("%3A", ":");
        let pairs: Vec<_> = decoded.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        assert_eq!((pairs.len(), read(&pairs)), (Filter::PARAMETERS.len(), Ok(filter)));
        assert_eq!(
            (Filter::default().query(), read(&[("text", " "), ("group", "")])),
            (String::new(), Ok(Filter::default()))
        );
    }

    #[test]
    fn text_is_escaped_so_that_it_stays_one_parameter() {
        let filter = Filter { text: Some("a&b=ü".to_owned()), ..Filter::default() };
        assert_eq!(filter.query(), "text=a%26b%3D%C3%BC");
    }

    #[test]
    fn what_can_t_be_read_is_named() {
        let long = "x".repeat(101);
        for (name, value) in [
            ("group", "all"),
            ("action", "TokenAdded"),
            ("outcome", "ok"),
            ("site", "a b"),
            ("from", "x"),
            ("text", &long),
        ] {
            assert_eq!(read(&[(name, value)]).map_err(|error| error.parameter), Err(name));
        }
    }
}
