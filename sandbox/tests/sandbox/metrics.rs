use domain::api::providers::SandboxRole;
use serde_json::Value;

use crate::rig::{Rig, START, api_refusal, list, refused};

fn day(days_ago: i64) -> String {
    jiff::Timestamp::from_second(START - days_ago * 86_400).unwrap().to_string()
}

#[tokio::test]
async fn totals_are_given_day_by_day_with_both_ends() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let filter = format!("startDate eq \"{}\" and endDate eq \"{}\"", day(730), day(0));
    let page: Value = caller.filtered(&rig.environment("/totalIdentities"), &filter, &[]).await.json();
    let totals: Vec<u64> =
        list(&page, "totalIdentities").iter().map(|one| one["totalIdentities"].as_u64().unwrap()).collect();
    assert_eq!((totals.len(), page["count"].as_u64(), *totals.last().unwrap()), (731, Some(3_000), 3_000));
    assert!(totals.is_sorted() && totals[0] < 1_500);
}

#[tokio::test]
async fn totals_need_both_dates_and_a_range_that_makes_sense() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let ask =
        async |filter: String| api_refusal(&caller.filtered(&rig.environment("/totalIdentities"), &filter, &[]).await);
    let one = format!("startDate eq \"{}\"", day(3));
    assert_eq!(ask(one.clone()).await, refused(400, "INVALID_DATA", "REQUIRED_VALUE"));
    assert_eq!(
        ask(format!("{one} and endDate eq \"{}\"", day(9))).await,
        refused(400, "INVALID_DATA", "INVALID_VALUE")
    );
    assert_eq!(
        ask(format!("{one} and endDate ge \"{}\"", day(1))).await,
        refused(400, "INVALID_DATA", "INVALID_FILTER")
    );
    assert_eq!(
        ask(format!("{one} or endDate eq \"{}\"", day(1))).await,
        refused(400, "INVALID_DATA", "INVALID_FILTER")
    );
}

#[tokio::test]
async fn active_identities_come_by_day_and_month_newest_first_when_asked_and_page_by_page() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let path = rig.environment("/metrics/activeIdentityCounts");
    let since = format!("startDate ge \"{}\"", day(400));
    let first: Value = caller.filtered(&path, &since, &[("order", "-startDate"), ("limit", "500")]).await.json();
    assert_eq!(list(&first, "activeIdentityCounts").len(), 100);
    let days = caller.all(first, "activeIdentityCounts").await;
    let starts: Vec<&str> = days.iter().rev().map(|one| one["startDate"].as_str().unwrap()).collect();
    assert!(starts.is_sorted() && (400..=401).contains(&days.len()), "{}", days.len());
    assert!(days.iter().all(|one| (1..3_000).contains(&one["value"].as_u64().unwrap())));
    let months: Value = caller.filtered(&path, &since, &[("samplePeriod", "MONTH")]).await.json();
    assert!((13..=14).contains(&list(&months, "activeIdentityCounts").len()));
    let hours = caller.filtered(&path, &format!("{since} and samplingPeriod eq \"1\""), &[]).await;
    assert_eq!(api_refusal(&hours), refused(400, "INVALID_DATA", "INVALID_VALUE"));
}

#[tokio::test]
async fn a_licence_has_figures_of_its_own() {
    let rig = Rig::new();
    let caller = rig.caller_with(vec![SandboxRole::OrganizationAdmin]).await;
    let organizations: Value = caller.get("/v1/organizations").await.json();
    let organization = list(&organizations, "organizations")[0]["id"].as_str().unwrap().to_owned();
    let licenses: Value = caller.get(&format!("/v1/organizations/{organization}/licenses")).await.json();
    let license = list(&licenses, "licenses")[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/organizations/{organization}/licenses/{license}/metrics/activeIdentityCounts");
    let year: Value = caller.get(&format!("{path}?aggregatedBy=licenseYear&limit=1000")).await.json();
    assert!((7..=8).contains(&list(&year, "activeIdentityCounts").len()), "{year}");
    let other = caller.get(&format!("{path}?aggregatedBy=week")).await;
    assert_eq!(api_refusal(&other), refused(400, "INVALID_DATA", "INVALID_VALUE"));
}
