use serde::{Deserialize, Serialize};

/// Each power of two is cut into so many parts: a value is known to an eighth.
const PARTS_BITS: u32 = 3;
const PARTS: usize = 1 << PARTS_BITS;
/// Values from 2^32 µs (71 min) on are counted as that long.
const LONGEST: u64 = (1 << 32) - 1;
const BUCKETS: usize = (32 - PARTS_BITS as usize + 1) * PARTS;

/// Response times in buckets that widen with the time: bounded memory, a true mean, percentiles to an eighth.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    count: u64,
    sum: u64,
    longest: u64,
}

/// Response times in microseconds; all zero while there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// How many were measured.
    pub count: u64,
    /// The arithmetic mean.
    pub mean_us: u64,
    /// Half took no longer.
    pub p50_us: u64,
    /// 95 of 100 took no longer.
    pub p95_us: u64,
    /// 99 of 100 took no longer.
    pub p99_us: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], count: 0, sum: 0, longest: 0 }
    }
}

impl Histogram {
    /// Counts one time, in microseconds.
    pub fn note(&mut self, micros: u64) {
        let micros = micros.min(LONGEST);
        self.counts[bucket(micros)] += 1;
        self.count += 1;
        self.sum = self.sum.saturating_add(micros);
        self.longest = self.longest.max(micros);
    }

    /// The time that `percent` of all did not exceed (nearest rank), rounded up to the end of its bucket.
    pub fn percentile(&self, percent: u64) -> u64 {
        let rank = (u128::from(self.count) * u128::from(percent)).div_ceil(100);
        let mut passed = 0;
        for (index, count) in self.counts.iter().enumerate() {
            passed += u128::from(*count);
            if rank > 0 && passed >= rank {
                return last_of(index).min(self.longest);
            }
        }
        0
    }

    /// Mean and percentiles.
    pub fn response(&self) -> Response {
        Response {
            count: self.count,
            mean_us: self.sum.checked_div(self.count).unwrap_or(0),
            p50_us: self.percentile(50),
            p95_us: self.percentile(95),
            p99_us: self.percentile(99),
        }
    }
}

/// The bucket of a time: exact below 8 µs, then eight to each power of two.
fn bucket(micros: u64) -> usize {
    let power = 63_u32.saturating_sub((micros | 1).leading_zeros());
    let shift = power.saturating_sub(PARTS_BITS);
    // Both are small: a shift of at most 29, and what is left has four bits.
    #[allow(clippy::cast_possible_truncation)]
    let index = shift as usize * PARTS + (micros >> shift) as usize;
    index.min(BUCKETS - 1)
}

/// The longest time of a bucket.
fn last_of(index: usize) -> u64 {
    let (shift, part) = match index.checked_sub(PARTS) {
        Some(past) => (past / PARTS, PARTS + past % PARTS),
        None => (0, index),
    };
    ((part as u64 + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_time_lies_in_its_bucket_and_is_known_to_an_eighth(micros in 0..=LONGEST) {
            let last = last_of(bucket(micros));
            prop_assert!(micros <= last);
            prop_assert!(last - micros <= micros / 8 + 1);
            if micros > 0 && bucket(micros - 1) != bucket(micros) {
                prop_assert_eq!(last_of(bucket(micros - 1)), micros - 1);
            }
        }

        #[test]
        fn percentiles_are_those_of_the_sorted_times_to_an_eighth_and_the_mean_is_exact(
            mut times in prop::collection::vec(0..10_000_000_u64, 1..200),
            percent in 1..=100_u64,
        ) {
            let mut histogram = Histogram::default();
            times.iter().for_each(|micros| histogram.note(*micros));
            times.sort_unstable();
            let rank = (times.len() as u64 * percent).div_ceil(100);
            let exact = times[usize::try_from(rank).unwrap() - 1];
            let told = histogram.percentile(percent);
            prop_assert!(told >= exact && told - exact <= exact / 8 + 1, "{told} for {exact}");
            prop_assert_eq!(histogram.response().mean_us, times.iter().sum::<u64>() / times.len() as u64);
        }
    }

    #[test]
    fn nothing_measured_is_all_zero_and_any_length_of_time_is_taken() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.response(), Response::default());
        histogram.note(u64::MAX);
        assert_eq!(histogram.percentile(50), LONGEST);
    }
}
