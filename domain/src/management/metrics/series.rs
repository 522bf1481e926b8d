use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Period, Sampling, Slot};
use crate::management::{Page, lenient};
use crate::time::Timestamp;
use crate::time::date::{DAY, Day};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All identities there were at the end of each day.
    Total,
    /// The identities that were active within each sample.
    Active,
}

impl Kind {
    /// The list's name in an answer.
    const fn list(self) -> &'static str {
        match self {
            Self::Total => "totalIdentities",
            Self::Active => "activeIdentityCounts",
        }
    }

    /// The names a sample's figure may have, the documented one first.
    const fn figures(self) -> &'static [&'static str] {
        match self {
            Self::Total => &["totalIdentities", "value", "count", "total"],
            Self::Active => &["value", "count", "activeIdentityCount", "activeIdentities"],
        }
    }
}

/// Samples as they came, page by page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What is counted.
    pub kind: Kind,
    /// How many entries had no moment or no figure that could be read.
    pub unread: usize,
    /// How many there are now, where the answer says so.
    pub now: Option<u64>,
    samples: BTreeMap<Day, u64>,
    /// The longest sample, in days, where samples say where they end.
    longest: Option<i64>,
}

/// Where a sample begins, where it ends, and its figure.
struct Sample {
    from: Timestamp,
    to: Option<Timestamp>,
    figure: u64,
}

impl Series {
    /// Without samples.
    pub fn new(kind: Kind) -> Self {
        Self { kind, unread: 0, now: None, samples: BTreeMap::new(), longest: None }
    }

    /// Takes in an answer; gives the link to the next page.
    pub fn read(&mut self, answer: &Value) -> Option<String> {
        let page = Page::<Value>::read(answer, self.kind.list());
        if self.kind == Kind::Total {
            self.now = page.count.or(self.now);
        }
        self.unread += page.unread;
        for entry in &page.items {
            match sample(entry, self.kind) {
                Some(sample) => self.take(&sample),
                None => self.unread += 1,
            }
        }
        page.next
    }

