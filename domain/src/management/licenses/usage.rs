use super::License;
use crate::management::metrics::Series;
use crate::number::{grouped, percent};
use crate::time::Timestamp;
use crate::time::date::Day;

/// From this share on, in thousandths, something is nearly used up.
const NEARLY: u64 = 900;

/// How much of what is allowed is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The number or its limit is not given.
    Unknown,
    /// There is room.
    Within,
    /// A tenth or less is left.
    Nearly,
    /// All of it.
    Full,
    /// More than it.
    Over,
}

/// A number beside its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The number used.
    pub used: Option<u64>,
    /// The number allowed.
    pub allowed: Option<u64>,
    /// Whether the true number may be larger.
    pub at_least: bool,
    /// What the number is of, such as a month; empty when that is plain.
    pub of: String,
}

impl Usage {
    fn new(used: Option<u64>, allowed: Option<u64>) -> Self {
        Self { used, allowed, at_least: false, of: String::new() }
    }

    /// How much it is.
    pub fn measure(&self) -> Measure {
        let (Some(used), Some(allowed)) = (self.used, self.allowed) else { return Measure::Unknown };
        match used.cmp(&allowed) {
            std::cmp::Ordering::Greater => Measure::Over,
            std::cmp::Ordering::Equal => Measure::Full,
            std::cmp::Ordering::Less if u128::from(used) * 1_000 >= u128::from(allowed) * u128::from(NEARLY) => {
                Measure::Nearly
            }
            std::cmp::Ordering::Less => Measure::Within,
        }
    }

    /// How much it is in thousandths, at most 1,000, for a bar.
    pub fn part(&self) -> Option<u16> {
        let (used, allowed) = (self.used?, self.allowed?);
        let part = if allowed == 0 {
            u64::from(used > 0) * 1_000
        } else {
            crate::number::per_mille(used, allowed).unwrap_or(1_000)
        };
        u16::try_from(part.min(1_000)).ok()
    }

    /// `2 of 10 (20 %)`, `10 of 10 (100 %), all used`, `at least 1,800 of 2,500 (72 %)`, `2, no limit given`,
    /// `not given, 10 included`.
    pub fn words(&self) -> String {
        let least = if self.at_least { "at least " } else { "" };
        match (self.used, self.allowed) {
            (Some(used), Some(allowed)) => {
                let share = percent(used, allowed).map(|share| format!(" ({share})")).unwrap_or_default();
                let judged = match self.measure() {
                    Measure::Over => format!(", {} too many", grouped(used - allowed)),
                    Measure::Full if allowed > 0 => ", all used".to_owned(),
                    Measure::Nearly => ", nearly all".to_owned(),
                    _ => String::new(),
                };
                format!("{least}{} of {}{share}{judged}", grouped(used), grouped(allowed))
            }
            (Some(used), None) => format!("{least}{}, no limit given", grouped(used)),
            (None, Some(allowed)) => format!("not given, {} included", grouped(allowed)),
            (None, None) => "not given".to_owned(),
        }
    }
}

/// Environments assigned, of those allowed.
pub fn environments(license: &License) -> Usage {
    Usage::new(license.environments, license.most_environments)
}

/// Active identities of what a licence includes: in its latest month, and in the current year of its life.
///
/// `months` is the licence's activity by month of the calendar, `years` by year of the licence. Where the API cuts the latter
/// into months too, people who were active in several of them would be counted again in a sum: the busiest month is then the
/// number there are at least.
pub fn included(license: &License, months: Option<&Series>, years: Option<&Series>, now: Timestamp) -> [Usage; 2] {
    [month(license, months, now), year(license, years, now)]
}

fn month(license: &License, months: Option<&Series>, now: Timestamp) -> Usage {
    let latest = months.and_then(|series| series.samples().rfind(|(day, _)| *day <= Day::of(now)));
    let mut usage = Usage::new(latest.map(|(_, figure)| figure), license.active_in_a_month);
    usage.of = latest.map(|(day, _)| day.month_name()).unwrap_or_default();
    usage
}

fn year(license: &License, years: Option<&Series>, now: Timestamp) -> Usage {
    let mut usage = Usage::new(None, license.active_in_a_year);
    let Some(series) = years else { return usage };
    // Months that overlap a beginning in their middle count as within the year.
    let since = license.begins.map(|begins| year_of(begins, now)).unwrap_or_default();
    let within = || series.samples().filter(|(day, _)| *day <= Day::of(now));
    if series.longest().is_some_and(|days| days > 45) {
        let latest = within().next_back();
        usage.used = latest.map(|(_, figure)| figure);
        usage.of = latest.map(|(day, _)| format!("since {}", day.long())).unwrap_or_default();
    } else {
        let busiest = within().filter(|(day, _)| *day >= since.month(0)).max_by_key(|(_, figure)| *figure);
        usage.used = busiest.map(|(_, figure)| figure);
        usage.at_least = busiest.is_some();
        usage.of = busiest.map(|(day, _)| format!("the busiest month, {}", day.month_name())).unwrap_or_default();
    }
    usage
}

