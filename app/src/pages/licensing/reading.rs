use domain::api::Problem;
use domain::management::Page;
use domain::management::licenses::{License, Organization, Place, Usage, included, organization, route};
use domain::management::metrics::{Aggregate, Kind, Series, active_of_license};
use domain::time::Timestamp;
use serde_json::Value;

use crate::gateway::{Gateway, Rest};

/// An organisation's licences as they came.
pub(crate) struct Licenses {
    /// Those that could be read.
    pub(crate) licenses: Vec<License>,
    /// How many could not.
    pub(crate) unread: usize,
    /// Whether all pages came.
    pub(crate) rest: Rest,
}

/// All that the page shows.
pub(super) struct All {
    /// The organisation; without it the licences can still be shown.
    pub(super) organization: Result<Organization, Problem>,
    /// Its licences.
    pub(super) licenses: Licenses,
}

/// Reads the organisation and its licences.
pub(super) async fn read_all(gateway: Gateway, id: String) -> Result<All, Problem> {
    let licenses = read_licenses(gateway.clone(), id.clone()).await?;
    let organization = gateway.get(route(&id, Place::Itself)).await.map(|answer| organization(&id, &answer));
    Ok(All { organization, licenses })
}

/// Reads all licences, page by page.
pub(crate) async fn read_licenses(gateway: Gateway, organization: String) -> Result<Licenses, Problem> {
    let (mut licenses, mut unread) = (Vec::new(), 0);
    let mut take = |answer: &Value| {
        let page = Page::<Value>::read(answer, "licenses");
        let read: Vec<License> = page.items.iter().filter_map(License::read).collect();
        unread += page.items.len() - read.len();
        licenses.extend(read);
        page.next
    };
    let rest = gateway.all_pages(route(&organization, Place::Licenses), &mut take).await?;
    Ok(Licenses { licenses, unread, rest })
}

/// Reads how many identities were active under a licence: in its latest month, and in its year.
pub(super) async fn read_active(
    gateway: Gateway,
    organization: String,
    license: License,
    now: Timestamp,
) -> Result<[Usage; 2], Problem> {
    let (mut months, mut years) = (Series::new(Kind::Active), Series::new(Kind::Active));
    let route = |by| active_of_license(&organization, &license.id, by);
    // The newest come first: what counts is on the first page.
    months.read(&gateway.get(route(Aggregate::CalendarMonth)).await?);
    years.read(&gateway.get(route(Aggregate::LicenseYear)).await?);
    Ok(included(&license, Some(&months), Some(&years), now))
}
