//! Where the parts of a chart stand: scales, ticks with round numbers, lines and bars. Numbers in, places out.
//!
//! A chart is [`WIDE`] units wide and [`HIGH`] units high whatever its size on the screen, with its upper left corner at 0, 0.
//! Each sample has a band of the same width; its point or bar stands in the band's middle.

use std::fmt::Write as _;

mod scale;

pub use scale::{Scale, scale};

/// How wide a chart is.
pub const WIDE: f64 = 1_000.0;

/// How high a chart is.
pub const HIGH: f64 = 1_000.0;

/// About how many lines with a number a chart has.
const TICKS: u64 = 5;

/// At most how many samples are named on the axis below.
const MARKS: usize = 7;

/// How much of its band a bar fills.
const BAR: f64 = 0.72;

/// How samples are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line that breaks at gaps. Its axis need not begin at zero.
    Line,
    /// Bars from zero.
    Bars,
}

/// A number at the side, with its line across.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// The number.
    pub value: u64,
    /// How far from the top.
    pub y: f64,
}

/// A name below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Which sample.
    pub index: usize,
    /// How far from the left.
    pub x: f64,
    /// Whether it goes first where there is little room.
    pub minor: bool,
}

/// All parts of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The numbers at the side, from below.
    pub ticks: Vec<Tick>,
    /// The names below, from the left.
    pub marks: Vec<Mark>,
    /// The line or the bars, as the data of an SVG path.
    pub path: String,
    /// What is between line and ground, as the data of an SVG path; empty for bars.
    pub area: String,
    /// Samples with a gap on both sides, which a line would not show: as the data of a path of points.
    pub alone: String,
    /// The line that is compared with, from the top.
    pub limit: Option<f64>,
    /// Whether the axis begins at zero.
    pub from_zero: bool,
    scale: Scale,
    count: usize,
}

/// Draws samples, `None` for a gap, and a number to compare them with.
pub fn draw(samples: &[Option<u64>], shape: Shape, limit: Option<u64>) -> Drawing {
    let known = || samples.iter().flatten().copied().chain(limit);
    let (least, most) = (known().min().unwrap_or(0), known().max().unwrap_or(0));
    let scale = scale(least, most, shape == Shape::Bars, TICKS);
    let tick = |value: u64| Tick { value, y: scale.y(value) };
    let (path, area, alone) = match shape {
        Shape::Line => line(samples, scale),
        Shape::Bars => (bars(samples, scale), String::new(), String::new()),
    };
    Drawing {
        ticks: scale.ticks().map(tick).collect(),
        marks: marks(samples.len()),
        path,
        area,
        alone,
        limit: limit.map(|limit| scale.y(limit)),
        from_zero: scale.first == 0,
        scale,
        count: samples.len(),
    }
}

impl Drawing {
    /// How far from the left a sample stands.
    pub fn x(&self, index: usize) -> f64 {
        middle(index, self.count)
    }

    /// How far from the top a sample's end stands.
    pub fn y(&self, figure: u64) -> f64 {
        self.scale.y(figure)
    }
}

/// The sample whose band is at this part of the width, from 0 to 1; `None` when there is none at all.
pub fn at(part: f64, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // A float that is too large or no number saturates.
    let band = (part.max(0.0) * float(count)).floor() as usize;
    Some(band.min(last))
}

fn middle(index: usize, count: usize) -> f64 {
    if count == 0 { 0.0 } else { (float(index) + 0.5) * WIDE / float(count) }
}

/// The last sample is always named; from there every so many.
fn marks(count: usize) -> Vec<Mark> {
    let step = count.div_ceil(MARKS).max(1);
    let mark = |(place, index): (usize, usize)| Mark { index, x: middle(index, count), minor: place % 2 == 1 };
    let mut marks: Vec<Mark> = (0..count).rev().step_by(step).enumerate().map(mark).collect();
    marks.reverse();
    marks
}

/// The line, the area below it, and the points that stand alone.
fn line(samples: &[Option<u64>], scale: Scale) -> (String, String, String) {
    let (mut line, mut area, mut alone) = (String::new(), String::new(), String::new());
    let point = |index: usize| Some((middle(index, samples.len()), scale.y(samples[index]?)));
    let mut index = 0;
    while index < samples.len() {
        let run: Vec<(f64, f64)> = (index..samples.len()).map_while(point).collect();
        index += run.len().max(1);
        // Writing to a string can't fail.
        if let [(x, y)] = run[..] {
            let _ = write!(alone, "M{} {}h0", short(x), short(y));
        } else if let [(first, _), .., (last, _)] = run[..] {
            let mut corner = 'M';
            let mut run_path = String::new();
            for (x, y) in &run {
                let _ = write!(run_path, "{corner}{} {}", short(*x), short(*y));
                corner = 'L';
            }
            let _ = write!(area, "{run_path}L{} {HIGH}L{} {HIGH}Z", short(last), short(first));
            line.push_str(&run_path);
        }
    }
    (line, area, alone)
}

