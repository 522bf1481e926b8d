use crate::time::date::Day;

/// The most days figures are asked for at once: two years and a day.
pub const LONGEST: i64 = 731;

/// Up to so many days are shown day by day: as many samples as the API gives at once.
const DAY_BY_DAY: i64 = 100;

/// Over what time a person wants figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Today and the six days before.
    Week,
    /// Thirty days.
    Month,
    /// Ninety days.
    Quarter,
    /// This month and the eleven before it.
    Year,
    /// From one day to another.
    Custom,
}

impl Choice {
    /// All, as they stand beside each other.
    pub const ALL: [Self; 5] = [Self::Week, Self::Month, Self::Quarter, Self::Year, Self::Custom];

    /// Its value in a form.
    pub const fn value(self) -> &'static str {
        match self {
            Self::Week => "7",
            Self::Month => "30",
            Self::Quarter => "90",
            Self::Year => "12-months",
            Self::Custom => "custom",
        }
    }

    /// What a person reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
            Self::Quarter => "Last 90 days",
            Self::Year => "Last 12 months",
            Self::Custom => "Custom range",
        }
    }

    /// The choice with this value.
    pub fn of(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.value() == value)
    }
}

/// One end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its first day.
    From,
    /// Its last day.
    To,
}

/// Why there are no figures over a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The end that is to be changed.
    pub end: End,
    /// What is wrong with it, for a person.
    pub words: &'static str,
}

/// Days in a row, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub first: Day,
    /// The last day, never before the first.
    pub last: Day,
}

impl Period {
    /// What was chosen; `from` and `to` are the texts of two date fields, and count for [`Choice::Custom`] only.
    ///
    /// # Errors
    ///
    /// [`Misfit`] when the two are no period, or one that is too long or to come.
    pub fn chosen(choice: Choice, from: &str, to: &str, today: Day) -> Result<Self, Misfit> {
        let until_today = |first| Ok(Self { first, last: today });
        match choice {
            Choice::Week => until_today(today.plus(-6)),
            Choice::Month => until_today(today.plus(-29)),
            Choice::Quarter => until_today(today.plus(-89)),
            Choice::Year => until_today(today.month(-11)),
            Choice::Custom => Self::between(from, to, today),
        }
    }

    fn between(from: &str, to: &str, today: Day) -> Result<Self, Misfit> {
        let misfit = |end, words| Err(Misfit { end, words });
        let Some(first) = Day::parse(from) else { return misfit(End::From, "Choose the first day.") };
        let Some(last) = Day::parse(to) else { return misfit(End::To, "Choose the last day.") };
        if last > today {
            return misfit(End::To, "There are figures up to today only.");
        }
        if last < first {
            return misfit(End::To, "The last day is before the first.");
        }
        if first.until(last) >= LONGEST {
            return misfit(End::From, "Choose at most two years.");
        }
        Ok(Self { first, last })
    }

    /// How many days it has.
    pub fn days(self) -> i64 {
        self.first.until(self.last) + 1
    }

    /// The period and what is missing before it to twelve months of the calendar: what only comes by month shows little in
    /// less.
    #[must_use]
    pub fn at_least_a_year(self) -> Self {
        Self { first: self.first.min(self.last.month(-11)), last: self.last }
    }

    /// The period without the days before `day`, as long as one is left.
    #[must_use]
    pub fn not_before(self, day: Day) -> Self {
        if day > self.last { self } else { Self { first: self.first.max(day), last: self.last } }
    }

    /// The samples that suit it: days while they are few, months beyond.
    pub fn sampling(self) -> Sampling {
        if self.days() <= DAY_BY_DAY { Sampling::Day } else { Sampling::Month }
    }

    /// `15 Nov 2026 to 21 Nov 2026, 7 days`.
    pub fn words(self) -> String {
        let days = match self.days() {
            1 => return format!("{}, 1 day", self.first.long()),
            days => days,
        };
        format!("{} to {}, {days} days", self.first.long(), self.last.long())
    }
}

