use crate::management::Filter;
use crate::time::date::{self, DAY};
use crate::time::{Span, Timestamp};

/// A range of time: from its first moment to before its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// What a person chooses for a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The last hour.
    Hour,
    /// The last 24 hours.
    #[default]
    Day,
    /// The last 7 days.
    Week,
    /// The last 30 days.
    Month,
    /// From one moment to another.
    Custom,
}

/// Why there is no such range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// The beginning is no moment.
    #[error("Enter when the range begins.")]
    NoBeginning,
    /// The end is no moment.
    #[error("Enter when the range ends.")]
    NoEnd,
    /// It ends before it begins.
    #[error("The range must end after it begins.")]
    Backwards,
    /// It begins after now.
    #[error("The range begins in the future.")]
    Ahead,
}

impl Choice {
    /// All of them, with a name for the address and the words for a person.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Hour, "hour", "Last hour"),
        (Self::Day, "day", "Last 24 hours"),
        (Self::Week, "week", "Last 7 days"),
        (Self::Month, "month", "Last 30 days"),
        (Self::Custom, "custom", "From … to …"),
    ];

    /// The choice with that name; any other text is the usual one.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map(|(choice, ..)| choice).unwrap_or_default()
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(choice, ..)| *choice == self).map_or("", |(_, name, _)| name)
    }

    /// The range, seen from `now`; `from` and `to` are what was entered for [`Choice::Custom`], read as UTC.
    ///
    /// # Errors
    ///
    /// [`RangeError`], for a custom range only.
    pub fn range(self, now: Timestamp, from: &str, to: &str) -> Result<Range, RangeError> {
        let last = |span| Ok(Range { from: now - span, to: now });
        match self {
            Self::Hour => last(Span::from_seconds(3_600)),
            Self::Day => last(DAY),
            Self::Week => last(DAY.scaled(7, 1)),
            Self::Month => last(DAY.scaled(30, 1)),
            Self::Custom => custom(now, from, to),
        }
    }
}

fn custom(now: Timestamp, from: &str, to: &str) -> Result<Range, RangeError> {
    let from = date::read(from).ok_or(RangeError::NoBeginning)?;
    let to = date::read(to).ok_or(RangeError::NoEnd)?;
    match () {
        () if to <= from => Err(RangeError::Backwards),
        () if from >= now => Err(RangeError::Ahead),
        () => Ok(Range { from, to }),
    }
}

/// The one condition the API takes beside the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// What was done.
    ActionType,
    /// The person who did it, by identifier.
    UserId,
    /// The person who did it, by user name.
    UserName,
    /// The application that did it, by identifier.
    ClientId,
    /// The kind of what it was done to.
    ResourceType,
    /// What it was done to, by identifier.
    ResourceId,
    /// The request it was part of.
    CorrelationId,
    /// The population of what it was done to.
    Population,
}

impl Beside {
    /// All of them: the name of the attribute, and the words for a person.
    pub const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::ActionType, "action.type", "Action type"),
        (Self::UserName, "actors.user.name", "User name of the actor"),
        (Self::UserId, "actors.user.id", "User ID of the actor"),
        (Self::ClientId, "actors.client.id", "Client ID of the actor"),
        (Self::ResourceType, "resources.type", "Resource type"),
        (Self::ResourceId, "resources.id", "Resource ID"),
        (Self::CorrelationId, "correlationId", "Correlation ID"),
        (Self::Population, "resources.population.id", "Population ID"),
    ];

    /// The condition on that attribute.
    pub fn from_attribute(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map(|(beside, ..)| beside)
    }

    /// The attribute's name.
    pub fn attribute(self) -> &'static str {
        Self::ALL.into_iter().find(|(beside, ..)| *beside == self).map_or("", |(_, name, _)| name)
    }

    /// Whether its value tells of a person: then it must not stand in an address, which proxies and logs keep.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::UserId | Self::UserName | Self::ResourceId)
    }
}

/// What is asked of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// When.
    pub range: Range,
    /// What else, with its value.
    pub beside: Option<(Beside, String)>,
}

impl Search {
    /// The filter as the API takes it. Both ends are asked for with the operators all its papers name, which leave the ends
    /// out: so the beginning is a millisecond earlier.
    pub fn filter(&self) -> Filter {
        let before = Timestamp::from_millis(self.range.from.millis().saturating_sub(1));
        let range = Filter::compare("recordedAt", "gt", &date::utc_millis(before)).and(Filter::compare(
            "recordedAt",
            "lt",
            &date::utc_millis(self.range.to),
        ));
        match &self.beside {
            Some((beside, value)) => range.and(Filter::eq(beside.attribute(), value.trim())),
            None => range,
        }
    }

    /// Whether the filter is to be sent in a body.
    pub fn is_personal(&self) -> bool {
        self.beside.as_ref().is_some_and(|(beside, _)| beside.is_personal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_226_400);

    #[test]
    fn the_usual_ranges_end_now() {
        for (choice, hours) in [(Choice::Hour, 1), (Choice::Day, 24), (Choice::Week, 168), (Choice::Month, 720)] {
            let range = choice.range(NOW, "", "").unwrap();
            assert_eq!((range.to, NOW.since(range.from)), (NOW, Span::from_seconds(hours * 3_600)));
            assert_eq!(Choice::from_name(choice.name()), choice);
        }
    }

    #[test]
    fn a_range_of_ones_own_is_read_as_utc_and_checked() {
        let of = |from, to| Choice::Custom.range(NOW, from, to);
        let range = of("2026-11-01T00:00", "2026-11-02").unwrap();
        assert_eq!(range.to.since(range.from), DAY);
        for (from, to, error) in [
            ("", "2026-11-02", RangeError::NoBeginning),
            ("2026-11-01", "soon", RangeError::NoEnd),
            ("2026-11-02", "2026-11-02", RangeError::Backwards),
            ("2026-11-22", "2026-11-23", RangeError::Ahead),
        ] {
            assert_eq!(of(from, to), Err(error), "{from} {to}");
        }
    }

    #[test]
    fn the_filter_has_the_range_and_one_condition() {
        let range = Range { from: NOW, to: NOW + DAY };
        let search = Search { range, beside: Some((Beside::UserName, " a\"b ".to_owned())) };
        let range = "recordedAt gt \"2026-11-21T01:59:59.999Z\" and recordedAt lt \"2026-11-22T02:00:00.000Z\"";
        assert_eq!(search.filter().as_str(), format!("{range} and actors.user.name eq \"a\\\"b\""));
        assert_eq!(Search { beside: None, ..search }.filter().as_str(), range);
    }

    #[test]
    fn what_tells_of_a_person_is_sent_in_a_body() {
        let personal = Beside::ALL.into_iter().filter(|(beside, ..)| beside.is_personal()).map(|(_, name, _)| name);
        assert_eq!(personal.collect::<Vec<_>>(), ["actors.user.name", "actors.user.id", "resources.id"]);
        assert_eq!(Beside::from_attribute("resources.type"), Some(Beside::ResourceType));
        assert_eq!(Beside::from_attribute("result.status"), None);
    }
}
