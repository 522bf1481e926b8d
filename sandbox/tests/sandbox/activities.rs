use axum_test::TestResponse;
use serde_json::{Value, json};

use crate::rig::{Caller, Rig, START, api_refusal, list, refused};

fn moment(seconds_ago: i64) -> String {
    jiff::Timestamp::from_second(START - seconds_ago).unwrap().to_string()
}

fn range(from_days_ago: i64, to_days_ago: i64) -> String {
    let (from, to) = (moment(from_days_ago * 86_400), moment(to_days_ago * 86_400));
    format!("recordedAt gt \"{from}\" and recordedAt lt \"{to}\"")
}

async fn ask(rig: &Rig, caller: &Caller<'_>, filter: &str, more: &[(&str, &str)]) -> TestResponse {
    caller.filtered(&rig.environment("/activities"), filter, more).await
}

async fn all(rig: &Rig, caller: &Caller<'_>, filter: &str, more: &[(&str, &str)]) -> Vec<Value> {
    let first = ask(rig, caller, filter, more).await;
    assert_eq!(first.status_code(), 200, "{filter}: {}", first.text());
    caller.all(first.json(), "activities").await
}

fn ids<'a>(entries: impl IntoIterator<Item = &'a Value>) -> Vec<&'a str> {
    entries.into_iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}

fn times(entries: &[Value]) -> Vec<String> {
    entries.iter().map(|entry| entry["recordedAt"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_range_is_mandatory() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    let one_end = format!("recordedAt gt \"{}\"", moment(86_400));
    for filter in ["", "action.type eq \"USER.CREATED\"", &one_end] {
        let refusal = api_refusal(&ask(&rig, &caller, filter, &[]).await);
        assert_eq!(refusal, refused(400, "INVALID_DATA", "REQUIRED_VALUE"), "{filter}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat_in_both_orders() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    let newest = all(&rig, &caller, &range(30, 0), &[("limit", "25")]).await;
    let mut oldest = all(&rig, &caller, &range(30, 0), &[("limit", "500"), ("order", "recordedAt")]).await;
    assert!(newest.len() > 500 && times(&oldest).is_sorted(), "{}", newest.len());
    oldest.reverse();
    assert_eq!(ids(&newest), ids(&oldest));
}

#[tokio::test]
async fn two_years_are_there_and_nothing_before_or_ahead() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    let oldest = ask(&rig, &caller, &range(4_000, -10), &[("limit", "1"), ("order", "recordedAt")]).await;
    let newest = ask(&rig, &caller, &range(4_000, -10), &[("limit", "1")]).await;
    let (oldest, newest) = (times(&list(&oldest.json(), "activities")), times(&list(&newest.json(), "activities")));
    assert!(moment(731 * 86_400) < oldest[0] && oldest[0] < moment(729 * 86_400), "{oldest:?}");
    assert!(moment(86_400) < newest[0] && newest[0] <= moment(0), "{newest:?}");
    assert!(list(&ask(&rig, &caller, &range(4_000, 3_000), &[]).await.json(), "activities").is_empty());
}

#[tokio::test]
async fn one_more_filter_beside_the_range_narrows_it() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    let everything = all(&rig, &caller, &range(20, 0), &[("limit", "500")]).await;
    let sample = &everything[3];
    let text = |pointer: &str| sample.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    for (filter, pointer) in [
        ("action.type", "/action/type"),
        ("actors.user.id", "/actors/user/id"),
        ("actors.user.name", "/actors/user/name"),
        ("actors.client.id", "/actors/client/id"),
        ("resources.type", "/resources/0/type"),
        ("resources.id", "/resources/0/id"),
        ("correlationId", "/correlationId"),
    ] {
        let wanted = text(pointer);
        let found =
            all(&rig, &caller, &format!("{} and {filter} eq \"{wanted}\"", range(20, 0)), &[("limit", "500")]).await;
        let expected = everything.iter().filter(|entry| entry.pointer(pointer) == Some(&json!(wanted)));
        assert_eq!(ids(&found), ids(expected), "{filter}");
    }
    let two = "action.type in (\"USER.CREATED\",\"SESSION.CREATED\")";
    let found = all(&rig, &caller, &format!("{} and {two}", range(20, 0)), &[("limit", "500")]).await;
    assert!(
        !found.is_empty() && found.iter().all(|entry| entry["action"]["type"].as_str().unwrap().ends_with(".CREATED"))
    );
}

#[tokio::test]
async fn a_second_attribute_a_result_or_an_or_is_refused() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    for more in [
        "and result.status eq \"SUCCESS\"",
        "and action.type eq \"USER.CREATED\" and resources.type eq \"USER\"",
        "or action.type eq \"USER.CREATED\"",
        "and action.type sw \"USER\"",
    ] {
        let refusal = api_refusal(&ask(&rig, &caller, &format!("{} {more}", range(1, 0)), &[]).await);
        assert_eq!(refusal, refused(400, "INVALID_DATA", "INVALID_FILTER"), "{more}");
    }
    let with_population =
        format!("{} and resources.population.id eq \"x\" and action.type eq \"USER.CREATED\"", range(1, 0));
    assert_eq!(ask(&rig, &caller, &with_population, &[]).await.status_code(), 200);
    let words = ask(&rig, &caller, "recordedAt gt \"yesterday\" and recordedAt lt \"today\"", &[]).await;
    assert_eq!(api_refusal(&words), refused(400, "INVALID_DATA", "INVALID_VALUE"));
}

#[tokio::test]
async fn failures_are_among_them_in_upper_case() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    let month = all(&rig, &caller, &range(30, 0), &[("limit", "500")]).await;
    let of = |status: &str| month.iter().filter(|entry| entry["result"]["status"] == status).count();
    assert!(of("SUCCESS") > of("FAILED") && of("FAILED") > 20);
    assert_eq!(of("SUCCESS") + of("FAILED"), month.len());
}

#[tokio::test]
async fn one_entry_is_found_by_its_id_and_a_search_takes_its_filter_in_the_body() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    let page = list(&ask(&rig, &caller, &range(10, 0), &[("limit", "5")]).await.json(), "activities");
    assert_eq!(caller.read(&format!("/activities/{}", page[0]["id"].as_str().unwrap())).await, page[0]);
    let body = json!({ "filter": range(10, 0), "limit": 2, "offset": 3 });
    let post = rig
        .server
        .post(&rig.environment("/activities"))
        .add_header("authorization", format!("Bearer {}", caller.token));
    assert_eq!(list(&post.json(&body).await.json(), "activities"), page[3..5]);
}

#[tokio::test]
async fn the_ends_of_the_range_belong_to_it_only_when_they_are_asked_for() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    let days = all(&rig, &caller, &range(3, 0), &[("limit", "500")]).await;
    let (first, last) = (&times(&days)[4], &times(&days)[1]);
    for (from, to, expected) in [("ge", "le", 1..5), ("gt", "lt", 2..4), ("ge", "lt", 2..5), ("gt", "le", 1..4)] {
        let filter = format!("recordedAt {from} \"{first}\" and recordedAt {to} \"{last}\"");
        assert_eq!(ids(&all(&rig, &caller, &filter, &[]).await), ids(&days[expected]), "{from} {to}");
    }
    let narrower = format!("{} and recordedAt ge \"{first}\" and recordedAt le \"{last}\"", range(3, 0));
    assert_eq!(ids(&all(&rig, &caller, &narrower, &[]).await), ids(&days[1..5]));
}
