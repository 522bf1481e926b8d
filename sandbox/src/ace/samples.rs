//! Samples, every five minutes from two years before the sandbox was first opened until now.

use domain::site::SiteId;
use domain::time::{Span, Timestamp};
use serde_json::{Value, json};

use super::{places, points};
use crate::world::{DAY, HISTORY_DAYS, dates};

/// The milliseconds between two samples.
const STEP: i64 = 300_000;

/// The samples of some points in a span, in the order of their times.
#[derive(Clone)]
pub(super) struct Samples {
    site: SiteId,
    points: Vec<usize>,
    first: i64,
    steps: u64,
}

impl Samples {
    /// Those from `start` until before `end`, as far as there are any.
    pub(super) fn between(site: SiteId, points: Vec<usize>, start: Timestamp, end: Timestamp, reach: Reach) -> Self {
        let begins = start.max(reach.first).millis();
        let ends = end.min(reach.now).millis();
        let first = begins.div_euclid(STEP) + i64::from(begins.rem_euclid(STEP) > 0);
        let last = ends.div_euclid(STEP) + i64::from(ends.rem_euclid(STEP) > 0);
        Self { site, points, first, steps: u64::try_from(last - first).unwrap_or(0) }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.steps * self.points.len() as u64
    }

    /// The JSON of one of them, without a line break.
    pub(super) fn json(&self, at: u64) -> String {
        let many = self.points.len() as u64;
        let step = self.first.saturating_add(i64::try_from(at / many).unwrap_or(i64::MAX));
        let point = self.points[usize::try_from(at % many).unwrap_or(0)];
        let time = dates::text(Timestamp::from_millis(step.saturating_mul(STEP)));
        let name = points::name(&self.site, point);
        format!(r#"{{"name":"{name}","time":"{time}","value":"{:.2}"}}"#, value(&self.site, point, step))
    }
}

/// How far samples reach.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    first: Timestamp,
    now: Timestamp,
}

impl Reach {
    /// From two years before `born` until `now`.
    pub(super) fn of(born: Timestamp, now: Timestamp) -> Self {
        Self { first: born - Span::from_millis(DAY.millis() * HISTORY_DAYS), now }
    }
}

/// A day's wave with a little noise that is always the same.
fn value(site: &SiteId, point: usize, step: i64) -> f64 {
    let (mean, swing) = points::shape(point);
    let steps_a_day = 86_400_000 / STEP;
    let of_day = step.rem_euclid(steps_a_day) as f64 / steps_a_day as f64;
    let seed = places::number(site) ^ (point as u64) << 32 ^ step.unsigned_abs();
    let noise = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as f64 / (1_u64 << 24) as f64 - 0.5;
    mean - swing * (of_day * std::f64::consts::TAU).cos() + noise * swing * 0.2
}

/// The weather, which is as invented as the site.
pub(super) fn weather(site: &SiteId, now: Timestamp) -> Value {
    let step = now.millis().div_euclid(STEP);
    json!({
        "temperature": value(site, 1, step), "humidity": value(site, 2, step),
        "time": dates::text(Timestamp::from_millis(step * STEP)),
    })
}
