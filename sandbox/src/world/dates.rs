//! Moments as text (RFC 3339).

use domain::time::Timestamp;

/// `2026-11-21T02:00:00.000Z`, as PingOne writes moments.
pub(crate) fn text(moment: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(moment.millis()).map(|moment| format!("{moment:.3}")).unwrap_or_default()
}

/// Reads a moment, with any offset, or a bare day, which begins at midnight in UTC.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let moment = |text: &str| Some(Timestamp::from_millis(text.parse::<jiff::Timestamp>().ok()?.as_millisecond()));
    if text.len() == 10 { moment(&format!("{text}T00:00:00Z")) } else { moment(text) }
}

/// The year and month of a moment in UTC.
pub(crate) fn month(moment: Timestamp) -> (i16, i8) {
    let zoned =
        jiff::Timestamp::from_millisecond(moment.millis()).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    (zoned.year(), zoned.month())
}

/// Where a month begins, `back` months before that of `moment`.
pub(crate) fn month_start(moment: Timestamp, back: i32) -> Timestamp {
    let (year, month) = month(moment);
    let months = i32::from(year) * 12 + i32::from(month) - 1 - back;
    read(&format!("{:04}-{:02}-01", months.div_euclid(12), months.rem_euclid(12) + 1)).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_with_milliseconds_and_read_with_any_offset() {
        let moment = Timestamp::from_millis(1_795_226_400_120);
        assert_eq!(text(moment), "2026-11-21T02:00:00.120Z");
        for same in ["2026-11-21T02:00:00.120Z", "2026-11-21T03:00:00.120+01:00"] {
            assert_eq!(read(same), Some(moment), "{same}");
        }
        assert_eq!(read("1970-01-02"), Some(Timestamp::from_seconds(86_400)));
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in ["", "yesterday", "2026-13-01", "2026-11-21T02:00:00", "1795226400"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn months_go_back_over_the_year() {
        let moment = Timestamp::from_millis(1_795_226_400_120);
        assert_eq!(text(month_start(moment, 0)), "2026-11-01T00:00:00.000Z");
        assert_eq!(text(month_start(moment, 11)), "2025-12-01T00:00:00.000Z");
    }
}
