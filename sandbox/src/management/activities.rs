//! The audit log.

use domain::time::{Span, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::filter::{Allowed, Filter, Operator, Test};
use super::page::{Page, Sizes, Wanted};
use super::{Answer, Asked};
use crate::world::activities::Activity;
use crate::world::{Kind, dates, index};

const RANGE: &[Operator] = &[Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le];
const EXACT: &[Operator] = &[Operator::Eq];

const ALLOWED: &[Allowed] = &[
    ("recordedAt", RANGE),
    ("createdAt", RANGE),
    ("correlationId", EXACT),
    ("action.type", &[Operator::Eq, Operator::In]),
    ("actors.client.id", EXACT),
    ("actors.user.id", EXACT),
    ("actors.user.name", EXACT),
    ("resources.id", EXACT),
    ("resources.type", EXACT),
    ("resources.population.id", EXACT),
];

const PAGE: Sizes = Sizes { usual: 100, most: 500 };

/// `GET …/activities`.
pub(super) fn list(asked: &Asked) -> Answer {
    let wanted = asked.wanted(PAGE)?;
    found(asked, asked.query("filter").unwrap_or_default(), wanted, newest_first(asked)?)
}

/// `POST …/activities`: the same, with the filter in the body; it has no next page, only an offset.
pub(super) fn search(asked: &Asked) -> Answer {
    #[derive(Deserialize)]
    struct Search {
        #[serde(default)]
        filter: String,
        #[serde(default)]
        limit: Option<usize>,
        #[serde(default)]
        offset: usize,
    }
    let unreadable = || {
        ApiError::invalid(
            "INVALID_VALUE",
            "body",
            "The body must be a JSON object with filter, limit and offset.",
            &Value::Null,
        )
    };
    let search: Search = serde_json::from_slice(&asked.body).map_err(|_| unreadable())?;
    let limit = search.limit.unwrap_or(PAGE.usual).clamp(1, PAGE.most);
    let (filter, from, to) = read(&search.filter)?;
    let all = asked.world.activities(from, to, asked.now).rev().filter(|activity| fits(asked, &filter, activity));
    let items = all.skip(search.offset).take(limit).map(|one| one.shown(asked.world, asked.sandbox.environment_id()));
    Ok(asked.page(Page { name: "activities", items: items.collect(), count: None, next: None }))
}

/// `GET …/activities/{activity}`.
pub(super) fn one(asked: &Asked) -> Answer {
    let number = index(Kind::Activity, asked.parameter("activity"));
    let found = number.and_then(|number| asked.world.activity(number, asked.now));
    Ok(found.ok_or_else(ApiError::not_found)?.shown(asked.world, asked.sandbox.environment_id()))
}

fn found(asked: &Asked, filter: &str, wanted: Wanted, newest_first: bool) -> Answer {
    let (filter, from, to) = read(filter)?;
    let entries = asked.world.activities(from, to, asked.now);
    let ordered: Box<dyn Iterator<Item = Activity>> =
        if newest_first { Box::new(entries.rev()) } else { Box::new(entries) };
    let is_after = |activity: &Activity| match wanted.after {
        None => true,
        Some(mark) if newest_first => activity.index < mark,
        Some(mark) => activity.index > mark,
    };
    let mut rest = ordered.filter(is_after).filter(|activity| fits(asked, &filter, activity));
    let page: Vec<Activity> = rest.by_ref().take(wanted.limit).collect();
    let next = page.last().map(|last| last.index).filter(|_| rest.next().is_some());
    let items = page.iter().map(|one| one.shown(asked.world, asked.sandbox.environment_id())).collect();
    Ok(asked.page(Page { name: "activities", items, count: None, next }))
}

fn fits(asked: &Asked, filter: &Filter, activity: &Activity) -> bool {
    filter.holds(&|name| activity.attribute(asked.world, name))
}

fn newest_first(asked: &Asked) -> Result<bool, ApiError> {
    match asked.query("order") {
        None | Some("-recordedAt" | "-createdAt") => Ok(true),
        Some("recordedAt" | "createdAt") => Ok(false),
        Some(_) => {
            let inner = json!({ "allowedValues": ["recordedAt", "-recordedAt", "createdAt", "-createdAt"] });
            Err(ApiError::invalid("INVALID_VALUE", "order", "It can't be ordered so.", &inner))
        }
    }
}

/// What must hold beside the range, and the range: one is mandatory, and beside it and a population one more thing may be
/// asked. The range is taken out of the filter, so that two years of entries need not each be written as text to be
/// compared.
fn read(text: &str) -> Result<(Filter, Timestamp, Timestamp), ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::required("filter", "A range of recordedAt is required."));
    }
    let filter = Filter::read(text, ALLOWED)?;
    if !filter.is_a_conjunction() {
        return Err(ApiError::filter("Only and joins the parts here.", &Value::Null));
    }
    let is_range = |test: &&Test| test.attribute.to_ascii_lowercase().ends_with("edat");
    let (ranges, others): (Vec<&Test>, Vec<&Test>) = filter.tests().into_iter().partition(is_range);
    let (from, to) = range(&ranges)?;
    let beside = others.iter().filter(|test| !test.attribute.eq_ignore_ascii_case("resources.population.id"));
    if beside.count() > 1 {
        return Err(ApiError::filter("Beside the range, only one more attribute may be asked.", &Value::Null));
    }
    Ok((Filter::All(others.into_iter().cloned().map(Filter::Is).collect()), from, to))
}

/// The range, from its first millisecond to before its last.
fn range(tests: &[&Test]) -> Result<(Timestamp, Timestamp), ApiError> {
    let next = Span::from_millis(1);
    let (mut from, mut to) = (None::<Timestamp>, None::<Timestamp>);
    for test in tests {
        let text = test.values.first().map_or("", String::as_str);
        let words = "It must be a date such as 2026-11-21T00:00:00Z.";
        let unreadable = || ApiError::invalid("INVALID_VALUE", &test.attribute, words, &Value::Null);
        let at = dates::read(text).ok_or_else(unreadable)?;
        match test.operator {
            Operator::Ge => from = from.max(Some(at)),
            Operator::Gt => from = from.max(Some(at + next)),
            Operator::Lt => to = Some(to.map_or(at, |known| known.min(at))),
            _ => to = Some(to.map_or(at + next, |known| known.min(at + next))),
        }
    }
    from.zip(to).ok_or_else(|| ApiError::required("recordedAt", "Both ends of a range of recordedAt are required."))
}
