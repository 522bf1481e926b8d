//! Days of the calendar and moments as text, in UTC.
//!
//! The count of days and the calendar are turned into each other by the usual shift of the year's beginning to March, so
//! that a leap day is the last of its year.

use std::fmt;

use super::{Span, Timestamp};

const DAY_MILLIS: i64 = 86_400_000;

/// The months' names, short.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day of the calendar (proleptic Gregorian), counted from 1970-01-01, in UTC. It is written `2026-11-21`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day a moment belongs to.
    pub const fn of(moment: Timestamp) -> Self {
        Self(moment.millis().div_euclid(DAY_MILLIS))
    }

    /// A day by year, month (1 to 12) and day of the month; `None` when there is no such day.
    pub fn from_civil(year: i64, month: u8, day: u8) -> Option<Self> {
        let (month, of_month) = (i64::from(month), i64::from(day));
        if !(1..=12).contains(&month) || !(1..=31).contains(&of_month) || !(-9_999..=9_999).contains(&year) {
            return None;
        }
        let shifted = if month > 2 { year } else { year - 1 };
        let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
        let from_march = (month + 9) % 12;
        let day_of_year = (153 * from_march + 2) / 5 + of_month - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let found = Self(era * 146_097 + day_of_era - 719_468);
        // The 31st of April would be the 1st of May.
        (found.civil() == (year, u8::try_from(month).ok()?, day)).then_some(found)
    }

    /// Reads `2026-11-21`, as a date field of a form gives it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '-');
        let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
        Self::from_civil(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// Year, month (1 to 12) and day of the month.
    pub fn civil(self) -> (i64, u8, u8) {
        let shifted = self.0 + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        // Both are small by their computation.
        (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
    }

    /// Its first moment.
    pub const fn start(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(DAY_MILLIS))
    }

    /// The day so many days later, or earlier when negative.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// How many days from this one to a later one; negative when it is earlier.
    pub const fn until(self, later: Self) -> i64 {
        later.0.saturating_sub(self.0)
    }

    /// The first day of its month, moved by so many months.
    #[must_use]
    pub fn month(self, later: i64) -> Self {
        let (year, month, _) = self.civil();
        let months = year * 12 + i64::from(month) - 1 + later;
        let month = u8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
        Self::from_civil(months.div_euclid(12), month, 1).unwrap_or(self)
    }

    /// `21 Nov`.
    pub fn short(self) -> String {
        let (_, month, day) = self.civil();
        format!("{day} {}", name(month))
    }

    /// `21 Nov 2026`.
    pub fn long(self) -> String {
        format!("{} {}", self.short(), self.civil().0)
    }

    /// `Nov 2026`.
    pub fn month_name(self) -> String {
        let (year, month, _) = self.civil();
        format!("{} {year}", name(month))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

fn name(month: u8) -> &'static str {
    MONTHS[usize::from(month.clamp(1, 12)) - 1]
}

/// A moment in UTC to the second, as RFC 3339 §5.6 writes it: `2026-11-21T01:52:08Z`.
pub fn utc(moment: Timestamp) -> String {
    let rest = moment.millis().div_euclid(1_000).rem_euclid(86_400);
    format!("{}T{:02}:{:02}:{:02}Z", Day::of(moment), rest / 3_600, rest / 60 % 60, rest % 60)
}

/// As [`utc`], to the millisecond: `2026-11-21T01:52:08.120Z`.
pub fn utc_millis(moment: Timestamp) -> String {
    let whole = utc(moment);
    format!("{}.{:03}Z", whole.trim_end_matches('Z'), moment.millis().rem_euclid(1_000))
}

/// Reads a moment as APIs write them: RFC 3339 §5.6 with any offset and any fraction of a second (cut at milliseconds), a
/// space for the `T`, an offset without its colon, none at all (then UTC), or a bare day, which begins at midnight in UTC.
pub fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let day = Day::parse(text.get(..10)?)?;
    let rest = &text[10..];
    if rest.is_empty() {
        return Some(day.start());
    }
    let clock = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, offset) = match clock.find(['Z', 'z', '+', '-']) {
        Some(at) => (&clock[..at], offset(&clock[at..])?),
        None => (clock, 0),
    };
    let millis = time_of_day(clock)?;
    Some(day.start().shifted(millis - offset))
}

/// `02:00`, `02:00:08` or `02:00:08.120`, in milliseconds. A leap second is the second after it.
fn time_of_day(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, ':');
    let (hours, minutes) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let seconds = parts.next().unwrap_or("00");
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let seconds = digits(seconds, 2)?;
    if hours > 23 || minutes > 59 || seconds > 60 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths.parse::<i64>().ok()?)
}

/// `Z`, `+01:00` or `-0530`, in milliseconds.
fn offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let figures = text[1..].replace(':', "");
    let number = digits(&figures, 4)?;
    let (hours, minutes) = (number / 100, number % 100);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes) * 60_000)
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// How long a day is.
pub const DAY: Span = Span::from_seconds(86_400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_utc() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_226_400, "2026-11-21T02:00:00Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ];
        for (seconds, text) in cases {
            assert_eq!(utc(Timestamp::from_seconds(seconds)), text);
            assert_eq!(read(text), Some(Timestamp::from_seconds(seconds)), "{text}");
        }
        assert_eq!(utc_millis(Timestamp::from_millis(-1)), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        assert!(utc(Timestamp::from_millis(i64::MAX)).ends_with('Z'));
        assert!(utc(Timestamp::from_millis(i64::MIN)).ends_with('Z'));
    }

    #[test]
    fn moments_are_read_in_every_dress_they_come_in() {
        let moment = Timestamp::from_millis(1_795_226_400_120);
        for text in [
            "2026-11-21T02:00:00.120Z",
            "2026-11-21T02:00:00.1204999Z",
            "2026-11-21T03:00:00.12+01:00",
            "2026-11-20T20:30:00.120-0530",
            "2026-11-21 02:00:00.120",
            " 2026-11-21t02:00:00.120z ",
        ] {
            assert_eq!(read(text), Some(moment), "{text}");
        }
        assert_eq!(read("1970-01-02"), Some(Timestamp::from_seconds(86_400)));
        assert_eq!(read("1970-01-02T00:01Z"), Some(Timestamp::from_seconds(86_460)));
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-02-30",
            "2026-11-21T25:00:00Z",
            "2026-11-21T02:00:00+1",
            "ünïcödé-ü",
            "2026-11-21X",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_found_again() {
        let first = Day::from_civil(1900, 1, 1).unwrap();
        for number in 0..146_097 {
            let day = first.plus(number);
            assert_eq!(Day::parse(&day.to_string()), Some(day));
        }
    }

    #[test]
    fn months_are_counted_over_the_year() {
        let day = Day::parse("2026-11-21").unwrap();
        assert_eq!(day.month(0).to_string(), "2026-11-01");
        assert_eq!(day.month(-11).to_string(), "2025-12-01");
        assert_eq!(day.month(2).to_string(), "2027-01-01");
        assert_eq!(day.until(day.month(1)), 10);
    }

    #[test]
    fn a_day_has_a_short_and_a_long_name() {
        let day = Day::parse("2026-03-02").unwrap();
        assert_eq!(
            (day.short(), day.long(), day.month_name()),
            ("2 Mar".into(), "2 Mar 2026".into(), "Mar 2026".into())
        );
    }
}
