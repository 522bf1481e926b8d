//! How a site token stands, in words.

use domain::site::{ChainSource, Claims, Mend, Quota, SiteAnswer, Standing, TestOutcome, days_left};
use domain::time::{Span, Timestamp, words};

use super::{Bar, Mood, count, duration};

/// From when on a person is told that a token ends: the notch of its bar.
const TOLD: Span = Span::from_seconds(7 * 86_400);

/// From how many days before its end on a new text is offered, and its days are counted instead of what is left.
pub(crate) const REFRESHABLE: i64 = 30;

/// In milliseconds.
const MINUTE: i64 = 60_000;

/// The colour of a standing.
pub(crate) const fn site_mood(standing: Standing) -> Mood {
    match standing {
        Standing::Active => Mood::Good,
        Standing::Warning | Standing::Urgent | Standing::Critical => Mood::Soon,
        Standing::Expired | Standing::Invalid | Standing::Revoked => Mood::Bad,
    }
}

/// What is left: `340 days remaining`, `Expires in 23 h 5 min`, `Expired 5 days ago`, `Does not expire`.
///
/// More than a week is counted as people count days, one begun counting whole.
pub(crate) fn left(expires_at: Option<Timestamp>, now: Timestamp) -> String {
    let Some(end) = expires_at else { return "Does not expire".to_owned() };
    match whole_days(end, now) {
        ..=0 => format!("Expired {}", words::relative(end, now)),
        1 => format!("Expires {}", words::relative(end, now)),
        days @ 2..=REFRESHABLE => format!("Expires in {days} days"),
        days => format!("{} remaining", count(usize::try_from(days).unwrap_or(0), "day")),
    }
}

/// As [`days_left`], but a minute more makes no further day: what is looked at once a minute says the same as the rest.
fn whole_days(end: Timestamp, now: Timestamp) -> i64 {
    match days_left(end, now) {
        ..=1 => days_left(end, now),
        _ => days_left(end.shifted(-MINUTE), now),
    }
}

/// One line below a site's name: `Valid · Expires in 23 days`, `Not accepted · 40 days remaining`, `Expired 5 days ago`.
pub(crate) fn site_line(standing: Standing, expires_at: Option<Timestamp>, now: Timestamp) -> String {
    let left = left(expires_at, now);
    match standing {
        Standing::Active => format!("Valid · {left}"),
        Standing::Invalid | Standing::Revoked => format!("{} · {left}", standing.word()),
        _ => left,
    }
}

/// Where the parts of its life bar stand; `since` stands in where it does not say when it was issued. One without an end is
/// always whole.
pub(crate) fn site_bar(claims: &Claims, since: Timestamp, now: Timestamp) -> Bar {
    let Some(end) = claims.expires_at else { return Bar { now: 0.0, notch: 100.0, glides: false } };
    let begin = claims.issued_at.unwrap_or(since);
    Bar { now: part(begin, end, now), notch: part(begin, end, end - TOLD), glides: false }
}

/// How much of the time from `begin` to `end` is over at `at`, in percent.
fn part(begin: Timestamp, end: Timestamp, at: Timestamp) -> f64 {
    let lifetime = end.since(begin);
    if lifetime == Span::ZERO {
        return 100.0;
    }
    let over = at.since(begin).min(lifetime).scaled(10_000, lifetime.millis());
    // Hundredths of a percent are finer than any screen, and exact as a float.
    f64::from(u32::try_from(over.millis()).unwrap_or(10_000)) / 100.0
}

/// What a test that did not succeed found, and what it means.
pub(crate) const fn site_outcome(outcome: TestOutcome) -> (&'static str, &'static str) {
    match outcome {
        TestOutcome::Works => ("The token works", "The API took it."),
        TestOutcome::Rejected => {
            ("The API does not accept this token", "It may be for another site, revoked, or copied only in part.")
        }
        TestOutcome::Revoked => ("This token was revoked", "The API refuses it for good. Get a new one there."),
        TestOutcome::Forbidden => (
            "The token may not list sites",
            "The API knows the token, but does not let it do this. It may be good for other calls.",
        ),
        TestOutcome::Unknown => {
            ("The token could not be tested", "The API gave no answer that tells anything about it.")
        }
    }
}

/// What was left out of a pasted text: `Left out: Bearer and blanks.` Nothing when it was taken as it stood.
pub(crate) fn mends(mends: &[Mend]) -> Option<String> {
    let word = |mend: &Mend| match mend {
        Mend::HeaderName => "the header's name",
        Mend::Bearer => "Bearer",
        Mend::Quotes => "quotes",
        Mend::Blanks => "blanks",
    };
    let words: Vec<&str> = mends.iter().map(word).collect();
    let (last, others) = words.split_last()?;
    Some(if others.is_empty() {
        format!("Left out: {last}.")
    } else {
        format!("Left out: {} and {last}.", others.join(", "))
    })
}

