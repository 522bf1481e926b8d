//! The `Retry-After` header (RFC 9110 §10.2.3).

use std::time::UNIX_EPOCH;

use domain::time::{Span, Timestamp};

/// The longest wait that is believed: a day.
const LONGEST: Span = Span::from_seconds(86_400);

/// How long to wait from `now`: seconds, or a date. `None` for any other text.
pub(super) fn wait(header: &str, now: Timestamp) -> Option<Span> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that don't fit a number are a very long wait.
        return Some(Span::from_seconds(header.parse().unwrap_or(u64::MAX)).min(LONGEST));
    }
    let date = httpdate::parse_http_date(header).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let moment = Timestamp::from_millis(i64::try_from(date.as_millis()).ok()?);
    Some(moment.since(now).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Sun, 06 Nov 1994 08:49:37 GMT
    const NOW: Timestamp = Timestamp::from_seconds(784_111_777);

    #[test]
    fn seconds_and_dates_are_read() {
        assert_eq!(wait("7", NOW), Some(Span::from_seconds(7)));
        assert_eq!(wait(" 0 ", NOW), Some(Span::ZERO));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:00 GMT", NOW), Some(Span::from_seconds(23)));
    }

    #[test]
    fn a_date_in_the_past_is_no_wait_at_all() {
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT", NOW), Some(Span::ZERO));
    }

    #[test]
    fn a_day_is_the_longest_wait() {
        assert_eq!(wait("99999999999999999999999999", NOW), Some(LONGEST));
        assert_eq!(wait("Fri, 31 Dec 9999 23:59:59 GMT", NOW), Some(LONGEST));
    }

    #[test]
    fn any_other_text_says_nothing() {
        for text in ["", "-1", "soon", "1.5", "+3", "1s", "Sun, 06 Nov"] {
            assert_eq!(wait(text, NOW), None, "{text}");
        }
    }
}