/// How a period is cut into samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Days, in UTC.
    Day,
    /// Months of the calendar, in UTC.
    Month,
}

impl Sampling {
    /// As the API calls it.
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Day => "DAY",
            Self::Month => "MONTH",
        }
    }

    /// As people call it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// The first day of the sample a day belongs to.
    pub fn start(self, day: Day) -> Day {
        match self {
            Self::Day => day,
            Self::Month => day.month(0),
        }
    }

    /// The first day of the next sample.
    pub fn next(self, start: Day) -> Day {
        match self {
            Self::Day => start.plus(1),
            Self::Month => start.month(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn chosen(choice: Choice, from: &str, to: &str) -> Result<(String, String), End> {
        let period = Period::chosen(choice, from, to, day("2026-11-21"));
        period.map(|period| (period.first.to_string(), period.last.to_string())).map_err(|misfit| misfit.end)
    }

    #[test]
    fn a_choice_ends_today_and_has_as_many_days_as_it_says() {
        for (choice, days) in [(Choice::Week, 7), (Choice::Month, 30), (Choice::Quarter, 90)] {
            let period = Period::chosen(choice, "", "", day("2026-11-21")).unwrap();
            assert_eq!((period.days(), period.last), (days, day("2026-11-21")));
            assert_eq!(period.sampling(), Sampling::Day);
        }
    }

    #[test]
    fn twelve_months_are_whole_but_for_the_last() {
        assert_eq!(chosen(Choice::Year, "", ""), Ok(("2025-12-01".into(), "2026-11-21".into())));
        let year = Period::chosen(Choice::Year, "", "", day("2026-11-21")).unwrap();
        assert_eq!(year.sampling(), Sampling::Month);
    }

    #[test]
    fn a_period_of_ones_own_says_which_end_is_wrong() {
        for (from, to, expected) in [
            ("2026-11-01", "2026-11-21", Ok(("2026-11-01".to_owned(), "2026-11-21".to_owned()))),
            ("2026-11-21", "2026-11-21", Ok(("2026-11-21".to_owned(), "2026-11-21".to_owned()))),
            ("", "2026-11-21", Err(End::From)),
            ("2026-11-01", "soon", Err(End::To)),
            ("2026-11-01", "2026-11-22", Err(End::To)),
            ("2026-11-21", "2026-11-20", Err(End::To)),
            ("2024-11-20", "2026-11-21", Err(End::From)),
            ("2024-11-21", "2026-11-21", Ok(("2024-11-21".to_owned(), "2026-11-21".to_owned()))),
        ] {
            assert_eq!(chosen(Choice::Custom, from, to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn a_period_is_filled_up_to_twelve_months_and_never_cut() {
        let week = Period { first: day("2026-11-15"), last: day("2026-11-21") };
        assert_eq!(week.at_least_a_year().first, day("2025-12-01"));
        let years = Period { first: day("2024-12-15"), last: day("2026-11-21") };
        assert_eq!(years.at_least_a_year(), years);
    }

    #[test]
    fn a_period_is_cut_where_something_begins_within_it() {
        let week = Period { first: day("2026-11-15"), last: day("2026-11-21") };
        assert_eq!(week.not_before(day("2026-11-20")).days(), 2);
        assert_eq!((week.not_before(day("2026-11-01")), week.not_before(day("2026-12-01"))), (week, week));
    }

    #[test]
    fn every_choice_is_found_by_its_value() {
        for choice in Choice::ALL {
            assert_eq!(Choice::of(choice.value()), Some(choice));
        }
        assert_eq!(Choice::of("8"), None);
    }

    #[test]
    fn a_period_is_said_with_both_ends() {
        let period = Period { first: day("2026-11-15"), last: day("2026-11-21") };
        assert_eq!(period.words(), "15 Nov 2026 to 21 Nov 2026, 7 days");
    }
}
