//! Which rows of a long list are in sight, and how high the blanks are that keep the place of the others. Pure.

/// How far beyond the edges of the window rows are drawn, in CSS pixels: so much a person scrolls before the next frame.
const BEYOND: i64 = 600;

/// The part of the list that is in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sight {
    /// Where the window begins, from the list's upper edge on; negative while the list begins below that.
    pub(super) from: i64,
    /// The height of the window.
    pub(super) height: i64,
}

/// One thing that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Rows that are not drawn: their number among the gaps, and how high they are together.
    Gap { number: usize, height: u64 },
    /// A row, by its place.
    Row(usize),
}

impl Piece {
    /// The row's place; a gap has none.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Gap { .. } => usize::MAX,
            Self::Row(at) => at,
        }
    }
}

/// How high each row is, in CSS pixels, as far as that was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heights {
    /// Zero for a row that was not measured.
    rows: Vec<u32>,
    typical: u32,
    /// Whether any was measured.
    is_measured: bool,
}

impl Heights {
    /// Rows with their heights, zero where not known; those count as `typical`.
    pub(super) fn new(rows: Vec<u32>, typical: u32) -> Self {
        let is_measured = rows.iter().any(|row| *row > 0);
        Self { rows, typical: typical.max(1), is_measured }
    }

    /// What a row counts as that was never measured.
    pub(super) const fn typical(&self) -> u32 {
        self.typical
    }

    /// Notes what was measured; gives whether anything is new. The first measure of all becomes the typical one.
    pub(super) fn note(&mut self, at: usize, height: u32) -> bool {
        match self.rows.get_mut(at) {
            Some(row) if *row != height && height > 0 => {
                *row = height;
                if !std::mem::replace(&mut self.is_measured, true) {
                    self.typical = height;
                }
                true
            }
            _ => false,
        }
    }

    fn of(&self, at: usize) -> i64 {
        let known = self.rows.get(at).copied().unwrap_or(0);
        i64::from(if known == 0 { self.typical } else { known })
    }

    /// What is drawn: the rows in sight and a little beyond, the one to be kept, and the gaps between them.
    pub(super) fn pieces(&self, sight: Sight, kept: Option<usize>) -> Vec<Piece> {
        let (top, bottom) = (sight.from - BEYOND, sight.from + sight.height + BEYOND);
        let mut pieces = Vec::new();
        let (mut begins, mut blank, mut gaps) = (0_i64, 0_u64, 0_usize);
        let close = |pieces: &mut Vec<Piece>, blank: &mut u64, gaps: &mut usize| {
            if *blank > 0 {
                pieces.push(Piece::Gap { number: *gaps, height: *blank });
                *blank = 0;
            }
        };
        for at in 0..self.rows.len() {
            let ends = begins + self.of(at);
            if (ends > top && begins < bottom) || kept == Some(at) {
                close(&mut pieces, &mut blank, &mut gaps);
                pieces.push(Piece::Row(at));
            } else {
                // Gaps before and after the rows in sight are different ones, even where one of them is missing.
                gaps = usize::from(begins >= bottom) * 2 + usize::from(kept.is_some_and(|kept| kept < at));
                blank += self.of(at).unsigned_abs();
            }
            begins = ends;
        }
        close(&mut pieces, &mut blank, &mut gaps);
        pieces
    }
}

/// How high a gap is; nothing where it is gone.
pub(super) fn gap(pieces: &[Piece], wanted: usize) -> u64 {
    let height = |piece: &Piece| match piece {
        Piece::Gap { number, height } if *number == wanted => Some(*height),
        _ => None,
    };
    pieces.iter().find_map(height).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(pieces: &[Piece], heights: &Heights) -> i64 {
        let one = |piece: &Piece| match *piece {
            Piece::Gap { height, .. } => i64::try_from(height).expect("a height of a test"),
            Piece::Row(at) => heights.of(at),
        };
        pieces.iter().map(one).sum()
    }

    fn rows(pieces: &[Piece]) -> Vec<usize> {
        pieces.iter().map(|piece| piece.index()).filter(|at| *at != usize::MAX).collect()
    }

    const SIGHT: Sight = Sight { from: 10_000, height: 500 };

    #[test]
    fn only_rows_in_sight_and_a_little_beyond_are_drawn() {
        let heights = Heights::new(vec![0; 5_000], 100);
        let drawn = rows(&heights.pieces(SIGHT, None));
        assert_eq!((drawn.first(), drawn.last()), (Some(&94), Some(&110)));
        assert_eq!(drawn.len(), 17);
    }

    #[test]
    fn a_short_list_is_drawn_whole_and_without_gaps() {
        let heights = Heights::new(vec![0; 3], 100);
        let pieces = heights.pieces(Sight { from: -50, height: 500 }, None);
        assert_eq!(pieces, [Piece::Row(0), Piece::Row(1), Piece::Row(2)]);
    }

    #[test]
    fn the_blanks_keep_the_place_of_what_is_not_drawn() {
        let mut heights = Heights::new(vec![0; 5_000], 100);
        for at in 90..120 {
            heights.note(at, 130);
        }
        for sight in [SIGHT, Sight { from: 0, height: 500 }, Sight { from: 649_000, height: 900 }] {
            for kept in [None, Some(0), Some(97), Some(4_999)] {
                let pieces = heights.pieces(sight, kept);
                assert_eq!(total(&pieces, &heights), (0..5_000).map(|at| heights.of(at)).sum::<i64>());
            }
        }
    }

    #[test]
    fn no_two_gaps_have_the_same_number() {
        let heights = Heights::new(vec![0; 5_000], 100);
        for kept in [None, Some(3), Some(100), Some(4_000), Some(4_999)] {
            let pieces = heights.pieces(SIGHT, kept);
            let mut numbers: Vec<usize> = pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Gap { number, .. } => Some(*number),
                    Piece::Row(_) => None,
                })
                .collect();
            let count = numbers.len();
            numbers.dedup();
            assert_eq!(numbers.len(), count, "{kept:?}: {pieces:?}");
        }
    }

    #[test]
    fn the_row_with_the_focus_stays_drawn() {
        let heights = Heights::new(vec![0; 5_000], 100);
        let drawn = rows(&heights.pieces(SIGHT, Some(4_000)));
        assert_eq!(drawn.last(), Some(&4_000));
        assert_eq!(drawn.len(), 18);
    }

    #[test]
    fn the_first_row_measured_says_how_high_others_may_be() {
        let mut heights = Heights::new(vec![0; 10], 100);
        assert!(heights.note(0, 240));
        assert!(!heights.note(0, 240));
        assert_eq!(heights.of(7), 240);
        heights.note(1, 300);
        assert_eq!((heights.of(1), heights.of(7)), (300, 240));
    }
}
