//! How many identities there are, and how many of them were active.

use domain::time::{Span, Timestamp};

use super::dice::{Kind, below};
use super::{DAY, HISTORY_DAYS, World, dates, day_of, start_of};

/// How a span of activity is cut into samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sample {
    /// Days, in UTC.
    Day,
    /// Calendar months, in UTC.
    Month,
}

/// The activity within one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Active {
    /// Where the sample begins.
    pub(crate) from: Timestamp,
    /// Where it ends: the next one begins there.
    pub(crate) to: Timestamp,
    /// How many identities were active in it.
    pub(crate) count: u64,
}

impl World {
    /// How many identities there were at the end of a day.
    pub(crate) fn total_on(self, day: i64) -> u64 {
        self.joined_before(start_of(day + 1))
    }

    /// How many identities there are now.
    pub(crate) fn total(self, now: Timestamp) -> u64 {
        self.joined_before(now + Span::from_millis(1))
    }

    /// The first day there are figures of.
    pub(crate) fn first_day(self, now: Timestamp) -> i64 {
        day_of(now - Span::from_millis(DAY.millis() * HISTORY_DAYS))
    }

    /// How many identities were active on a day: a third or so on a working day, a tenth at the weekend.
    fn active_on(self, day: i64) -> u64 {
        // The epoch was a Thursday.
        let weekend = matches!((day + 4).rem_euclid(7), 0 | 6);
        let per_mille = if weekend { 90 } else { 310 };
        let noise = below(80, Kind::Activity, day.unsigned_abs(), 90);
        self.total_on(day) * (per_mille + noise) / 1_000
    }

    /// The samples from `from` on that have begun by `now`, in order.
    pub(crate) fn active(self, sample: Sample, from: Timestamp, now: Timestamp) -> Vec<Active> {
        let from = from.max(start_of(self.first_day(now)));
        match sample {
            Sample::Day => {
                let first = day_of(from) + i64::from(start_of(day_of(from)) < from);
                (first..=day_of(now)).map(|day| self.active_day(day)).collect()
            }
            Sample::Month => {
                (0..24).rev().map(|back| self.active_month(now, back)).filter(|one| one.from >= from).collect()
            }
        }
    }

    fn active_day(self, day: i64) -> Active {
        Active { from: start_of(day), to: start_of(day + 1), count: self.active_on(day) }
    }

    /// More people are active at least once in a month than on any of its days.
    fn active_month(self, now: Timestamp, back: i32) -> Active {
        let (from, to) = (dates::month_start(now, back), dates::month_start(now, back - 1));
        let total = self.total_on(day_of(to) - 1);
        Active { from, to, count: total * (620 + below(90, Kind::Activity, from.millis().unsigned_abs(), 91)) / 1_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::people::PEOPLE;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn identities_grow_over_two_years_to_all_there_are() {
        let world = World::new(NOW);
        let totals: Vec<u64> = (world.first_day(NOW)..=day_of(NOW)).map(|day| world.total_on(day)).collect();
        assert!(totals.is_sorted() && totals[0] < PEOPLE / 2, "{totals:?}");
        assert_eq!((totals.len(), totals.last(), world.total(NOW)), (731, Some(&PEOPLE), PEOPLE));
    }

    #[test]
    fn activity_is_the_same_whenever_it_is_asked_for_and_never_beyond_the_total() {
        let world = World::new(NOW);
        let (early, late) =
            (world.active(Sample::Day, start_of(0), NOW), world.active(Sample::Day, start_of(0), NOW + DAY));
        assert_eq!(early.len(), 731);
        assert_eq!(early[1..], late[..730]);
        assert!(early.iter().all(|one| one.count <= world.total_on(day_of(one.from))));
    }

    #[test]
    fn months_begin_at_their_first_day() {
        let months = World::new(NOW).active(Sample::Month, start_of(0), NOW);
        assert!((23..=24).contains(&months.len()), "{}", months.len());
        assert!(months.windows(2).all(|pair| pair[0].to == pair[1].from));
    }
}
