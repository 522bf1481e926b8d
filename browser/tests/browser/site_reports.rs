//! What is done with site tokens in a browser reaches the audit log: who did it the server knows, what and where stands here.

use domain::secret::Secret;
use domain::site::{Chosen, Draft, SiteCommand};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::fresh_tenant;
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
    let wanted = ["token:added", "token:deleted", "token:rotated", "token:shown", "token:updated", "token:validated"];
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
