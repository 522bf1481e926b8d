use domain::time::Timestamp;

/// A moment in UTC to the second, as RFC 3339 §5.6 writes it: `2026-11-21T01:52:08Z`.
///
/// The date comes from the day count by the usual shift of the year's beginning to March, so that a leap day is the
/// last of its year.
pub(crate) fn utc(moment: Timestamp) -> String {
    let seconds = moment.millis().div_euclid(1_000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

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
        }
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        assert!(utc(Timestamp::from_millis(i64::MAX)).ends_with('Z'));
        assert!(utc(Timestamp::from_millis(i64::MIN)).ends_with('Z'));
    }
}
