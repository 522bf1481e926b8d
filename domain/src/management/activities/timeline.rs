use super::{Activity, Log, Outcome, Range};
use crate::time::{Span, Timestamp};

/// How long a bin may be, in seconds: from a minute to four weeks.
const STEPS: [u64; 12] = [60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 259_200, 604_800, 2_419_200];
/// How many bins there are at most; what is longer than all steps gets longer bins.
const MOST_BINS: u64 = 48;

/// How many entries there were when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// How long each bin is.
    pub step: Span,
    /// The bins over the whole range, without a gap, the oldest first.
    pub bins: Vec<Bin>,
}

/// The entries of one stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// Where it begins; multiples of the step, in UTC.
    pub start: Timestamp,
    /// How many succeeded.
    pub success: usize,
    /// How many failed.
    pub failed: usize,
    /// How many ended in another way.
    pub other: usize,
    /// Whether all entries of it were read.
    pub is_read: bool,
}

impl Bin {
    /// How many there are.
    pub const fn all(&self) -> usize {
        self.success + self.failed + self.other
    }
}

/// Counts `entries`, of those that were read in `log`, over its range.
pub fn timeline(log: &Log, entries: &[&Activity]) -> Timeline {
    let range = log.search().range;
    let step = step(range);
    let millis = i64::try_from(step.millis()).unwrap_or(i64::MAX);
    let first = range.from.millis().div_euclid(millis);
    let last = (range.to.millis() - 1).div_euclid(millis);
    let read = read(log);
    let bin = |number: i64| {
        let start = Timestamp::from_millis(number.saturating_mul(millis));
        let (from, to) = (start.max(range.from), (start + step).min(range.to));
        Bin { start, success: 0, failed: 0, other: 0, is_read: read.from <= from && to <= read.to }
    };
    let mut bins: Vec<Bin> = (first..=last).map(bin).collect();
    for entry in entries {
        let Some(at) = entry.at else { continue };
        let place = at.millis().div_euclid(millis) - first;
        let Some(bin) = usize::try_from(place).ok().and_then(|place| bins.get_mut(place)) else { continue };
        match entry.outcome {
            Outcome::Success => bin.success += 1,
            Outcome::Failed => bin.failed += 1,
            Outcome::Other(_) => bin.other += 1,
        }
    }
    Timeline { step, bins }
}

/// The shortest step with which the range has not too many bins.
fn step(range: Range) -> Span {
    let whole = range.to.since(range.from).millis();
    let fits = |step: &u64| whole.div_ceil(step * 1_000) < MOST_BINS;
    STEPS.into_iter().find(fits).map_or(Span::from_millis(whole.div_ceil(MOST_BINS - 1).max(1)), Span::from_seconds)
}

/// The part of the range of which all entries were read: all of it, or from the oldest entry on, as they come newest first.
fn read(log: &Log) -> Range {
    let range = log.search().range;
    if log.is_complete() {
        return range;
    }
    let oldest = log.entries().iter().filter_map(|entry| entry.at).min();
    // Others of the same millisecond may not have come yet.
    oldest.map_or(Range { from: range.to, to: range.to }, |oldest| Range { from: oldest.shifted(1), to: range.to })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Search;
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_795_262_400);

    fn log(hours: i64, entries: &[(&str, &str)], next: Option<&str>) -> Log {
        let range = Range { from: NOON.shifted(-hours * 3_600_000), to: NOON };
        let mut log = Log::new(Search { range, beside: None }, "e");
        let entries: Vec<Value> =
            entries.iter().map(|(at, status)| json!({ "recordedAt": at, "result": { "status": status } })).collect();
        log.take(&json!({ "_embedded": { "activities": entries }, "_links": { "next": { "href": next } } }));
        log
    }

    fn of(log: &Log) -> Timeline {
        timeline(log, &log.entries().iter().collect::<Vec<_>>())
    }

    #[test]
    fn entries_fall_into_the_bin_of_their_time_by_result() {
        let log = log(
            24,
            &[("2026-11-21T11:59:00Z", "SUCCESS"), ("2026-11-21T11:30:00Z", "FAILED"), ("2026-11-21T10:00:00Z", "ODD")],
            None,
        );
        let timeline = of(&log);
        assert_eq!((timeline.step, timeline.bins.len()), (Span::from_seconds(3_600), 24));
        let [.., before, last] = timeline.bins.as_slice() else { panic!() };
        assert_eq!((last.success, last.failed, before.other), (1, 1, 1));
        assert_eq!(timeline.bins.iter().map(Bin::all).sum::<usize>(), 3);
        assert!(timeline.bins.iter().all(|bin| bin.is_read));
    }

    #[test]
    fn every_range_has_a_bearable_number_of_bins_from_end_to_end() {
        for hours in [1, 24, 168, 720, 24 * 365, 24 * 3_650, 24 * 365_000] {
            let timeline = of(&log(hours, &[], None));
            assert!((12..=49).contains(&timeline.bins.len()), "{hours} h: {}", timeline.bins.len());
            let (first, last) = (timeline.bins[0], timeline.bins[timeline.bins.len() - 1]);
            assert!(first.start <= NOON.shifted(-hours * 3_600_000) && last.start < NOON);
            assert!(last.start + timeline.step >= NOON);
        }
    }

    #[test]
    fn what_was_not_read_yet_is_known_as_such() {
        let log = log(24, &[("2026-11-21T11:59:00Z", "SUCCESS"), ("2026-11-21T08:10:00Z", "SUCCESS")], Some("more"));
        let unread = of(&log).bins.into_iter().filter(|bin| !bin.is_read).map(|bin| bin.start);
        let last_unread = unread.max().unwrap();
        assert_eq!(last_unread, NOON.shifted(-4 * 3_600_000));
        let nothing = Log::new(log.search().clone(), "e");
        assert!(of(&nothing).bins.iter().all(|bin| !bin.is_read));
    }

    #[test]
    fn an_entry_outside_the_range_or_without_time_is_left_out() {
        let log = log(1, &[("2030-01-01T00:00:00Z", "SUCCESS"), ("then", "SUCCESS")], None);
        assert_eq!(of(&log).bins.iter().map(Bin::all).sum::<usize>(), 0);
    }
}