/// The first day of the licence's current year.
fn year_of(begins: Timestamp, now: Timestamp) -> Day {
    let first = Day::of(begins);
    let (year, month, day) = first.civil();
    let (this, _, _) = Day::of(now).civil();
    // A licence from the 29th of February has its year begin a day early elsewhere.
    let anniversary = |year: i64| Day::from_civil(year, month, day).or_else(|| Day::from_civil(year, month, day - 1));
    let candidates = [anniversary(this), anniversary(this - 1)];
    let begun = candidates.into_iter().flatten().find(|day| *day <= Day::of(now));
    begun.filter(|_| this >= year).unwrap_or(first).max(first)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::license::tests::with;
    use super::*;
    use crate::management::metrics::Kind;
    use crate::time::date::read;

    fn now() -> Timestamp {
        read("2026-11-21T12:00:00Z").unwrap()
    }

    fn series(samples: &[(&str, &str, u64)]) -> Series {
        let sample =
            |(from, to, value): &(&str, &str, u64)| json!({ "startDate": from, "endDate": to, "value": value });
        let samples: Vec<Value> = samples.iter().map(sample).collect();
        let mut series = Series::new(Kind::Active);
        series.read(&json!({ "_embedded": { "activeIdentityCounts": samples } }));
        series
    }

    fn license() -> License {
        with(json!({ "beginsAt": "2026-05-05T00:00:00Z", "assignedEnvironmentsCount": 2, "environments": { "max": 10 },
            "users": { "annualActiveIncluded": 2_500, "monthlyActiveIncluded": 1_750 } }))
    }

    #[test]
    fn environments_are_compared_by_those_assigned() {
        let usage = environments(&license());
        assert_eq!(
            (usage.words().as_str(), usage.measure(), usage.part()),
            ("2 of 10 (20 %)", Measure::Within, Some(200))
        );
    }

    #[test]
    fn the_measure_says_how_much_is_left() {
        let measure = |used, allowed| Usage::new(used, allowed).measure();
        for (used, allowed, expected) in [
            (Some(0), Some(0), Measure::Full),
            (Some(89), Some(100), Measure::Within),
            (Some(90), Some(100), Measure::Nearly),
            (Some(100), Some(100), Measure::Full),
            (Some(101), Some(100), Measure::Over),
            (Some(u64::MAX - 1), Some(u64::MAX), Measure::Nearly),
            (None, Some(100), Measure::Unknown),
            (Some(1), None, Measure::Unknown),
        ] {
            assert_eq!(measure(used, allowed), expected, "{used:?} of {allowed:?}");
        }
        assert_eq!(
            (Usage::new(Some(5), Some(0)).part(), Usage::new(Some(9), Some(3)).part()),
            (Some(1_000), Some(1_000))
        );
    }

    #[test]
    fn what_is_not_given_is_said() {
        assert_eq!(Usage::new(Some(2), None).words(), "2, no limit given");
        assert_eq!(Usage::new(None, Some(2_500)).words(), "not given, 2,500 included");
        assert_eq!(Usage::new(None, None).words(), "not given");
        assert_eq!(Usage::new(Some(0), Some(0)).words(), "0 of 0");
    }

    #[test]
    fn the_words_say_what_the_colour_says() {
        assert_eq!(Usage::new(Some(1), Some(1)).words(), "1 of 1 (100 %), all used");
        assert_eq!(Usage::new(Some(1_200), Some(1_000)).words(), "1,200 of 1,000 (120 %), 200 too many");
        assert_eq!(Usage::new(Some(950), Some(1_000)).words(), "950 of 1,000 (95 %), nearly all");
    }

    #[test]
    fn the_latest_month_is_compared_with_what_a_month_includes() {
        let months = series(&[
            ("2026-10-01", "2026-11-01", 1_600),
            ("2026-11-01", "2026-12-01", 1_400),
            ("2026-12-01", "2027-01-01", 9),
        ]);
        let [month, _] = included(&license(), Some(&months), None, now());
        assert_eq!((month.words().as_str(), month.of.as_str()), ("1,400 of 1,750 (80 %)", "Nov 2026"));
    }

    #[test]
    fn a_year_counted_as_a_year_is_compared_as_it_is() {
        let years = series(&[("2025-05-05", "2026-05-05", 2_900), ("2026-05-05", "2027-05-05", 2_400)]);
        let [_, year] = included(&license(), None, Some(&years), now());
        assert_eq!(
            (year.words().as_str(), year.of.as_str()),
            ("2,400 of 2,500 (96 %), nearly all", "since 5 May 2026")
        );
        assert!(!year.at_least);
    }

    #[test]
    fn a_year_counted_in_months_is_at_least_its_busiest() {
        let months = series(&[
            ("2026-04-01", "2026-05-01", 2_000),
            ("2026-05-01", "2026-06-01", 1_500),
            ("2026-06-01", "2026-07-01", 1_800),
            ("2026-07-01", "2026-08-01", 1_700),
        ]);
        let [_, year] = included(&license(), None, Some(&months), now());
        assert_eq!(
            (year.words().as_str(), year.of.as_str()),
            ("at least 1,800 of 2,500 (72 %)", "the busiest month, Jun 2026")
        );
    }

    #[test]
    fn without_figures_only_the_limits_are_said() {
        let [month, year] = included(&license(), Some(&series(&[])), None, now());
        assert_eq!(
            (month.words().as_str(), year.words().as_str()),
            ("not given, 1,750 included", "not given, 2,500 included")
        );
        assert_eq!(month.measure(), Measure::Unknown);
    }

    #[test]
    fn the_year_of_a_licence_begins_on_its_day() {
        let begun = |begins: &str, at: &str| year_of(read(begins).unwrap(), read(at).unwrap()).to_string();
        assert_eq!(begun("2024-05-05", "2026-11-21"), "2026-05-05");
        assert_eq!(begun("2024-12-05", "2026-11-21"), "2025-12-05");
        assert_eq!(begun("2026-05-05", "2026-11-21"), "2026-05-05");
        assert_eq!(begun("2024-02-29", "2027-01-01"), "2026-02-28");
        assert_eq!(begun("2027-05-05", "2026-11-21"), "2027-05-05");
    }
}
