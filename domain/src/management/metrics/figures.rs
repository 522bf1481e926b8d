use super::Slot;

/// One sample that stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which one.
    pub slot: Slot,
    /// Its figure.
    pub figure: u64,
}

/// What a period comes to.
///
/// A sample that is not over yet would pull mean and least down for no reason: they are of those that are over, as long as
/// there is one. Latest and most are of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The last sample that has a figure.
    pub latest: Option<Reading>,
    /// The mean, in tenths, rounded.
    pub mean_tenths: Option<u64>,
    /// The largest; of equal ones the latest.
    pub most: Option<Reading>,
    /// The smallest; of equal ones the latest.
    pub least: Option<Reading>,
    /// How many samples have a figure.
    pub points: usize,
    /// How many have none.
    pub gaps: usize,
    /// Whether the latest is not over yet.
    pub open: bool,
}

impl Figures {
    /// Of a period's samples, oldest first.
    pub fn of(slots: &[Slot]) -> Self {
        let readings: Vec<Reading> =
            slots.iter().filter_map(|slot| Some(Reading { slot: *slot, figure: slot.figure? })).collect();
        let over: Vec<Reading> = readings.iter().filter(|reading| reading.slot.over).copied().collect();
        let lasting = if over.is_empty() { &readings } else { &over };
        Self {
            latest: readings.last().copied(),
            mean_tenths: mean_tenths(lasting),
            most: readings.iter().max_by_key(|reading| reading.figure).copied(),
            // Of equal ones the latest, as for the most.
            least: lasting.iter().rev().min_by_key(|reading| reading.figure).copied(),
            points: readings.len(),
            gaps: slots.len() - readings.len(),
            open: readings.last().is_some_and(|reading| !reading.slot.over),
        }
    }

    /// The mean as people read it: `1,020.4`, `12`.
    pub fn mean_words(&self) -> Option<String> {
        let tenths = self.mean_tenths?;
        let whole = crate::number::grouped(tenths / 10);
        Some(if tenths % 10 == 0 { whole } else { format!("{whole}.{}", tenths % 10) })
    }
}

fn mean_tenths(readings: &[Reading]) -> Option<u64> {
    let count = readings.len() as u128;
    let sum: u128 = readings.iter().map(|reading| u128::from(reading.figure)).sum();
    let doubled = (sum * 20).checked_div(count)?;
    Some(u64::try_from(doubled.div_ceil(2)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::management::metrics::Sampling;
    use crate::time::date::Day;

    fn slots(figures: &[Option<u64>], open: bool) -> Vec<Slot> {
        let first = Day::parse("2026-11-15").unwrap();
        let slot = |(place, figure): (usize, &Option<u64>)| {
            let day = first.plus(i64::try_from(place).unwrap());
            let over = !open || place + 1 < figures.len();
            Slot { first: day, last: day, sampling: Sampling::Day, figure: *figure, over }
        };
        figures.iter().enumerate().map(slot).collect()
    }

    fn named(reading: Option<Reading>) -> Option<(String, u64)> {
        reading.map(|reading| (reading.slot.first.short(), reading.figure))
    }

    #[test]
    fn gaps_count_for_nothing_but_their_number() {
        let figures = Figures::of(&slots(&[Some(10), None, Some(21), None], false));
        assert_eq!((figures.points, figures.gaps), (2, 2));
        assert_eq!(figures.mean_words().as_deref(), Some("15.5"));
        assert_eq!(named(figures.latest), Some(("17 Nov".into(), 21)));
        assert_eq!(named(figures.most), Some(("17 Nov".into(), 21)));
        assert_eq!(named(figures.least), Some(("15 Nov".into(), 10)));
    }

    #[test]
    fn a_sample_that_is_not_over_is_neither_the_least_nor_in_the_mean() {
        let figures = Figures::of(&slots(&[Some(10), Some(20), Some(1)], true));
        assert_eq!((figures.mean_tenths, figures.open), (Some(150), true));
        assert_eq!(named(figures.least), Some(("15 Nov".into(), 10)));
        assert_eq!(named(figures.latest), Some(("17 Nov".into(), 1)));
    }

    #[test]
    fn a_sample_that_is_not_over_can_be_the_most() {
        let figures = Figures::of(&slots(&[Some(10), Some(30)], true));
        assert_eq!(named(figures.most), Some(("16 Nov".into(), 30)));
    }

    #[test]
    fn the_only_sample_is_all_there_is_to_tell_though_it_is_not_over() {
        let figures = Figures::of(&slots(&[Some(7)], true));
        assert_eq!((figures.mean_tenths, named(figures.least)), (Some(70), Some(("15 Nov".into(), 7))));
    }

    #[test]
    fn nothing_has_no_figures() {
        let figures = Figures::of(&slots(&[None, None], false));
        assert_eq!(figures, Figures { gaps: 2, ..Figures::default() });
        assert_eq!(Figures::of(&[]), Figures::default());
    }

    #[test]
    fn the_mean_is_rounded_to_a_tenth_and_does_not_overflow() {
        assert_eq!(Figures::of(&slots(&[Some(1), Some(1), Some(2)], false)).mean_words().as_deref(), Some("1.3"));
        assert_eq!(Figures::of(&slots(&[Some(1), Some(2), Some(2)], false)).mean_words().as_deref(), Some("1.7"));
        assert_eq!(Figures::of(&slots(&[Some(u64::MAX), Some(u64::MAX)], false)).mean_tenths, Some(u64::MAX));
    }

    #[test]
    fn of_equal_ones_the_latest_is_named() {
        let figures = Figures::of(&slots(&[Some(5), Some(5)], false));
        assert_eq!(
            (named(figures.most), named(figures.least)),
            (Some(("16 Nov".into(), 5)), Some(("16 Nov".into(), 5)))
        );
    }
}