fn bars(samples: &[Option<u64>], scale: Scale) -> String {
    let width = WIDE / float(samples.len().max(1)) * BAR;
    let mut path = String::new();
    for (index, figure) in samples.iter().enumerate().filter_map(|(index, figure)| Some((index, (*figure)?))) {
        let (left, top) = (middle(index, samples.len()) - width / 2.0, scale.y(figure));
        // Writing to a string can't fail.
        let _ = write!(path, "M{} {HIGH}V{}h{}V{HIGH}Z", short(left), short(top), short(width));
    }
    path
}

/// Hundredths of a unit are finer than any screen.
fn short(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// Counts of samples are small, and figures are drawn to a part in a thousand: what a float rounds is not seen.
#[allow(clippy::cast_precision_loss)]
const fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(drawing: &Drawing) -> Vec<u64> {
        drawing.ticks.iter().map(|tick| tick.value).collect()
    }

    #[test]
    fn bars_begin_at_zero_and_end_at_their_figure() {
        let drawing = draw(&[Some(50), Some(100)], Shape::Bars, None);
        assert_eq!(ticks(&drawing), [0, 20, 40, 60, 80, 100]);
        assert_eq!(drawing.path, "M70 1000V500h360V1000ZM570 1000V0h360V1000Z");
        assert!(drawing.from_zero && drawing.area.is_empty());
    }

    #[test]
    fn a_line_breaks_at_a_gap() {
        let drawing = draw(&[Some(0), Some(10), None, Some(10), Some(0)], Shape::Line, None);
        assert_eq!(drawing.path, "M100 1000L300 0M700 0L900 1000");
        assert_eq!(drawing.area, "M100 1000L300 0L300 1000L100 1000ZM700 0L900 1000L900 1000L700 1000Z");
        assert_eq!(drawing.alone, "");
    }

    #[test]
    fn a_sample_between_two_gaps_is_a_point() {
        let drawing = draw(&[None, Some(5), None, Some(10), Some(0)], Shape::Line, None);
        assert_eq!(drawing.alone, "M300 500h0");
        assert_eq!(drawing.path, "M700 0L900 1000");
    }

    #[test]
    fn a_gap_has_no_bar_and_a_zero_has_one_of_no_height() {
        assert_eq!(draw(&[None, Some(0)], Shape::Bars, None).path, "M570 1000V1000h360V1000Z");
    }

    #[test]
    fn a_line_far_from_zero_has_an_axis_of_its_own() {
        let drawing = draw(&[Some(2_990), Some(3_000)], Shape::Line, None);
        assert!(!drawing.from_zero);
        assert_eq!((ticks(&drawing).first(), ticks(&drawing).last()), (Some(&2_990), Some(&3_000)));
    }

    #[test]
    fn what_is_compared_with_is_on_the_chart() {
        let drawing = draw(&[Some(10)], Shape::Bars, Some(100));
        assert_eq!((drawing.limit, drawing.y(10)), (Some(0.0), 900.0));
    }

    #[test]
    fn the_last_sample_is_named_and_there_is_room_for_all() {
        for count in [1, 2, 7, 9, 10, 30, 90, 731] {
            let marks = draw(&vec![Some(1); count], Shape::Line, None).marks;
            assert!(marks.len() <= MARKS && marks.last().unwrap().index == count - 1, "{count}");
            assert!(!marks.last().unwrap().minor);
            assert!(marks.is_sorted_by(|one, other| one.x < other.x));
        }
    }

    #[test]
    fn a_place_on_the_chart_is_the_sample_whose_band_it_is_in() {
        for (part, expected) in
            [(-1.0, 0), (0.0, 0), (0.24, 0), (0.26, 1), (0.99, 3), (1.0, 3), (9.0, 3), (f64::NAN, 0)]
        {
            assert_eq!(at(part, 4), Some(expected), "{part}");
        }
        assert_eq!(at(0.5, 0), None);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        for samples in [&[][..], &[None, None]] {
            for shape in [Shape::Line, Shape::Bars] {
                let drawing = draw(samples, shape, None);
                assert_eq!((drawing.path.as_str(), drawing.alone.as_str()), ("", ""));
                assert!(drawing.ticks.len() >= 2);
            }
        }
    }

    #[test]
    fn every_place_is_a_number_within_the_chart() {
        for samples in [
            vec![Some(u64::MAX), Some(0)],
            vec![Some(u64::MAX)],
            vec![Some(7); 5],
            vec![Some(1), None, Some(u64::MAX - 1)],
        ] {
            for shape in [Shape::Line, Shape::Bars] {
                let drawing = draw(&samples, shape, None);
                for figure in samples.iter().flatten() {
                    let y = drawing.y(*figure);
                    assert!((0.0..=HIGH).contains(&y), "{samples:?} {y}");
                }
            }
        }
    }
}
