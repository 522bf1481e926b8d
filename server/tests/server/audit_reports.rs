//! What browsers report, what admins and auditors read of it, and what raises an alert.

use std::collections::BTreeSet;
use std::net::IpAddr;

use domain::api::account::{CurrentSession, Role};
use domain::api::audit::{AcknowledgeAlert, Alerts, AuditEvents, EXPORT_CSV, EXPORT_JSON, EventPage, ReportEvents};
use domain::api::gateway::{SITE_HEADER, TOKEN_HEADER};
use domain::api::{Code, Endpoint, REQUEST_HEADER};
use domain::audit::suspicion::{Rule, Watched};
use domain::audit::{Action, Filter, Label, MOST_REPORTS, Outcome, Report, Reports, Source};
use domain::id::{AlertId, ReportId};
use domain::site::SiteId;
use domain::time::{Span, Timestamp};
use server::digest::Digest;
use server::store::TokenUse;
use wiremock::ResponseTemplate;

use crate::audit_log::recorded;
use crate::provider::{Scene, refusal};
use crate::rig::{Answer, Browser, Rig, code};

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpZGVudGl0eSI6ImEifQ.c2lnbmF0dXJl";

fn told(id: u128, action: Action) -> Report {
    let mut report = Report::new(ReportId::from_random(id), Timestamp::from_seconds(1_799_999_990), action);
    report.site = SiteId::parse("ses_omaha_clinic").ok();
    report.label = Label::of("SES Omaha Clinic");
    report
}

fn batch(reports: &[Report]) -> Reports {
    Reports { reports: reports.to_vec() }
}

