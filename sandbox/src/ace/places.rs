//! The sites. A few are known by name; a token may be made for any other, which then is just as real.

use domain::site::SiteId;
use serde_json::{Value, json};

/// What is known of a site: identifier, name, address, latitude and longitude.
type Place = (&'static str, &'static str, &'static str, f64, f64);

/// All invented; their names are those of the contract's drawings.
const KNOWN: [Place; 6] = [
    ("ses_falls_city", "SES Falls City Medical Center", "1 Imaginary Street, Falls City", 40.06, -95.6),
    ("ses_lincoln", "SES Lincoln Hospital", "2 Imaginary Street, Lincoln", 40.81, -96.68),
    ("ses_omaha", "SES Omaha Clinic", "3 Imaginary Street, Omaha", 41.26, -95.94),
    ("ses_beatrice", "SES Beatrice Day Clinic", "4 Imaginary Street, Beatrice", 40.27, -96.75),
    ("ses_kearney", "SES Kearney Laboratory", "5 Imaginary Street, Kearney", 40.7, -99.08),
    ("309", "Paper mill, hall 309", "6 Imaginary Street, York", 40.87, -97.59),
];

fn known(site: &SiteId) -> Option<&'static Place> {
    KNOWN.iter().find(|place| place.0 == site.as_str())
}

/// Whether the site is one of those known by name.
pub(super) fn is_known(site: &SiteId) -> bool {
    known(site).is_some()
}

/// The site's name for people.
pub(super) fn name(site: &SiteId) -> String {
    known(site).map_or_else(|| format!("Site {site}"), |place| place.1.to_owned())
}

/// A number that is always the same for a site.
pub(super) fn number(site: &SiteId) -> u64 {
    // FNV-1a, 64 bits.
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    site.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// The client of all sites.
pub(super) const CLIENT: &str = "paper_mill";

/// A site, as `GET /sites/{site}` shows it.
pub(super) fn site(site: &SiteId) -> Value {
    let (address, latitude, longitude) =
        known(site).map_or(("An invented place", 0.0, 0.0), |place| (place.2, place.3, place.4));
    json!({
        "id": number(site) % 100_000, "name": site.as_str(), "client": CLIENT, "nice_name": name(site),
        "address": address, "latitude": latitude, "longitude": longitude, "archived": false,
        "default_sample_interval": 300, "mqtt_prefix": null, "user_id": null,
    })
}
