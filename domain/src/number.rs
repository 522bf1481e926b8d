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
