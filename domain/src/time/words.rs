//! Spans in words a person reads at a glance.

use super::{Span, Timestamp};

/// The two largest units of a span: `"45 s"`, `"4 min 10 s"`, `"2 h 5 min"`, `"3 days 4 h"`, `"12 days"`.
///
/// Seconds are dropped from ten minutes on, hours from a week on; what is dropped is rounded down.
pub fn span(span: Span) -> String {
    let seconds = span.seconds();
    let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, 10..) => format!("{minutes} min"),
        (0, 0, _) => join(format!("{minutes} min"), rest, "s"),
        (0, _, _) => join(format!("{hours} h"), minutes, "min"),
        (1, _, _) => join("1 day".to_owned(), hours, "h"),
        (2..7, _, _) => join(format!("{days} days"), hours, "h"),
        _ => format!("{days} days"),
    }
}

/// When something is, seen from `now`: `"in 4 min 10 s"`, `"5 days ago"`, `"now"` within half a second.
pub fn relative(moment: Timestamp, now: Timestamp) -> String {
    let distance = moment.millis().saturating_sub(now.millis());
    match distance {
        -500..=500 => "now".to_owned(),
        501.. => format!("in {}", span(moment.since(now))),
        _ => format!("{} ago", span(now.since(moment))),
    }
}

fn join(head: String, rest: u64, unit: &str) -> String {
    if rest == 0 { head } else { format!("{head} {rest} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_shows_its_two_largest_units() {
        let cases = [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (250, "4 min 10 s"),
            (600, "10 min"),
            (659, "10 min"),
            (3_600, "1 h"),
            (7_500, "2 h 5 min"),
            (86_400, "1 day"),
            (273_600, "3 days 4 h"),
            (604_800, "7 days"),
        ];
        for (seconds, words) in cases {
            assert_eq!(span(Span::from_seconds(seconds)), words);
        }
    }

    #[test]
    fn relative_words_point_forward_and_back() {
        let now = Timestamp::from_seconds(1_000);
        assert_eq!(relative(Timestamp::from_seconds(1_240), now), "in 4 min");
        assert_eq!(relative(Timestamp::from_seconds(940), now), "1 min ago");
        assert_eq!(relative(now, now), "now");
    }
}
