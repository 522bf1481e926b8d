use super::{License, State};
use crate::time::date::DAY;
use crate::time::{Span, Timestamp};

/// With so little left a licence is said to end soon: thirty days.
pub const SOON: Span = Span::from_millis(DAY.millis() * 30);

/// What happens when a licence expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A trial: its services stop.
    Stops,
    /// Any other: its admins are told, and it goes on.
    Notifies,
    /// Its package is not said.
    Unknown,
}

impl Ending {
    /// What a person reads.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Stops => "A trial stops working when it expires.",
            Self::Notifies => "When it expires, its admins are notified; it does not stop by itself.",
            Self::Unknown => "Its package is not given: whether it stops when it expires is not known.",
        }
    }
}

/// Where a licence is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before its beginning.
    Ahead,
    /// In force, with more than thirty days left, or no end given.
    Running,
    /// In force, with at most thirty days left.
    Ending,
    /// Past its end, or ended before its time.
    Over,
    /// Its state is not known.
    Unknown,
}

/// A licence's life, seen from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Where it is in it.
    pub stage: Stage,
    /// Begun days that are left; `None` when it is over, not yet begun, or without an end.
    pub days_left: Option<u64>,
    /// How much of it has passed, in thousandths; `None` without both ends.
    pub passed: Option<u16>,
    /// Whether its state says that it is in force, and its end has passed.
    pub overdue: bool,
    /// What happens at its end.
    pub ending: Ending,
}

impl License {
    /// Its life at `now`. The state is the API's; dates only say how far it is.
    pub fn life(&self, now: Timestamp) -> Life {
        let left = self.expires.map(|expires| expires.since(now)).filter(|left| *left > Span::ZERO);
        let past = self.expires.is_some_and(|expires| expires <= now);
        let stage = match &self.state {
            State::Expired | State::Terminated => Stage::Over,
            State::Future => Stage::Ahead,
            State::Active => match left {
                None if past => Stage::Ending,
                Some(left) if left <= SOON => Stage::Ending,
                _ => Stage::Running,
            },
            State::Other(_) => Stage::Unknown,
        };
        let counts = matches!(stage, Stage::Running | Stage::Ending | Stage::Unknown);
        Life {
            stage,
            days_left: left.filter(|_| counts).map(|left| left.millis().div_ceil(DAY.millis())),
            passed: self.passed(now),
            overdue: past && self.state == State::Active,
            ending: match &self.package {
                None => Ending::Unknown,
                Some(_) if self.is_trial() => Ending::Stops,
                Some(_) => Ending::Notifies,
            },
        }
    }

    fn passed(&self, now: Timestamp) -> Option<u16> {
        let (begins, expires) = (self.begins?, self.expires?);
        let whole = expires.since(begins);
        if whole == Span::ZERO {
            return None;
        }
        let passed = now.since(begins).min(whole).scaled(1_000, whole.millis());
        u16::try_from(passed.millis()).ok()
    }

    /// What a person reads beside the bar.
    pub fn life_words(&self, now: Timestamp) -> String {
        let life = self.life(now);
        let ago = |moment: Option<Timestamp>| {
            moment.filter(|moment| *moment <= now).map(|moment| now.since(moment).millis() / DAY.millis())
        };
        match life.stage {
            Stage::Ahead => match self.begins.filter(|begins| *begins > now) {
                Some(begins) => format!("begins in {}", days(begins.since(now).millis().div_ceil(DAY.millis()))),
                None => "not begun".to_owned(),
            },
            Stage::Over => {
                let terminated = self.state == State::Terminated;
                let (verb, moment) = if terminated {
                    ("terminated", self.terminates.or(self.expires))
                } else {
                    ("expired", self.expires)
                };
                match ago(moment) {
                    Some(0) => format!("{verb} today"),
                    Some(number) => format!("{verb} {} ago", days(number)),
                    None => verb.to_owned(),
                }
            }
            _ => match (life.days_left, ago(self.expires)) {
                (Some(left), _) => format!("{} left", days(left)),
                (None, Some(0)) => "its end was today".to_owned(),
                (None, Some(number)) => format!("its end was {} ago", days(number)),
                (None, None) => "no end given".to_owned(),
            },
        }
    }
}

