use super::HIGH;

/// An axis from one round number to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The number at the ground.
    pub first: u64,
    /// The number at the top, always larger.
    pub last: u64,
    /// From tick to tick.
    pub step: u64,
}

/// An axis that holds `least` and `most`, with about `wanted` steps of 1, 2 or 5 times a power of ten.
///
/// It begins at zero when it must, or when that takes no more than half of it; and never ends where it begins.
pub fn scale(least: u64, most: u64, from_zero: bool, wanted: u64) -> Scale {
    let floor = if from_zero || least <= most - least.min(most) { 0 } else { least };
    let step = step((most.max(floor) - floor).div_ceil(wanted.max(1)));
    let first = floor - floor % step;
    // At the very end of all numbers the axis ends with them, not with a round one.
    let last = if most.is_multiple_of(step) { most } else { most.saturating_add(step - most % step) };
    match (last > first, first.checked_add(step)) {
        (true, _) => Scale { first, last, step },
        (false, Some(last)) => Scale { first, last, step },
        (false, None) => Scale { first: first - step, last: first, step },
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50, … that is not below `least`.
fn step(least: u64) -> u64 {
    let mut power: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            match power.checked_mul(factor) {
                Some(step) if step >= least => return step,
                Some(_) => {}
                None => return u64::MAX,
            }
        }
        match power.checked_mul(10) {
            Some(next) => power = next,
            None => return u64::MAX,
        }
    }
}

impl Scale {
    /// The numbers with a tick, from below.
    pub fn ticks(self) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(self.first), move |tick| {
            tick.checked_add(self.step).filter(|next| *next <= self.last)
        })
    }

    /// How far from the top a number stands.
    pub fn y(self, value: u64) -> f64 {
        #[allow(clippy::cast_precision_loss)] // Drawn to a part in a thousand.
        let part = (value.clamp(self.first, self.last) - self.first) as f64 / (self.last - self.first) as f64;
        HIGH - part * HIGH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(least: u64, most: u64, from_zero: bool) -> (u64, u64, u64) {
        let scale = scale(least, most, from_zero, 4);
        (scale.first, scale.last, scale.step)
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(axis(90, 1_170, true), (0, 1_500, 500));
        assert_eq!(axis(0, 100, true), (0, 100, 50));
        assert_eq!(axis(1, 3, true), (0, 3, 1));
        assert_eq!(axis(12, 870_000, true), (0, 1_000_000, 500_000));
    }

    #[test]
    fn figures_far_from_zero_are_shown_from_a_round_number_below() {
        assert_eq!(axis(2_987, 3_000, false), (2_985, 3_000, 5));
        assert_eq!(axis(1_980, 3_000, false), (1_500, 3_000, 500));
    }

    #[test]
    fn figures_near_zero_are_shown_from_zero() {
        assert_eq!(axis(10, 100, false), (0, 100, 50));
    }

    #[test]
    fn an_axis_never_ends_where_it_begins() {
        for (least, most) in [(0, 0), (1, 1), (7, 7), (1_000, 1_000), (u64::MAX, u64::MAX)] {
            for from_zero in [false, true] {
                let scale = scale(least, most, from_zero, 4);
                assert!(scale.first < scale.last, "{least} {most} {from_zero}: {scale:?}");
                assert!(scale.first <= least && most <= scale.last, "{least} {most} {from_zero}: {scale:?}");
                assert!(scale.ticks().count() <= 12);
            }
        }
    }

    #[test]
    fn there_are_at_most_a_few_ticks_whatever_the_figures() {
        for exponent in 0..63 {
            let most = (1_u64 << exponent) + 3;
            let count = scale(0, most, true, 4).ticks().count();
            assert!((2..=6).contains(&count), "{most}: {count}");
        }
    }
}
