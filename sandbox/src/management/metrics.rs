//! Counts of identities.

use domain::time::Timestamp;
use serde_json::{Value, json};

use super::error::ApiError;
use super::filter::{Allowed, Filter, Operator};
use super::page::Sizes;
use super::{Answer, Asked};
use crate::world::metrics::{Active, Sample};
use crate::world::{Kind, dates, day_of, index};

/// The most days that totals are given for at once: two years and a day.
const MOST_DAYS: i64 = 731;

/// `GET …/totalIdentities`: one figure a day, both ends named and included.
pub(super) fn total(asked: &Asked) -> Answer {
    const ALLOWED: &[Allowed] = &[("startDate", &[Operator::Eq]), ("endDate", &[Operator::Eq])];
    let filter =
        asked.query("filter").ok_or_else(|| ApiError::required("filter", "startDate and endDate are required."))?;
    let filter = conjunction(Filter::read(filter, ALLOWED)?)?;
    let first =
        moment(&filter, "startDate")?.ok_or_else(|| ApiError::required("startDate", "startDate is required."))?;
    let last = moment(&filter, "endDate")?.ok_or_else(|| ApiError::required("endDate", "endDate is required."))?;
    let (first, last) = (day_of(first), day_of(last));
    if last < first || last - first >= MOST_DAYS {
        let inner = json!({ "rangeMinimumValue": 1, "rangeMaximumValue": MOST_DAYS });
        return Err(ApiError::invalid("INVALID_VALUE", "endDate", "The range must be 1 to 731 days.", &inner));
    }
    let days = first.max(asked.world.first_day(asked.now))..=last.min(day_of(asked.now));
    let day = |day: i64| json!({ "date": dates::text(crate::world::start_of(day)), "totalIdentities": asked.world.total_on(day) });
    let items: Vec<Value> = days.map(day).collect();
    Ok(json!({
        "_links": { "self": { "href": format!("{}{}", asked.sandbox.origin(), asked.path) } },
        "_embedded": { "totalIdentities": items }, "count": asked.world.total(asked.now), "size": items.len(),
    }))
}

/// `GET …/metrics/activeIdentityCounts`: samples of a day or a month.
pub(super) fn active(asked: &Asked) -> Answer {
    const ALLOWED: &[Allowed] = &[
        ("startDate", &[Operator::Ge, Operator::Gt]),
        ("samplingPeriod", &[Operator::Eq]),
        ("samplePeriod", &[Operator::Eq]),
    ];
    let filter = asked.query("filter").ok_or_else(|| ApiError::required("filter", "startDate is required."))?;
    let filter = conjunction(Filter::read(filter, ALLOWED)?)?;
    let from =
        moment(&filter, "startDate")?.ok_or_else(|| ApiError::required("startDate", "startDate is required."))?;
    let period = value(&filter, "samplingPeriod").or_else(|| value(&filter, "samplePeriod"));
    let period =
        period.or_else(|| asked.query("samplingPeriod").or_else(|| asked.query("samplePeriod")).map(str::to_owned));
    let sample = match period.as_deref() {
        // Hours are what the deprecated form of this route took.
        None | Some("DAY" | "24") => Sample::Day,
        Some("MONTH") => Sample::Month,
        Some(_) => {
            let inner = json!({ "allowedValues": ["DAY", "MONTH"] });
            return Err(ApiError::invalid("INVALID_VALUE", "samplePeriod", "There are no such samples.", &inner));
        }
    };
    samples(asked, sample, from, 1_000, Sizes { usual: 100, most: 100 })
}

/// `GET …/licenses/{license}/metrics/activeIdentityCounts`: samples of a month of the calendar, or of a year of the licence
/// so far, by month.
pub(super) fn active_of_license(asked: &Asked) -> Answer {
    let number = index(Kind::License, asked.parameter("license")).ok_or_else(ApiError::not_found)?;
    let begins = asked.world.license_begins(number, asked.now).ok_or_else(ApiError::not_found)?;
    let from = match asked.query("aggregatedBy") {
        None | Some("calendarMonth") => Timestamp::default(),
        Some("licenseYear") => dates::month_start(begins, 0),
        Some(_) => {
            let inner = json!({ "allowedValues": ["calendarMonth", "licenseYear"] });
            return Err(ApiError::invalid("INVALID_VALUE", "aggregatedBy", "There is no such aggregate.", &inner));
        }
    };
    // The first licence has most environments, and so most of the people.
    let per_mille = if number == 0 { 860 } else { 140 };
    let from = if begins <= asked.now { from.max(dates::month_start(begins, 0)) } else { asked.now };
    samples(asked, Sample::Month, from, per_mille, Sizes { usual: 100, most: 1_000 })
}

fn samples(asked: &Asked, sample: Sample, from: Timestamp, per_mille: u64, sizes: Sizes) -> Answer {
    let mut samples = asked.world.active(sample, from, asked.now);
    match asked.query("order") {
        None | Some("startDate") => {}
        Some("-startDate") => samples.reverse(),
        Some(_) => {
            let inner = json!({ "allowedValues": ["startDate", "-startDate"] });
            return Err(ApiError::invalid("INVALID_VALUE", "order", "It can't be ordered so.", &inner));
        }
    }
    let shown = |one: &Active| {
        let (from, to) = (dates::text(one.from), dates::text(one.to));
        json!({ "startDate": from, "endDate": to, "value": one.count * per_mille / 1_000 })
    };
    asked.page_of("activeIdentityCounts", samples.iter().map(shown).collect(), sizes)
}

fn conjunction(filter: Filter) -> Result<Filter, ApiError> {
    if filter.is_a_conjunction() {
        Ok(filter)
    } else {
        Err(ApiError::filter("Only and joins the parts here.", &Value::Null))
    }
}

fn value(filter: &Filter, attribute: &str) -> Option<String> {
    let found = filter.tests().into_iter().find(|test| test.attribute.eq_ignore_ascii_case(attribute));
    found.and_then(|test| test.values.first().cloned())
}

/// The moment an attribute is compared with.
fn moment(filter: &Filter, attribute: &str) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = value(filter, attribute) else { return Ok(None) };
    let words = format!("{attribute} must be a date such as 2026-11-21T00:00:00Z.");
    dates::read(&text).map(Some).ok_or_else(|| ApiError::invalid("INVALID_VALUE", attribute, words, &Value::Null))
}
