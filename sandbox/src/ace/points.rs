//! The points of a site. Their names hold slashes, as ACE's do.

use domain::site::SiteId;
use serde_json::{Value, json};

use super::places;

/// How many points each site has.
pub(super) const COUNT: usize = 120;

/// The kinds of point, with a mean and a swing of their values, and their unit.
const KINDS: [(&str, f64, f64, &str); 6] = [
    ("supply_air_temperature", 17.0, 3.0, "°C"),
    ("return_air_temperature", 22.0, 2.0, "°C"),
    ("relative_humidity", 46.0, 9.0, "%"),
    ("fan_speed", 60.0, 25.0, "%"),
    ("carbon_dioxide", 620.0, 180.0, "ppm"),
    ("power", 34.0, 14.0, "kW"),
];

/// The name of a point.
pub(super) fn name(site: &SiteId, at: usize) -> String {
    let (kind, ..) = KINDS[at % KINDS.len()];
    format!("{}/{site}/unit-{:02}/{kind}", places::CLIENT, at / KINDS.len() + 1)
}

/// The place of the point with that name, if the site has it.
pub(super) fn place(site: &SiteId, wanted: &str) -> Option<usize> {
    (0..COUNT).find(|at| name(site, *at) == wanted)
}

/// Mean and swing of a point's values.
pub(super) fn shape(at: usize) -> (f64, f64) {
    let (_, mean, swing, _) = KINDS[at % KINDS.len()];
    (mean, swing)
}

/// A point, as a list shows it.
pub(super) fn point(site: &SiteId, at: usize) -> Value {
    let (kind, _, _, unit) = KINDS[at % KINDS.len()];
    json!({
        "id": places::number(site) % 100_000 * 1_000 + at as u64, "name": name(site, at), "client": places::CLIENT,
        "site": site.as_str(), "kv_tags": { "unit": unit }, "marker_tags": [kind], "collect_enabled": at.is_multiple_of(2),
        "collect_interval": 300, "point_type": "bacnet",
        "bacnet_data": { "device_id": 1_000 + at / KINDS.len(), "object_type": "analogInput", "object_index": at },
    })
}
