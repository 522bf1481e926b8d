use super::Quota;
use crate::time::{Span, Timestamp};

impl Quota {
    /// What the gateway's headers say (`ratelimit-limit`, `ratelimit-remaining`, `ratelimit-reset` in seconds); `None` when
    /// one is missing or no number.
    pub fn of_headers(header: impl Fn(&str) -> Option<String>, now: Timestamp) -> Option<Self> {
        let number = |name| header(name)?.trim().parse::<u32>().ok();
        let reset = number("ratelimit-reset")?;
        Some(Self {
            limit: number("ratelimit-limit")?,
            remaining: number("ratelimit-remaining")?,
            reset_at: now + Span::from_seconds(reset.into()),
        })
    }

    /// Whether little is left: a tenth, or nothing. It is said before calls are refused.
    pub fn is_short(&self, now: Timestamp) -> bool {
        now < self.reset_at && self.remaining.saturating_mul(10) <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::NOW;
    use super::*;

    fn quota(remaining: &str) -> Option<Quota> {
        let header = |name: &str| match name {
            "ratelimit-limit" => Some("100".to_owned()),
            "ratelimit-remaining" => Some(remaining.to_owned()),
            "ratelimit-reset" => Some("7".to_owned()),
            _ => None,
        };
        Quota::of_headers(header, NOW)
    }

    #[test]
    fn what_is_left_is_read_and_said_before_it_is_gone() {
        let quota = |remaining| quota(remaining).unwrap();
        assert_eq!(quota("42"), Quota { limit: 100, remaining: 42, reset_at: NOW.shifted(7_000) });
        assert!(!quota("11").is_short(NOW) && quota("10").is_short(NOW) && quota("0").is_short(NOW));
        assert!(!quota("0").is_short(NOW.shifted(7_000)), "the minute is over");
    }

    #[test]
    fn what_is_no_number_says_nothing() {
        assert_eq!(quota("many"), None);
        assert_eq!(Quota::of_headers(|_| None, NOW), None);
    }
}