/// `1 day`, `12 days`.
fn days(number: u64) -> String {
    if number == 1 { "1 day".to_owned() } else { format!("{} days", crate::number::grouped(number)) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::license::tests::with;
    use super::*;
    use crate::time::date::read;

    fn now() -> Timestamp {
        read("2026-11-21T12:00:00Z").unwrap()
    }

    fn life(fields: Value) -> (Stage, Option<u64>, String) {
        let license = with(fields);
        let life = license.life(now());
        (life.stage, life.days_left, license.life_words(now()))
    }

    #[test]
    fn an_active_licence_counts_its_days() {
        let running =
            life(json!({ "status": "ACTIVE", "beginsAt": "2026-01-01", "expiresAt": "2027-05-05T12:00:00Z" }));
        assert_eq!(running, (Stage::Running, Some(165), "165 days left".to_owned()));
        let ending = life(json!({ "status": "ACTIVE", "expiresAt": "2026-12-21T12:00:00Z" }));
        assert_eq!(ending, (Stage::Ending, Some(30), "30 days left".to_owned()));
    }

    #[test]
    fn a_day_begun_counts_as_one() {
        let last = life(json!({ "status": "ACTIVE", "expiresAt": "2026-11-21T12:00:01Z" }));
        assert_eq!(last, (Stage::Ending, Some(1), "1 day left".to_owned()));
    }

    #[test]
    fn an_active_licence_past_its_end_says_so() {
        let license = with(json!({ "status": "ACTIVE", "package": "PREMIUM", "expiresAt": "2026-11-18T12:00:00Z" }));
        let life = license.life(now());
        assert_eq!((life.stage, life.days_left, life.overdue), (Stage::Ending, None, true));
        assert_eq!(license.life_words(now()), "its end was 3 days ago");
    }

    #[test]
    fn the_state_is_the_apis_whatever_the_dates_say() {
        let over = life(json!({ "status": "EXPIRED", "expiresAt": "2027-01-01" }));
        assert_eq!(over, (Stage::Over, None, "expired".to_owned()));
    }

    #[test]
    fn what_is_over_says_since_when() {
        assert_eq!(life(json!({ "status": "EXPIRED", "expiresAt": "2026-05-05T12:00:00Z" })).2, "expired 200 days ago");
        assert_eq!(life(json!({ "status": "EXPIRED", "expiresAt": "2026-11-21" })).2, "expired today");
        let cancelled =
            json!({ "status": "TERMINATED", "expiresAt": "2026-12-01", "terminatesAt": "2026-11-20T12:00:00Z" });
        assert_eq!(life(cancelled), (Stage::Over, None, "terminated 1 day ago".to_owned()));
    }

    #[test]
    fn what_has_not_begun_says_when_it_does() {
        let future = life(json!({ "status": "FUTURE", "beginsAt": "2027-05-05T12:00:00Z", "expiresAt": "2028-05-05" }));
        assert_eq!(future, (Stage::Ahead, None, "begins in 165 days".to_owned()));
    }

    #[test]
    fn without_an_end_nothing_is_counted() {
        assert_eq!(life(json!({ "status": "ACTIVE" })), (Stage::Running, None, "no end given".to_owned()));
    }

    #[test]
    fn an_unknown_state_still_counts_its_days() {
        let held = life(json!({ "status": "ON_HOLD", "expiresAt": "2026-11-23T12:00:00Z" }));
        assert_eq!(held, (Stage::Unknown, Some(2), "2 days left".to_owned()));
    }

    #[test]
    fn the_part_that_has_passed_stays_within_its_ends() {
        let passed = |fields: Value| with(fields).life(now()).passed;
        assert_eq!(
            passed(json!({ "beginsAt": "2026-11-20T12:00:00Z", "expiresAt": "2026-11-24T12:00:00Z" })),
            Some(250)
        );
        assert_eq!(passed(json!({ "beginsAt": "2027-01-01", "expiresAt": "2028-01-01" })), Some(0));
        assert_eq!(passed(json!({ "beginsAt": "2020-01-01", "expiresAt": "2021-01-01" })), Some(1_000));
        assert_eq!(passed(json!({ "beginsAt": "2021-01-01", "expiresAt": "2020-01-01" })), None);
        assert_eq!(passed(json!({ "expiresAt": "2020-01-01" })), None);
    }

    #[test]
    fn only_a_trial_stops() {
        let ending = |fields: Value| with(fields).life(now()).ending;
        assert_eq!(ending(json!({ "package": "TRIAL" })), Ending::Stops);
        assert_eq!(ending(json!({ "package": "PREMIUM" })), Ending::Notifies);
        assert_eq!(ending(json!({})), Ending::Unknown);
    }
}