async fn send(browser: &mut Browser, body: &str) -> Answer {
    let headers = [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    browser.send("POST", ReportEvents::TEMPLATE, &headers, body).await
}

async fn page(browser: &mut Browser, query: &str) -> EventPage {
    let answer = browser.get(&format!("{}{query}", AuditEvents::TEMPLATE)).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn a_report_becomes_an_event_of_whoever_is_signed_in_and_repeats_do_not() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    let reports = batch(&[told(1, Action::TokenAdded), told(2, Action::TokenRotated)]);
    assert_eq!(bob.ask(ReportEvents, reports.clone()).await.unwrap().taken, 2);
    assert_eq!(bob.ask(ReportEvents, reports.clone()).await.unwrap().taken, 0);
    let events = recorded(&rig).await;
    let entry = &events[events.len() - 2].entry;
    let session = bob.ask(CurrentSession, ()).await.unwrap();
    assert_eq!((entry.action, entry.source, entry.at), (Action::TokenAdded, Source::Browser, rig.state.clock.now()));
    assert_eq!(entry.happened_at, Some(Timestamp::from_seconds(1_799_999_990)));
    assert_eq!((entry.user.as_ref(), entry.tenant.as_ref()), (Some(&session.user), Some(&session.tenant)));
    assert_eq!((entry.address.as_str(), entry.request.is_some()), ("192.0.2.1", true));
    // The same numbers from another person's browser are other reports.
    assert_eq!(admin.ask(ReportEvents, reports).await.unwrap().taken, 2);
}

#[tokio::test]
async fn a_report_with_a_token_or_an_unknown_field_leaves_nothing_behind() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let before = recorded(&rig).await.len();
    let fine = serde_json::to_string(&batch(&[told(1, Action::TokenAdded)])).unwrap();
    let plain = r#""site":"ses_omaha_clinic""#;
    for body in [
        fine.replace("ses_omaha_clinic", JWT),
        fine.replace("SES Omaha Clinic", &format!("Omaha {JWT}")),
        fine.replace(plain, &format!(r#"{plain},"token":"{JWT}""#)),
        fine.replace(plain, &format!(r#"{plain},"details":"x""#)),
        fine.replace(plain, &format!(r#"{plain},"reason":"{JWT}""#)),
        fine.replace(plain, &format!(r#"{plain},"connection":"{JWT}""#)),
        fine.replace(plain, &format!(r#"{plain},"user":"somebody-else""#)),
        fine.replace("token:added", "session:opened"),
        fine.replace("token:added", "token:invented"),
        r#"{"reports":[]}"#.to_owned(),
        serde_json::to_string(&batch(
            &(0..=MOST_REPORTS as u128).map(|id| told(id, Action::TokenAdded)).collect::<Vec<_>>(),
        ))
        .unwrap(),
    ] {
        let answer = send(&mut admin, &body).await;
        assert!(answer.status.is_client_error(), "{body}");
        assert!(!answer.body.contains("eyJ"), "{}", answer.body);
    }
    assert_eq!(recorded(&rig).await.len(), before);
    assert!(send(&mut admin, &fine).await.status.is_success());
}

#[tokio::test]
async fn a_report_about_another_persons_tenant_is_refused_and_that_is_recorded() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    let foreign = admin.ask(CurrentSession, ()).await.unwrap().tenant;
    let report = Report { tenant: Some(foreign.clone()), ..told(1, Action::TokenAdded) };
    assert_eq!(code(bob.ask(ReportEvents, batch(&[report])).await), Some(Code::TenantUnknown));
    let entry = recorded(&rig).await.pop().unwrap().entry;
    assert_eq!((entry.action, entry.username.as_deref()), (Action::Refused, Some("bob")));
    assert!(recorded(&rig).await.iter().all(|event| event.entry.action != Action::TokenAdded));
}

#[tokio::test]
async fn reports_have_a_pace() {
    let rig = Rig::with(|settings| settings.limits.audit_reports = 2).await;
    let mut admin = rig.admin().await;
    for id in 0..2 {
        admin.ask(ReportEvents, batch(&[told(id, Action::TokenAdded)])).await.unwrap();
    }
    let third = admin.ask(ReportEvents, batch(&[told(3, Action::TokenAdded)])).await;
    assert_eq!(code(third), Some(Code::TooManyRequests));
}

#[tokio::test]
async fn five_thousand_tokens_of_one_file_are_as_many_events_each_with_its_site_though_some_came_twice() {
    const COUNT: usize = 5_000;
    let rig = Rig::with(|settings| settings.limits.audit_reports = 0).await;
    let mut admin = rig.admin().await;
    let before = recorded(&rig).await.len();
    let reports: Vec<Report> = (0..COUNT)
        .map(|index| Report {
            site: SiteId::parse(&format!("ses_{index}")).ok(),
            ..told(index as u128, Action::TokenImported)
        })
        .collect();
    for (index, some) in reports.chunks(MOST_REPORTS).enumerate() {
        let taken = admin.ask(ReportEvents, batch(some)).await.unwrap().taken;
        assert_eq!(taken as usize, MOST_REPORTS);
        // Its answer was lost on the way.
        if index % 10 == 0 {
            assert_eq!(admin.ask(ReportEvents, batch(some)).await.unwrap().taken, 0);
        }
    }
    let events = recorded(&rig).await;
    assert_eq!(events.len(), before + COUNT);
    let sites: BTreeSet<&SiteId> = events[before..].iter().filter_map(|event| event.entry.site.as_ref()).collect();
    assert_eq!(sites.len(), COUNT);
    assert!(events.windows(2).all(|two| two[1].seq == two[0].seq + 1));
    assert_eq!(page(&mut admin, "?action=token:imported&limit=200").await.total, COUNT as u64);
    // One that is told again, among new ones, is known again.
    let mut last = vec![reports[0].clone(), told(u128::MAX, Action::TokenDeleted)];
    last.push(last[1].clone());
    assert_eq!(admin.ask(ReportEvents, batch(&last)).await.unwrap().taken, 1);
}

#[tokio::test]
async fn auditors_search_and_page_and_users_do_not() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    let mut auditor = rig.person(&mut admin, "carol", Role::Auditor).await;
    for id in 0..7 {
        bob.ask(ReportEvents, batch(&[told(id, Action::TokenAdded)])).await.unwrap();
    }
    let first = page(&mut auditor, "?action=token:added&limit=3").await;
    assert_eq!((first.events.len(), first.total), (3, 7));
    let second = page(&mut auditor, &format!("?action=token:added&limit=3&before={}", first.older.unwrap())).await;
    let third = page(&mut auditor, &format!("?action=token:added&limit=3&before={}", second.older.unwrap())).await;
    assert_eq!((second.events.len(), third.events.len(), third.older), (3, 1, None));
    let mut seen: Vec<_> =
        [&first, &second, &third].into_iter().flat_map(|page| &page.events).map(|one| one.seq).collect();
    assert!(seen.is_sorted_by(|one, two| one > two), "the newest first");
    seen.dedup();
    assert_eq!((seen.len(), first.chain.last, first.chain.first), (7, first.events[0].seq, 1));
    assert_eq!(page(&mut auditor, "?text=OMAHA&outcome=done").await.total, 7);
    assert_eq!(page(&mut auditor, "?site=lincoln").await.total, 0);
    let wrong = auditor.get(&format!("{}?group=nonsense", AuditEvents::TEMPLATE)).await;
    assert_eq!(wrong.problem().errors[0].field, "group");
    assert_eq!(code(bob.ask(AuditEvents, ()).await), Some(Code::NotAllowed));
}

#[tokio::test]
async fn an_export_has_every_event_that_fits_and_is_recorded_itself() {
    let rig = Rig::with(|settings| settings.limits.audit_reports = 0).await;
    let mut admin = rig.admin().await;
    let mut auditor = rig.person(&mut admin, "carol", Role::Auditor).await;
    for start in 0..24_u128 {
        let reports: Vec<_> = (0..50).map(|id| told(start * 50 + id, Action::TokenAdded)).collect();
        admin.ask(ReportEvents, batch(&reports)).await.unwrap();
    }
    let csv = auditor.get(&format!("{EXPORT_CSV}?action=token:added")).await;
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"audit-log-2027-01-15.csv\"");
    let lines: Vec<_> = csv.body.split_terminator("\r\n").collect();
    assert_eq!((lines.len(), lines[0].starts_with("seq,at,")), (1_201, true));
    let json = auditor.get(&format!("{EXPORT_JSON}?action=token:added")).await;
    let seqs: Vec<u64> = json
        .body
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert!(seqs.len() == 1_200 && seqs.is_sorted_by(|one, two| one > two));
    let filter = Filter { action: Some(Action::AuditExported), ..Filter::default() };
    let exports = rig.state.store.events(&filter, None, 9).await.unwrap();
    let names: Vec<_> = exports
        .iter()
        .map(|event| (event.entry.username.clone().unwrap(), event.entry.label.clone().unwrap().to_string()))
        .collect();
    assert_eq!(names, [("carol".to_owned(), "jsonl".to_owned()), ("carol".to_owned(), "csv".to_owned())]);
}

#[tokio::test]
async fn a_spreadsheet_runs_nothing_of_an_export() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let report = Report { label: Label::of("=cmd|' /C calc'!A0"), ..told(1, Action::TokenAdded) };
    admin.ask(ReportEvents, batch(&[report])).await.unwrap();
    let csv = admin.get(&format!("{EXPORT_CSV}?action=token:added")).await;
    assert!(csv.body.contains(",'=cmd|' /C calc'!A0,"), "{}", csv.body);
}

/// Asks for a token that the provider refuses, so many times.
async fn fail(scene: &Scene, browser: &mut Browser, times: usize) {
    for _ in 0..times {
        scene.obtain(browser, "wrong", &format!("{}", rand_key())).await.unwrap_err();
    }
}

fn rand_key() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[tokio::test]
async fn the_eleventh_failure_in_five_minutes_raises_one_alert_that_an_admin_acknowledges() {
    let scene = Scene::new().await;
    let (rig, mut admin) = (&scene.rig, scene.admin.clone());
    let mut bob = rig.person(&mut admin, "bob", Role::User).await;
    scene.answers(refusal()).await;
    fail(&scene, &mut bob, 10).await;
    fail(&scene, &mut admin, 3).await;
    assert!(admin.ask(Alerts, ()).await.unwrap().is_empty(), "ten are not more than ten, and each person counts alone");
    fail(&scene, &mut bob, 1).await;
    let [alert] = &admin.ask(Alerts, ()).await.unwrap()[..] else { panic!("there is one alert") };
    assert_eq!((alert.rule, alert.count, alert.username.as_deref()), (Rule::Failures, 11, Some("bob")));
    assert_eq!(
        (&alert.watched.provider, &alert.addresses[..]),
        (&Some(scene.provider.clone()), &["192.0.2.1".to_owned()][..])
    );
    assert_eq!(recorded(rig).await.pop().unwrap().entry.action, Action::AlertRaised);
    fail(&scene, &mut bob, 2).await;
    let grown = admin.ask(Alerts, ()).await.unwrap();
    assert_eq!((grown.len(), grown[0].count), (1, 13));
    let seen = admin.ask(AcknowledgeAlert { id: alert.id.clone() }, ()).await.unwrap();
    assert_eq!(seen.acknowledged_by.as_deref(), Some("ada"));
    let entry = recorded(rig).await.pop().unwrap().entry;
    assert_eq!((entry.action, entry.subject.as_deref()), (Action::AlertAcknowledged, Some(alert.id.as_str())));
    fail(&scene, &mut bob, 1).await;
    assert_eq!(admin.ask(Alerts, ()).await.unwrap().len(), 1, "none anew just after it was acknowledged");
    rig.wait(Span::from_seconds(301));
    fail(&scene, &mut bob, 11).await;
    let both = admin.ask(Alerts, ()).await.unwrap();
    assert_eq!((both.len(), both[0].acknowledged_at), (2, None), "open ones stand first");
    assert_eq!(rig.state.store.open_alerts().await.unwrap(), 1);
    assert_eq!(code(admin.ask(AcknowledgeAlert { id: AlertId::new("nothing") }, ()).await), Some(Code::NotFound));
}

#[tokio::test]
async fn failures_further_apart_than_five_minutes_raise_nothing() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(refusal()).await;
    fail(&scene, &mut admin, 6).await;
    scene.rig.wait(Span::from_seconds(300));
    fail(&scene, &mut admin, 6).await;
    assert!(admin.ask(Alerts, ()).await.unwrap().is_empty());
}

#[tokio::test]
async fn failures_a_browser_reports_raise_no_alert_because_the_gateway_counted_the_same_calls() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let failed = |id: u128| Report { outcome: Outcome::Refused, ..told(id, Action::TokenValidated) };
    let all: Vec<_> = (0..20).map(failed).collect();
    assert_eq!(admin.ask(ReportEvents, batch(&all)).await.unwrap().taken, 20);
    assert!(admin.ask(Alerts, ()).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_token_from_a_third_address_within_five_minutes_raises_an_alert() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let used = async |token: &str, address: &str| {
        let watched = Watched { site: SiteId::parse("omaha").ok(), ..Watched::default() };
        let (token, address) = (Digest::of_text(token), address.to_owned());
        let at = rig.state.clock.now();
        let used = TokenUse { token, watched, username: "ada".to_owned(), address, at };
        rig.state.store.note_token_use(&used).await.unwrap();
    };
    for (token, address) in [("a", "192.0.2.1"), ("a", "192.0.2.2"), ("a", "192.0.2.1"), ("b", "192.0.2.3")] {
        used(token, address).await;
    }
    rig.wait(Span::from_seconds(300));
    used("a", "192.0.2.3").await;
    assert!(admin.ask(Alerts, ()).await.unwrap().is_empty(), "the first two were five minutes ago");
    used("a", "192.0.2.4").await;
    used("a", "192.0.2.1").await;
    let alerts = admin.ask(Alerts, ()).await.unwrap();
    assert_eq!((alerts.len(), alerts[0].rule, alerts[0].count), (1, Rule::Addresses, 3));
    assert_eq!(alerts[0].addresses, ["192.0.2.1", "192.0.2.3", "192.0.2.4"]);
}

/// Calls the provider's API with a token, for a site.
async fn call(scene: &Scene, browser: &mut Browser, token: &str) -> Answer {
    let path = format!("/api/v1/gateway/{}/things", scene.provider);
    browser.send("GET", &path, &[(TOKEN_HEADER, token), (SITE_HEADER, "omaha")], "").await
}

#[tokio::test]
async fn a_token_an_api_refuses_is_recorded_and_the_eleventh_raises_an_alert() {
    let scene = Scene::new().await;
    let (rig, mut admin) = (&scene.rig, scene.admin.clone());
    scene.answers(ResponseTemplate::new(200)).await;
    let before = recorded(rig).await.len();
    call(&scene, &mut admin, "good").await;
    assert_eq!(recorded(rig).await.len(), before, "calls that work are no events");
    scene.answers(ResponseTemplate::new(401)).await;
    for _ in 0..11 {
        assert_eq!(call(&scene, &mut admin, "canary-token").await.status.as_u16(), 401);
    }
    let events = recorded(rig).await;
    let entry = &events[before].entry;
    assert_eq!((entry.action, entry.reason.as_ref().unwrap().as_str()), (Action::TokenFailed, "http_401"));
    assert_eq!((entry.site.as_ref().unwrap().as_str(), entry.provider.as_ref()), ("omaha", Some(&scene.provider)));
    let alerts = admin.ask(Alerts, ()).await.unwrap();
    assert_eq!((alerts.len(), alerts[0].rule, alerts[0].count), (1, Rule::Failures, 11));
}

#[tokio::test]
async fn calls_that_fail_for_another_reason_than_their_token_raise_no_alert() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    let before = recorded(&scene.rig).await.len();
    for status in [404, 429, 500, 503] {
        scene.answers(ResponseTemplate::new(status)).await;
        for _ in 0..11 {
            assert!(!call(&scene, &mut admin, "good").await.status.is_success(), "{status}");
        }
    }
    assert_eq!(recorded(&scene.rig).await.len(), before, "an API that is away says nothing of the token");
    assert!(admin.ask(Alerts, ()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_that_calls_from_three_addresses_raises_an_alert() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(ResponseTemplate::new(200)).await;
    for (token, last) in [("one", 1), ("two", 2), ("two", 3), ("one", 1), ("one", 4)] {
        let address = IpAddr::from([198, 51, 100, last]);
        let mut there = Browser { address, ..admin.clone() };
        assert!(call(&scene, &mut there, token).await.status.is_success());
    }
    assert!(admin.ask(Alerts, ()).await.unwrap().is_empty());
    let mut there = Browser { address: IpAddr::from([198, 51, 100, 5]), ..admin.clone() };
    call(&scene, &mut there, "one").await;
    let alerts = admin.ask(Alerts, ()).await.unwrap();
    assert_eq!((alerts.len(), alerts[0].rule, alerts[0].addresses.len()), (1, Rule::Addresses, 3));
    assert_eq!(alerts[0].watched.site.as_ref().unwrap().as_str(), "omaha");
}
