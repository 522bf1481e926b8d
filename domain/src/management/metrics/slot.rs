use super::{Figures, Kind, Sampling};
use crate::csv::File;
use crate::number::grouped;
use crate::time::date::Day;

/// The place of one sample in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// Whether it is a day or a month.
    pub sampling: Sampling,
    /// Its figure; `None` for a gap.
    pub figure: Option<u64>,
    /// Whether the sample is over, so that its figure is the last word. A total counts at once.
    pub over: bool,
}

impl Slot {
    /// `21 Nov 2026` or `Nov 2026`.
    pub fn name(&self) -> String {
        match self.sampling {
            Sampling::Day => self.first.long(),
            Sampling::Month => self.first.month_name(),
        }
    }

    /// `21 Nov` or `Nov 2026`, for an axis.
    pub fn mark(&self) -> String {
        match self.sampling {
            Sampling::Day => self.first.short(),
            Sampling::Month => self.first.month_name(),
        }
    }

    /// `3,000`, `410 so far`, `No figure`.
    pub fn words(&self) -> String {
        match (self.figure, self.over) {
            (None, _) => "No figure".to_owned(),
            (Some(figure), true) => grouped(figure),
            (Some(figure), false) => format!("{} so far", grouped(figure)),
        }
    }
}

/// The table as a file: one line a sample, oldest first; a gap is an empty cell.
pub fn csv(slots: &[Slot], column: &str) -> String {
    let mut file = File::new(&["from", "to", column, "complete"]);
    for slot in slots {
        let figure = slot.figure.map(|figure| figure.to_string()).unwrap_or_default();
        let complete = match (slot.figure, slot.over) {
            (None, _) => "",
            (_, true) => "yes",
            (_, false) => "no",
        };
        file.row([slot.first.to_string().as_str(), &slot.last.to_string(), &figure, complete]);
    }
    file.into_text()
}

/// A chart in one sentence, for who can't see it.
pub fn summary(kind: Kind, slots: &[Slot]) -> String {
    let what = match kind {
        Kind::Total => "Total identities",
        Kind::Active => "Active identities",
    };
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return format!("{what}: no samples.") };
    let figures = Figures::of(slots);
    let span = format!("{what} by {} from {} to {}", first.sampling.word(), first.name(), last.name());
    let (Some(latest), Some(most), Some(least)) = (figures.latest, figures.most, figures.least) else {
        return format!("{span}: no figures.");
    };
    let gaps = match figures.gaps {
        0 => String::new(),
        1 => " One is missing.".to_owned(),
        gaps => format!(" {gaps} are missing."),
    };
    let at = |reading: super::Reading| format!("{} ({})", grouped(reading.figure), reading.slot.name());
    format!("{span}: latest {}, most {}, least {}.{gaps}", at(latest), at(most), at(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(figures: &[Option<u64>]) -> Vec<Slot> {
        let first = Day::parse("2026-11-15").unwrap();
        let slot = |(place, figure): (usize, &Option<u64>)| {
            let day = first.plus(i64::try_from(place).unwrap());
            Slot { first: day, last: day, sampling: Sampling::Day, figure: *figure, over: place + 1 < figures.len() }
        };
        figures.iter().enumerate().map(slot).collect()
    }

    #[test]
    fn a_slot_says_when_it_is_a_gap_or_not_over() {
        let words: Vec<String> = slots(&[Some(3_000), None, Some(4)]).iter().map(Slot::words).collect();
        assert_eq!(words, ["3,000", "No figure", "4 so far"]);
    }

    #[test]
    fn the_file_has_a_line_for_every_sample_and_an_empty_cell_for_a_gap() {
        let expected = "from,to,active identities,complete\r\n2026-11-15,2026-11-15,3000,yes\r\n2026-11-16,2026-11-16,,\r\n2026-11-17,2026-11-17,4,no\r\n";
        assert_eq!(csv(&slots(&[Some(3_000), None, Some(4)]), "active identities"), expected);
    }

    #[test]
    fn a_chart_is_said_in_one_sentence() {
        assert_eq!(
            summary(Kind::Active, &slots(&[Some(5), None, Some(3_000), Some(40)])),
            "Active identities by day from 15 Nov 2026 to 18 Nov 2026: latest 40 (18 Nov 2026), most 3,000 (17 Nov 2026), least 5 (15 Nov 2026). One is missing."
        );
        assert_eq!(
            summary(Kind::Total, &slots(&[None, None])),
            "Total identities by day from 15 Nov 2026 to 16 Nov 2026: no figures."
        );
    }
}
