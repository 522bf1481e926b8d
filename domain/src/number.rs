//! Numbers as people read them.

/// With a comma between thousands: `3,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// As short as it can be without rounding: `950`, `25k`, `1.5M`; what has more digits that count is grouped.
pub fn compact(number: u64) -> String {
    let units = [(1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")];
    let fits = |unit: u64| number >= unit.max(10_000) && number.is_multiple_of(unit / 10);
    let Some((unit, letter)) = units.into_iter().find(|(unit, _)| fits(*unit)) else { return grouped(number) };
    let tenths = number / (unit / 10);
    let tenth = if tenths.is_multiple_of(10) { String::new() } else { format!(".{}", tenths % 10) };
    format!("{}{tenth}{letter}", grouped(tenths / 10))
}

/// A part of a whole in tenths of a percent, rounded; `None` when the whole is nothing, or the share beyond counting.
pub fn per_mille(part: u64, whole: u64) -> Option<u64> {
    if whole == 0 {
        return None;
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    u64::try_from((part * 2_000 + whole) / (whole * 2)).ok()
}

/// A part of a whole: `34 %`, `0.4 %`; what is less than the smallest that is shown is `under 0.1 %`.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    let tenths = per_mille(part, whole)?;
    Some(match tenths {
        0 if part > 0 => "under 0.1 %".to_owned(),
        0 => "0 %".to_owned(),
        1..100 => format!("{}.{} %", tenths / 10, tenths % 10),
        _ => format!("{} %", grouped((tenths + 5) / 10)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn round_numbers_are_short_and_none_is_rounded() {
        for (number, text) in [
            (0, "0"),
            (950, "950"),
            (1_500, "1,500"),
            (9_999, "9,999"),
            (25_000, "25k"),
            (25_500, "25.5k"),
            (25_501, "25,501"),
            (1_000_000, "1M"),
            (1_500_000, "1.5M"),
            (1_550_000, "1,550k"),
            (2_000_000_000, "2B"),
        ] {
            assert_eq!(compact(number), text);
        }
    }

    #[test]
    fn shares_are_exact_where_they_are_small() {
        for (part, whole, text) in [
            (0, 5, "0 %"),
            (1, 3, "33 %"),
            (1, 100, "1.0 %"),
            (1, 9_999, "under 0.1 %"),
            (7, 5, "140 %"),
            (199, 200, "100 %"),
        ] {
            assert_eq!(percent(part, whole).as_deref(), Some(text), "{part} of {whole}");
        }
    }

    #[test]
    fn nothing_has_no_share_of_nothing() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(u64::MAX, 1).as_deref(), None);
    }
}