/// `120 points, read in 80 ms with the token kept in this browser.`
pub(crate) fn points_said(total: u64, answer: &SiteAnswer) -> String {
    let source = match answer.source {
        ChainSource::Operators => "the operator's default token",
        ChainSource::Sync => "the token another device synced",
        ChainSource::Vault => "the token kept in this browser",
    };
    let tries = match answer.tries {
        0 | 1 => String::new(),
        tries => format!(", at try {tries}"),
    };
    let points = count(usize::try_from(total).unwrap_or(usize::MAX), "point");
    format!("{points}, read in {} with {source}{tries}.", duration(answer.took))
}

/// How many calls a site has left, and whether that is little: `9 of 100 this minute, the next in 30 s`.
pub(crate) fn quota_said(quota: &Quota, now: Timestamp) -> (bool, String) {
    let Quota { limit, remaining, reset_at } = *quota;
    if now >= reset_at {
        // The oldest call left the window; how many are left is said with the next answer.
        return (false, format!("at least {} of {limit} this minute", (remaining + 1).min(limit)));
    }
    let is_short = quota.is_short(now);
    let next = if is_short { format!(", the next in {}", words::span(reset_at.since(now))) } else { String::new() };
    (is_short, format!("{remaining} of {limit} this minute{next}"))
}

/// How often a token was used: `once`, `12 times`.
pub(crate) fn used_said(times: u64) -> String {
    match times {
        1 => "once".to_owned(),
        times => format!("{} times", domain::number::grouped(times)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_226_400);
    const DAY: i64 = 86_400_000;

    fn end(days: i64) -> Option<Timestamp> {
        Some(NOW.shifted(days * DAY))
    }

    #[test]
    fn what_is_left_is_said_as_the_contract_draws_it() {
        assert_eq!(left(end(340), NOW), "340 days remaining");
        assert_eq!(left(end(23), NOW), "Expires in 23 days");
        assert_eq!(left(end(-5), NOW), "Expired 5 days ago");
        assert_eq!(left(None, NOW), "Does not expire");
    }

    #[test]
    fn a_clock_that_is_a_minute_behind_counts_no_further_day() {
        assert_eq!(left(end(365), NOW.shifted(-59_000)), "365 days remaining");
        assert_eq!(left(end(365), NOW.shifted(-2 * MINUTE)), "366 days remaining");
    }

    #[test]
    fn the_last_day_is_counted_in_hours() {
        assert_eq!(left(Some(NOW.shifted(DAY / 4)), NOW), "Expires in 6 h");
        assert_eq!(left(Some(NOW), NOW), "Expired now");
    }

    #[test]
    fn what_the_api_refused_is_said_before_its_days() {
        assert_eq!(site_line(Standing::Active, end(340), NOW), "Valid · 340 days remaining");
        assert_eq!(site_line(Standing::Invalid, end(40), NOW), "Not accepted · 40 days remaining");
        assert_eq!(site_line(Standing::Expired, end(-5), NOW), "Expired 5 days ago");
    }

    #[test]
    fn the_bar_runs_from_issue_to_end_with_its_notch_a_week_before() {
        let claims = Claims { issued_at: end(-30), expires_at: end(70), ..Claims::default() };
        assert_eq!(site_bar(&claims, NOW, NOW), Bar { now: 30.0, notch: 93.0, glides: false });
        let over = Claims { expires_at: end(-1), ..claims };
        assert_eq!(site_bar(&over, NOW, NOW).now, 100.0);
    }

    #[test]
    fn what_was_left_out_is_named() {
        assert_eq!(mends(&[]), None);
        assert_eq!(mends(&[Mend::Bearer]).as_deref(), Some("Left out: Bearer."));
        assert_eq!(
            mends(&[Mend::Bearer, Mend::Quotes, Mend::Blanks]).as_deref(),
            Some("Left out: Bearer, quotes and blanks.")
        );
    }

    #[test]
    fn a_token_without_an_end_has_a_whole_bar() {
        assert_eq!(site_bar(&Claims::default(), NOW, NOW), Bar { now: 0.0, notch: 100.0, glides: false });
    }

    #[test]
    fn one_that_does_not_say_when_it_was_issued_lives_from_when_it_came() {
        let claims = Claims { expires_at: end(50), ..Claims::default() };
        assert_eq!(site_bar(&claims, NOW.shifted(-50 * DAY), NOW).now, 50.0);
    }

    #[test]
    fn little_is_said_to_be_little_before_nothing_is_left() {
        let now = Timestamp::from_seconds(100);
        let quota = |remaining| Quota { limit: 100, remaining, reset_at: now.shifted(30_000) };
        assert_eq!(quota_said(&quota(42), now), (false, "42 of 100 this minute".to_owned()));
        assert_eq!(quota_said(&quota(9), now), (true, "9 of 100 this minute, the next in 30 s".to_owned()));
        assert_eq!(quota_said(&quota(0), now.shifted(30_000)), (false, "at least 1 of 100 this minute".to_owned()));
        assert_eq!((used_said(1), used_said(1_200)), ("once".to_owned(), "1,200 times".to_owned()));
    }
}
