//! The API of the sites, as ACE's is called.

use axum_test::TestResponse;
use domain::api::providers::{NewSandboxSiteToken, SandboxSiteToken};
use domain::site::{Claims, SiteId};
use serde_json::{Value, json};

use crate::rig::{Rig, START};

fn wish(site: &str, lifetime_seconds: u32) -> NewSandboxSiteToken {
    NewSandboxSiteToken { site: SiteId::parse(site).unwrap(), lifetime_seconds }
}

fn made(rig: &Rig, site: &str) -> SandboxSiteToken {
    rig.sandbox.add_site_token(&wish(site, 3_600)).unwrap()
}

async fn get(rig: &Rig, token: &SandboxSiteToken, path: &str) -> TestResponse {
    let bearer = format!("Bearer {}", token.token.expose());
    rig.server.get(&format!("/ace/api/{path}")).add_header("authorization", bearer).await
}

async fn read(rig: &Rig, token: &SandboxSiteToken, path: &str) -> Value {
    let response = get(rig, token, path).await;
    assert_eq!(response.status_code(), 200, "{path}: {}", response.text());
    response.json()
}

async fn refused(rig: &Rig, token: &SandboxSiteToken, path: &str) -> (u16, String) {
    let response = get(rig, token, path).await;
    let body: Value = response.json();
    (response.status_code().as_u16(), body["message"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_token_says_whose_it_is_and_reaches_one_site() {
    let rig = Rig::new();
    let token = made(&rig, "ses_falls_city");
    let claims = Claims::of(&token.token);
    assert_eq!(claims.identity.as_deref(), Some("ses_0001_ses_falls_city"));
    assert_eq!((claims.expires_at, claims.issued_at), (Some(token.expires_at), claims.not_before));
    let sites = read(&rig, &token, "sites/?page=1&per_page=2").await;
    assert_eq!(
        (&sites["total"], &sites["pages"], &sites["items"][0]["name"]),
        (&json!(1), &json!(1), &json!("ses_falls_city"))
    );
    assert_eq!(sites["items"][0]["nice_name"], token.name.as_str());
    assert_eq!(read(&rig, &token, "sites/ses_falls_city").await, sites["items"][0]);
    assert_eq!(refused(&rig, &token, "sites/ses_omaha").await.0, 403);
    assert_eq!(refused(&rig, &token, "sites/nowhere").await, (404, "Not found".to_owned()));
    let elsewhere = made(&rig, "somewhere-else.7");
    assert_eq!(read(&rig, &elsewhere, "sites/somewhere-else.7").await["nice_name"], "Site somewhere-else.7");
}

#[tokio::test]
async fn points_are_read_page_by_page_and_only_in_the_sizes_there_are() {
    let rig = Rig::new();
    let token = made(&rig, "309");
    let mut names = Vec::new();
    for page in 1..=3 {
        let body = read(&rig, &token, &format!("sites/309/points?page={page}&per_page=50")).await;
        names.extend(body["items"].as_array().unwrap().iter().map(|point| point["name"].as_str().unwrap().to_owned()));
    }
    assert_eq!((names.len(), names[0].as_str()), (120, "paper_mill/309/unit-01/supply_air_temperature"));
    let configured = read(&rig, &token, "sites/309/configured_points?per_page=100").await;
    assert!(configured["items"].as_array().unwrap().iter().all(|point| point["collect_enabled"] == true));
    for path in ["sites/309/points?per_page=7", "sites/309/points?page=0", "sites/309/configured_points?per_page=500"] {
        assert_eq!(refused(&rig, &token, path).await.0, 400, "{path}");
    }
}

#[tokio::test]
async fn samples_go_on_from_cursor_to_cursor_until_there_are_no_more() {
    let rig = Rig::new();
    let token = made(&rig, "309");
    // An hour has twelve samples of each of 120 points.
    let span = "start_time=2027-01-15T06:00:00Z&end_time=2027-01-15T07:00:00Z";
    let (mut cursor, mut count, mut pages) = (String::new(), 0, 0);
    loop {
        let path = format!("sites/309/timeseries/paginated?{span}&page_size=500&raw_data=true&cursor={cursor}");
        let body = read(&rig, &token, &path).await;
        count += body["point_samples"].as_array().unwrap().len();
        pages += 1;
        if body["has_more"] == false {
            break;
        }
        cursor = body["next_cursor"].as_str().unwrap().to_owned();
    }
    assert_eq!((count, pages), (1_440, 3));
    let first = read(&rig, &token, &format!("sites/309/timeseries/paginated?{span}&page_size=3")).await;
    assert_eq!(first["point_samples"][0]["time"], "2027-01-15T06:00:00.000Z");
    assert!(first["point_samples"][0]["value"].is_string());
    let before = "start_time=2001-01-01T00:00:00Z&end_time=2001-01-02T00:00:00Z";
    assert_eq!(
        refused(&rig, &token, &format!("sites/309/timeseries/paginated?{before}")).await,
        (404, "No data found".to_owned())
    );
    for bad in
        ["", "?start_time=soon&end_time=2027-01-01", &format!("?{span}&page_size=7"), &format!("?{span}&cursor=x")]
    {
        assert_eq!(refused(&rig, &token, &format!("sites/309/timeseries/paginated{bad}")).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn the_samples_of_one_point_are_found_by_its_name_with_slashes() {
    let rig = Rig::new();
    let token = made(&rig, "309");
    let span = "start_time=2027-01-15T06:00:00Z&end_time=2027-01-15T07:00:00Z";
    let name = "paper_mill/309/unit-02/power";
    let one = read(&rig, &token, &format!("points/{name}/timeseries?{span}")).await;
    assert_eq!(one["point_samples"].as_array().unwrap().len(), 12);
    assert_eq!(refused(&rig, &token, &format!("points/paper_mill/309/unit-99/power/timeseries?{span}")).await.0, 404);
    let bearer = format!("Bearer {}", token.token.expose());
    let path = format!("/ace/api/points/get_timeseries?{span}");
    let ask =
        |points: Value| rig.server.post(&path).add_header("authorization", &bearer).json(&json!({ "points": points }));
    let several: Value = ask(json!([name, "paper_mill/309/unit-01/power"])).await.json();
    assert_eq!(several["point_samples"].as_array().unwrap().len(), 24);
    assert_eq!(ask(json!(["nobody"])).await.status_code(), 404);
    assert_eq!(ask(json!([])).await.status_code(), 400);
}

#[tokio::test]
async fn a_token_that_is_missing_doubled_expired_revoked_or_for_workers_is_refused_alike() {
    let rig = Rig::new();
    let token = made(&rig, "309");
    let (text, bearer) = (token.token.expose(), format!("Bearer {}", token.token.expose()));
    let list = || rig.server.get("/ace/api/sites/");
    assert_eq!(list().add_header("x-ace-token", text).await.status_code(), 200);
    let error = json!({ "message": "Error" });
    let worker = rig.caller().await;
    for request in [
        list(),
        list().add_header("authorization", text),
        list().add_header("authorization", &bearer).add_header("x-ace-token", text),
        list().add_header("x-ace-token", &worker.token),
        list().add_header("x-ace-token", format!("{text}x")),
    ] {
        let response = request.await;
        assert_eq!((response.status_code().as_u16(), response.json::<Value>()), (401, error.clone()));
    }
    let management = rig.server.get("/v1/environments").add_header("authorization", &bearer).await;
    assert_eq!(management.status_code(), 401);
    let revoked = made(&rig, "309");
    assert!(rig.sandbox.revoke_site_token(&revoked.token) && !rig.sandbox.revoke_site_token(&revoked.token));
    assert_eq!(refused(&rig, &revoked, "sites/").await.0, 401);
    rig.advance(3_600);
    assert_eq!(refused(&rig, &token, "sites/").await, (401, "Error".to_owned()));
}

#[tokio::test]
async fn a_token_is_exchanged_for_a_newer_one_while_that_is_switched_on() {
    let rig = Rig::new();
    let old = made(&rig, "309");
    rig.advance(1_800);
    let refresh =
        async || rig.server.post("/ace/api/token/refresh").add_header("x-ace-token", old.token.expose()).await;
    let newer: Value = refresh().await.json();
    let claims = Claims::of(&newer["token"].as_str().unwrap().to_owned().into());
    assert_eq!(claims.expires_at.unwrap().millis(), (START + 1_800 + 3_600) * 1_000);
    assert_eq!(read(&rig, &old, "sites/").await["total"], 1);
    rig.sandbox.set_site_refresh(false);
    assert_eq!(refresh().await.status_code(), 404);
}

#[tokio::test]
async fn faults_strike_one_site_and_leave_the_others_alone() {
    let rig = Rig::new();
    let (one, other) = (made(&rig, "309"), made(&rig, "ses_omaha"));
    for (fault, status) in [("unauthorized", 401), ("forbidden", 403), ("failing", 500)] {
        let plan = json!({ "fault": { "type": fault }, "at": "sites", "client_id": "309" });
        rig.sandbox.set_fault(serde_json::from_value(plan).unwrap());
        assert_eq!(get(&rig, &one, "sites/").await.status_code(), status, "{fault}");
        assert_eq!(get(&rig, &other, "sites/").await.status_code(), 200, "{fault}");
    }
}

#[tokio::test]
async fn tokens_are_made_and_ended_by_the_control_routes() {
    let rig = Rig::new();
    let host = ("host", "127.0.0.1:7430");
    let post = |path: &str, body: Value| rig.server.post(path).json(&body).add_header(host.0, host.1);
    let response = post("/control/site-tokens", json!({ "site": "309" })).await;
    assert_eq!(response.status_code(), 201);
    let token: SandboxSiteToken = response.json();
    assert_eq!(token.expires_at.millis(), (START + 31_536_000) * 1_000);
    assert_eq!(read(&rig, &token, "sites/").await["total"], 1);
    let end = json!({ "token": token.token.expose() });
    assert_eq!(post("/control/site-tokens/revoked", end.clone()).await.status_code(), 204);
    assert_eq!(post("/control/site-tokens/revoked", end).await.status_code(), 404);
    assert_eq!(post("/control/site-tokens", json!({ "site": "309", "lifetime_seconds": 0 })).await.status_code(), 400);
    let off = rig.server.put("/control/site-tokens/refresh").json(&json!({ "works": false }));
    assert_eq!(off.add_header(host.0, host.1).await.status_code(), 204);
}
