//! Single values of an answer, read in every dress they are known to come in.

use serde_json::Value;

use crate::time::Timestamp;
use crate::time::date;

/// What is larger counts milliseconds, not seconds: as seconds it would be the year 5138.
const MOST_SECONDS: i64 = 100_000_000_000;

/// A moment: ISO 8601 text, or the time since the epoch in seconds or milliseconds, as a number or in digits.
pub fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => date::read(text).or_else(|| epoch(text.trim().parse().ok()?)),
        Value::Number(number) => {
            #[allow(clippy::cast_possible_truncation)] // Checked to be within what milliseconds can be.
            let whole = |float: f64| (float.abs() < 9e15).then_some(float as i64);
            epoch(number.as_i64().or_else(|| whole(number.as_f64()?))?)
        }
        _ => None,
    }
}

fn epoch(number: i64) -> Option<Timestamp> {
    match number {
        // Nothing here happened in 1970: what is that small is no moment.
        ..=0 => None,
        _ if number < MOST_SECONDS => Some(Timestamp::from_seconds(number)),
        _ => Some(Timestamp::from_millis(number)),
    }
}

/// A whole number from 0 on: a number, or one in digits.
pub fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64()?;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Checked just before.
            ((0.0..9e15).contains(&float) && float.fract() == 0.0).then_some(float as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text that says something; a number or a truth value as it is written.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn moments_come_as_text_seconds_or_milliseconds() {
        let noon = Some(Timestamp::from_seconds(1_795_226_400));
        for value in [
            json!("2026-11-21T02:00:00Z"),
            json!(1_795_226_400),
            json!(1_795_226_400_000_u64),
            json!(1_795_226_400.0),
            json!("1795226400"),
            json!("1795226400000"),
        ] {
            assert_eq!(moment(&value), noon, "{value}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for value in [json!(null), json!(true), json!("soon"), json!(0), json!(-5), json!([1]), json!(1e300)] {
            assert_eq!(moment(&value), None, "{value}");
        }
    }

    #[test]
    fn whole_numbers_come_as_numbers_or_digits() {
        for (value, expected) in [
            (json!(7), Some(7)),
            (json!(7.0), Some(7)),
            (json!("7"), Some(7)),
            (json!(7.5), None),
            (json!(-7), None),
            (json!("seven"), None),
            (json!(null), None),
        ] {
            assert_eq!(whole(&value), expected, "{value}");
        }
    }
}
