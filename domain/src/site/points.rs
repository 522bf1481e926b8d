use serde_json::Value;

use super::SiteId;
use crate::api::gateway::{ApiPath, ApiPathError};
use crate::time::Span;

/// One page of a site's points, as an API in ACE's shape lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Points {
    /// The points of this page.
    pub items: Vec<Point>,
    /// Which page it is, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// How many points the site has.
    pub total: u64,
}

/// One point: something that is measured at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its name, which may hold slashes.
    pub name: String,
    /// Where its values come from, such as `bacnet`.
    pub kind: Option<String>,
    /// How often it is measured.
    pub interval: Option<Span>,
    /// Whether its values are collected.
    pub is_collected: Option<bool>,
}

impl Points {
    /// How many points a page has.
    pub const PER_PAGE: u64 = 20;

    /// The path of a page, from 1, below the API's base.
    ///
    /// # Errors
    ///
    /// [`ApiPathError`] when the site's id can't stand in a path.
    pub fn path(site: &SiteId, page: u64) -> Result<ApiPath, ApiPathError> {
        ApiPath::parse(&format!("sites/{site}/points?page={page}&per_page={}", Self::PER_PAGE))
    }

    /// Reads an answer; `None` when it is no list of points. What an API leaves out is left out, not refused.
    pub fn read(body: &Value) -> Option<Self> {
        let items: Vec<Point> = body.get("items")?.as_array()?.iter().map(Point::read).collect::<Option<_>>()?;
        let number = |name: &str| body.get(name).and_then(Value::as_u64);
        let total = number("total").or_else(|| u64::try_from(items.len()).ok())?;
        Some(Self { items, page: number("page").unwrap_or(1), pages: number("pages").unwrap_or(1).max(1), total })
    }
}

impl Point {
    fn read(item: &Value) -> Option<Self> {
        let text = |name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            name: text("name")?,
            kind: text("point_type"),
            interval: item.get("collect_interval").and_then(Value::as_u64).map(Span::from_seconds),
            is_collected: item.get("collect_enabled").and_then(Value::as_bool),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample::site;
    use super::*;

    #[test]
    fn the_path_names_site_and_page() {
        let path = Points::path(&site("309"), 2).expect("a site's id can stand in a path");
        assert_eq!(path.as_str(), "sites/309/points?page=2&per_page=20");
    }

    #[test]
    fn a_page_is_read_with_what_it_says() {
        let point = json!({
            "name": "mill/309/unit-01/fan_speed", "point_type": "bacnet", "collect_interval": 300, "collect_enabled": true,
        });
        let body = json!({ "page": 2, "pages": 6, "per_page": 20, "total": 120, "items": [point, { "name": "bare" }] });
        let points = Points::read(&body).expect("a list of points");
        assert_eq!((points.page, points.pages, points.total), (2, 6, 120));
        assert_eq!(points.items[0].interval, Some(Span::from_seconds(300)));
        assert_eq!(points.items[0].is_collected, Some(true));
        assert_eq!(points.items[1], Point { name: "bare".to_owned(), kind: None, interval: None, is_collected: None });
    }

    #[test]
    fn a_list_without_numbers_is_its_own_only_page() {
        let points = Points::read(&json!({ "items": [{ "name": "one" }] })).expect("a list of points");
        assert_eq!((points.page, points.pages, points.total), (1, 1, 1));
    }

    #[test]
    fn what_is_no_list_of_points_is_not_taken_for_one() {
        assert_eq!(Points::read(&json!({ "message": "Error" })), None);
        assert_eq!(Points::read(&json!({ "items": [{ "id": 7 }] })), None);
        assert_eq!(Points::read(&json!([])), None);
    }
}
