//! The organization, its environments and its licences.

use serde_json::{Value, json};

use super::error::ApiError;
use super::filter::{Allowed, Filter, Operator};
use super::page::Sizes;
use super::{Answer, Asked};
use crate::world::licenses::LICENSE_COUNT;
use crate::world::structure::ENVIRONMENT_COUNT;
use crate::world::{Kind, index};

const PAGE: Sizes = Sizes { usual: 1_000, most: 5_000 };

/// `GET /organizations`.
pub(super) fn organizations(asked: &Asked) -> Answer {
    const ALLOWED: &[Allowed] = &[("name", &[Operator::Sw])];
    let organization = asked.world.organization(asked.sandbox.organization_id());
    let filter = asked.query("filter").map(|text| Filter::read(text, ALLOWED)).transpose()?;
    asked.page_of("organizations", filtered(vec![organization], filter.as_ref()), PAGE)
}

/// `GET /organizations/{organization}`.
pub(super) fn organization(asked: &Asked) -> Answer {
    Ok(asked.world.organization(asked.sandbox.organization_id()))
}

/// `GET /environments`.
pub(super) fn environments(asked: &Asked) -> Answer {
    let (own, organization) = (asked.sandbox.environment_id(), asked.sandbox.organization_id());
    let all = (0..ENVIRONMENT_COUNT).filter_map(|number| asked.world.environment(number, own, organization));
    asked.page_of("environments", all.collect(), PAGE)
}

/// `GET /environments/{environment}`.
pub(super) fn environment(asked: &Asked) -> Answer {
    let (own, organization) = (asked.sandbox.environment_id(), asked.sandbox.organization_id());
    asked.world.environment(0, own, organization).ok_or_else(ApiError::not_found)
}

/// `GET …/licenses`.
pub(super) fn licenses(asked: &Asked) -> Answer {
    const MOMENT: &[Operator] = &[Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le];
    const ALLOWED: &[Allowed] = &[("beginsAt", MOMENT), ("expiresAt", MOMENT), ("status", &[Operator::Eq])];
    let filter = asked.query("filter").map(|text| Filter::read(text, ALLOWED)).transpose()?;
    let all =
        (0..LICENSE_COUNT).filter_map(|number| asked.world.license(number, asked.now, asked.sandbox.organization_id()));
    let mut licenses = filtered(all.collect(), filter.as_ref());
    let begins = |license: &Value| license["beginsAt"].as_str().unwrap_or_default().to_owned();
    match asked.query("order") {
        None => {}
        Some("beginsAt") => licenses.sort_by_key(begins),
        Some("-beginsAt") => licenses.sort_by_key(|license| std::cmp::Reverse(begins(license))),
        Some(_) => {
            let inner = json!({ "allowedValues": ["beginsAt", "-beginsAt"] });
            return Err(ApiError::invalid("INVALID_VALUE", "order", "It can't be ordered so.", &inner));
        }
    }
    asked.page_of("licenses", licenses, PAGE)
}

/// `GET …/licenses/{license}`.
pub(super) fn license(asked: &Asked) -> Answer {
    let number = index(Kind::License, asked.parameter("license"));
    let found = number.and_then(|number| asked.world.license(number, asked.now, asked.sandbox.organization_id()));
    found.ok_or_else(ApiError::not_found)
}

/// Those whose attributes, which are all texts of the first level, fit.
fn filtered(list: Vec<Value>, filter: Option<&Filter>) -> Vec<Value> {
    let Some(filter) = filter else { return list };
    let fits = |item: &Value| filter.holds(&|name| item[name].as_str().map(str::to_owned).into_iter().collect());
    list.into_iter().filter(fits).collect()
}