    fn take(&mut self, sample: &Sample) {
        self.samples.insert(Day::of(sample.from), sample.figure);
        if let Some(to) = sample.to {
            // Rounded, as an end may be the last second of the sample or the first of the next.
            let half = DAY.millis() / 2;
            let days = (to.since(sample.from).millis() + half) / DAY.millis();
            let days = i64::try_from(days).unwrap_or(i64::MAX);
            self.longest = Some(self.longest.map_or(days, |longest| longest.max(days)));
        }
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The day of the oldest sample.
    pub fn oldest(&self) -> Option<Day> {
        self.samples.keys().next().copied()
    }

    /// How it is cut: as asked for, unless the samples say otherwise of themselves.
    pub fn sampling(&self, asked: Sampling) -> Sampling {
        match self.longest {
            Some(..=2) => Sampling::Day,
            Some(27..) => Sampling::Month,
            _ => asked,
        }
    }

    /// How many days the longest sample has, where samples say where they end.
    pub const fn longest(&self) -> Option<i64> {
        self.longest
    }

    /// The samples, oldest first: the day each begins, and its figure.
    pub fn samples(&self) -> impl DoubleEndedIterator<Item = (Day, u64)> {
        self.samples.iter().map(|(day, figure)| (*day, *figure))
    }

    /// A period with a place for every sample it could have; those that did not come are gaps.
    pub fn slots(&self, period: Period, asked: Sampling, today: Day) -> Vec<Slot> {
        let sampling = self.sampling(asked);
        let (mut slots, mut first) = (Vec::new(), sampling.start(period.first));
        while first <= period.last {
            let next = sampling.next(first);
            let figure = self.samples.range(first..next).next_back().map(|(_, figure)| *figure);
            slots.push(Slot {
                first,
                last: next.plus(-1),
                sampling,
                figure,
                over: self.kind == Kind::Total || next <= today,
            });
            first = next;
        }
        slots
    }
}

fn sample(entry: &Value, kind: Kind) -> Option<Sample> {
    let entry = entry.as_object()?;
    let moment = |names: &[&str]| names.iter().find_map(|name| lenient::moment(entry.get(*name)?));
    Some(Sample {
        from: moment(&["date", "startDate", "start", "day"])?,
        to: moment(&["endDate", "end"]),
        figure: figure(entry, kind)?,
    })
}

/// The figure under one of its names; else the one number there is beside the moments.
fn figure(entry: &Map<String, Value>, kind: Kind) -> Option<u64> {
    let named = kind.figures().iter().find_map(|name| lenient::whole(entry.get(*name)?));
    named.or_else(|| {
        let is_moment =
            |name: &str| name.to_ascii_lowercase().contains("date") || matches!(name, "start" | "end" | "day");
        let mut others = entry.iter().filter(|(name, value)| !is_moment(name) && value.is_number());
        let (_, only) = others.next()?;
        if others.next().is_some() { None } else { lenient::whole(only) }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn active(entries: &Value) -> Series {
        let mut series = Series::new(Kind::Active);
        assert_eq!(series.read(&json!({ "_embedded": { "activeIdentityCounts": entries } })), None);
        series
    }

    fn read(series: &Series) -> Vec<(String, u64)> {
        series.samples().map(|(day, figure)| (day.to_string(), figure)).collect()
    }

    #[test]
    fn totals_are_read_with_their_count_of_now() {
        let mut series = Series::new(Kind::Total);
        let next = series.read(&json!({
            "_links": { "self": { "href": "https://api.pingone.eu/v1/x" } },
            "_embedded": { "totalIdentities": [
                { "date": "2026-11-20T00:00:00.000Z", "totalIdentities": 2_998 },
                { "date": "2026-11-21T00:00:00.000Z", "totalIdentities": 3_000 },
            ] }, "count": 3_000, "size": 2,
        }));
        assert_eq!((next, series.now, series.unread), (None, Some(3_000), 0));
        assert_eq!(read(&series), [("2026-11-20".to_owned(), 2_998), ("2026-11-21".to_owned(), 3_000)]);
    }

    #[test]
    fn a_moment_is_text_or_a_number_and_a_figure_has_several_names() {
        let series = active(&json!([
            { "startDate": "2026-11-21T00:00:00Z", "endDate": "2026-11-22T00:00:00Z", "value": 7 },
            { "startDate": "2026-11-20T00:00:00+00:00", "count": "8" },
            { "startDate": 1_795_046_400_000_u64, "value": 9.0 },
            { "startDate": 1_794_960_000, "vActiveThings": 10 },
        ]));
        let expected = [("2026-11-18", 10), ("2026-11-19", 9), ("2026-11-20", 8), ("2026-11-21", 7)];
        assert_eq!(read(&series), expected.map(|(day, figure)| (day.to_owned(), figure)));
        assert_eq!(series.unread, 0);
    }

    #[test]
    fn what_cannot_be_read_is_counted_and_harms_no_other() {
        let series = active(&json!([
            { "startDate": "2026-11-21T00:00:00Z", "value": 7 },
            { "startDate": "never", "value": 8 },
            { "startDate": "2026-11-20T00:00:00Z", "value": -3 },
            { "startDate": "2026-11-19T00:00:00Z" },
            { "startDate": "2026-11-18T00:00:00Z", "one": 1, "two": 2 },
            null, "x", [1],
        ]));
        assert_eq!((read(&series).len(), series.unread), (1, 7));
    }

    #[test]
    fn pages_are_put_together() {
        let mut series = Series::new(Kind::Active);
        let page = |day: &str, next: Option<&str>| {
            json!({ "_embedded": { "activeIdentityCounts": [{ "startDate": day, "value": 1 }] },
                "_links": next.map(|href| json!({ "next": { "href": href } })) })
        };
        assert_eq!(series.read(&page("2026-11-21", Some("https://a/2"))).as_deref(), Some("https://a/2"));
        assert_eq!(series.read(&page("2026-11-20", None)), None);
        assert_eq!((read(&series).len(), series.oldest()), (2, Some(day("2026-11-20"))));
    }

    #[test]
    fn an_answer_without_samples_is_an_empty_series() {
        for answer in
            [json!({}), json!({ "_embedded": {} }), json!(null), json!({ "_embedded": { "activeIdentityCounts": {} } })]
        {
            let mut series = Series::new(Kind::Active);
            assert_eq!(series.read(&answer), None);
            assert!(series.is_empty());
        }
    }

    #[test]
    fn a_sample_that_did_not_come_stays_a_gap() {
        let series = active(&json!([
            { "startDate": "2026-11-18T00:00:00Z", "value": 5 }, { "startDate": "2026-11-20T00:00:00Z", "value": 0 },
        ]));
        let period = Period { first: day("2026-11-17"), last: day("2026-11-20") };
        let slots = series.slots(period, Sampling::Day, day("2026-11-20"));
        assert_eq!(slots.iter().map(|slot| slot.figure).collect::<Vec<_>>(), [None, Some(5), None, Some(0)]);
        assert_eq!(slots.iter().map(|slot| slot.over).collect::<Vec<_>>(), [true, true, true, false]);
    }

    #[test]
    fn samples_out_of_the_period_are_left_out() {
        let series = active(&json!([
            { "startDate": "2026-11-01", "value": 5 }, { "startDate": "2026-11-10", "value": 6 }, { "startDate": "2026-11-20", "value": 7 },
        ]));
        let period = Period { first: day("2026-11-09"), last: day("2026-11-11") };
        let slots = series.slots(period, Sampling::Day, day("2026-11-21"));
        assert_eq!(slots.iter().map(|slot| slot.figure).collect::<Vec<_>>(), [None, Some(6), None]);
    }

    #[test]
    fn samples_that_say_they_are_days_are_shown_as_days_though_months_were_asked_for() {
        let days = active(&json!([{ "startDate": "2026-11-20", "endDate": "2026-11-20T23:59:59Z", "value": 5 }]));
        assert_eq!(days.sampling(Sampling::Month), Sampling::Day);
        let months = active(&json!([{ "startDate": "2026-02-01", "endDate": "2026-03-01", "value": 5 }]));
        assert_eq!(months.sampling(Sampling::Day), Sampling::Month);
        let unsaid = active(&json!([{ "startDate": "2026-02-01", "value": 5 }]));
        assert_eq!(unsaid.sampling(Sampling::Month), Sampling::Month);
    }

    #[test]
    fn months_have_one_place_each() {
        let series = active(&json!([
            { "startDate": "2026-10-01", "endDate": "2026-11-01", "value": 5 }, { "startDate": "2026-11-01", "endDate": "2026-12-01", "value": 6 },
        ]));
        let period = Period { first: day("2026-09-15"), last: day("2026-11-21") };
        let slots = series.slots(period, Sampling::Month, day("2026-11-21"));
        let shown: Vec<_> = slots.iter().map(|slot| (slot.last.to_string(), slot.figure, slot.over)).collect();
        let expected = [("2026-09-30", None, true), ("2026-10-31", Some(5), true), ("2026-11-30", Some(6), false)];
        assert_eq!(shown, expected.map(|(last, figure, over)| (last.to_owned(), figure, over)));
    }
}
