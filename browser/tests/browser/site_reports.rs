//! What is done with site tokens in a browser reaches the audit log: who did it the server knows, what and where stands here.

use domain::id::ProviderId;
use domain::secret::Secret;
use domain::site::{Chosen, Draft, SiteCommand};
use gloo_timers::future::TimeoutFuture;
use serde_json::Value;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{fresh_tenant, indexed_db_dump};
use crate::sites::{Tab, draft, jwt, serving};
use crate::worker_reports::reported;

#[wasm_bindgen_test]
async fn every_deed_with_a_site_token_is_reported_once_with_its_place_and_without_its_text() {
    let (server, tenant) = (serving(""), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    let (old, new) = (jwt("canary-old", 300), jwt("canary-new", 300));
    let id = tab.add("ses_a", &old, false).await.unwrap();
    let ids = vec![id.clone()];
    let chosen = Chosen::Token(id.clone());
    tab.ask(|done| SiteCommand::Test { chosen, done }).await.unwrap();
    tab.reveal(&id).await;
    tab.rotate(&id, &new).await.unwrap();
    let changed = Draft { name: "Clinic".to_owned(), ..draft("ses_a", &Secret::new("")) };
    tab.ask(|done| SiteCommand::Edit { id: id.clone(), draft: changed, test: false, done }).await.unwrap();
    tab.ask(|done| SiteCommand::Remove { ids, done }).await.unwrap();
    let wanted = [
        "token:added",
        "token:deleted",
        "token:rotated",
        "token:shown",
        "token:updated",
        "token:validated",
        "token:validated",
    ];
    let reports = reported(&server, &tenant, wanted.len()).await;
    let mut actions: Vec<_> = reports.iter().map(|report| report["action"].as_str().unwrap()).collect();
    actions.sort_unstable();
    assert_eq!(actions, wanted);
    for report in &reports {
        assert_eq!((&report["site"], &report["provider"]), (&"ses_a".into(), &"ace".into()));
        let text = report.to_string();
        assert!(!text.contains(old.expose()) && !text.contains(new.expose()), "{text}");
    }
}

#[wasm_bindgen_test]
async fn what_was_tried_and_not_done_is_reported_with_its_reason_and_a_form_filled_in_wrongly_is_not() {
    let api = "if (path.endsWith('/refresh')) return [500, {}, upstream];
        if (who === 'canary-bad') return [401, {}, upstream];";
    let (server, tenant) = (serving(api), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    let (good, bad) = (jwt("canary-good", 300), jwt("canary-bad", 300));
    let id = tab.add("ses_a", &good, false).await.unwrap();
    tab.add("ses_b", &bad, true).await.unwrap_err();
    tab.rotate(&id, &bad).await.unwrap_err();
    let (provider, site, token) = (ProviderId::new("ace"), "ses_c".to_owned(), bad.clone());
    tab.ask(|done| SiteCommand::TestDraft { provider, site, token, done }).await.unwrap();
    tab.ask(|done| SiteCommand::Refresh { id: id.clone(), done }).await.unwrap_err();
    tab.add("ses_d", &Secret::new("too short"), true).await.unwrap_err();
    let reports = reported(&server, &tenant, 7).await;
    let said = |report: &Value| {
        let text = |name: &str| report[name].as_str().unwrap_or_default().to_owned();
        [text("action"), text("site"), text("outcome"), text("reason")].join(" ")
    };
    let said: Vec<String> = reports.iter().map(said).collect();
    let expected = [
        "token:added ses_a done ",
        "token:validated ses_b failed test_rejected",
        "token:added ses_b failed test_rejected",
        "token:validated ses_a failed test_rejected",
        "token:rotated ses_a failed test_rejected",
        "token:validated ses_c failed test_rejected",
    ];
    assert_eq!(said[..expected.len()], expected);
    assert!(said.len() == 7 && said[6].starts_with("token:refreshed ses_a failed upstream"), "{said:?}");
    for report in &reports {
        let text = report.to_string();
        assert!(!text.contains(good.expose()) && !text.contains(bad.expose()), "{text}");
    }
}

#[wasm_bindgen_test]
async fn a_deed_told_to_no_server_is_kept_sealed_and_told_by_the_next_tab() {
    for status in [503, 401] {
        let (server, tenant) = (serving(""), fresh_tenant());
        server.answers_reports_with(status);
        let tab = Tab::open(&tenant).await;
        tab.add("canary_site", &jwt("canary-kept", 300), false).await.unwrap();
        let kept = async || indexed_db_dump(&tenant).await.matches("settings/reports/").count();
        let is_refused = || server.refused_reports().iter().any(|report| report["tenant"] == tenant.as_str());
        for _ in 0..300 {
            if is_refused() {
                break;
            }
            TimeoutFuture::new(10).await;
        }
        assert!(is_refused(), "this tab has told it in vain, and does not try again for half a minute");
        assert_eq!(kept().await, 1, "it is kept while the server answers {status}");
        let dump = indexed_db_dump(&tenant).await;
        assert!(!dump.contains("canary"), "sealed like all else");
        drop(tab);
        let next = Tab::open(&tenant).await;
        server.answers_reports_with(200);
        let reports = reported(&server, &tenant, 1).await;
        assert_eq!((&reports[0]["action"], &reports[0]["site"]), (&"token:added".into(), &"canary_site".into()));
        for _ in 0..300 {
            if kept().await == 0 {
                break;
            }
            TimeoutFuture::new(10).await;
        }
        assert_eq!(kept().await, 0, "what was taken is erased");
        drop(next);
    }
}
