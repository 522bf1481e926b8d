//! What bob has, which nobody else may read, list or count.

use domain::api::sync::{BeginSync, NewSyncCopy, PushedItem, SyncPush};
use domain::api::tenants::{AddTenant, Tenants};
use domain::api::vault::{GetVaultHalf, MakeVaultHalf, NewHalf};
use domain::audit::{Report, Reports};
use domain::id::{HalfId, ReportId, SessionId, SyncCopyId, SyncItemId, SyncKeyId};
use domain::site::SiteId;
use domain::tenant::{AllowedSites, TenantForm};
use domain::time::Timestamp;
use wiremock::ResponseTemplate;

use super::*;
use crate::page::{ORIGIN, Page, org_key};
use crate::provider::token;

/// Names bob gave: his alone, besides that the audit log has them for those who read it.
pub(super) const NAMES: [&str; 3] = ["canary-tenant", "canary-site", "canary-label"];

/// Secrets bob used: in no answer to anybody else, in no log line, event or export.
pub(super) const SECRETS: [&str; 5] =
    ["canary-client-secret", "canary-access-token", "canary-gateway-token", "canary-keyring", "Y2FuYXJ5LWl0ZW0="];

/// What bob has, in a tenant he added beside his own.
pub(super) struct Bobs {
    pub(super) browser: Browser,
    pub(super) own: TenantId,
    pub(super) clinics: TenantId,
    pub(super) half: HalfId,
    pub(super) half_text: String,
    pub(super) session: SessionId,
    pub(super) copy: SyncCopyId,
    pub(super) key: SyncKeyId,
    /// The conversation of a visitor, which is nobody else's.
    pub(super) conversation: String,
}

pub(super) fn form(name: &str) -> TenantForm {
    let site = SiteId::parse("canary-site").unwrap();
    TenantForm { name: name.to_owned(), api: None, sites: AllowedSites::Only(vec![site]), default_site: None }
}

pub(super) fn push(copy: &SyncCopyId, key: &SyncKeyId) -> SyncPush {
    let id = SyncItemId::from_random(1);
    let sealed = "Y2FuYXJ5LWl0ZW0=".to_owned();
    let items = vec![PushedItem { id, replaces: 0, generation: 1, removed: false, sealed }];
    SyncPush { copy: copy.clone(), key: key.clone(), items }
}

pub(super) fn report(number: u128, tenant: &TenantId) -> Reports {
    let mut report = Report::new(ReportId::from_random(number), Timestamp::from_seconds(1), Action::TokenAdded);
    report.tenant = Some(tenant.clone());
    report.label = Label::of("canary-label");
    Reports { reports: vec![report] }
}

/// A scene in which bob has something of everything.
pub(super) async fn bobs(scene: &Scene) -> Bobs {
    let mut admin = scene.admin.clone();
    let mut browser = scene.rig.person(&mut admin, "bob", Role::User).await;
    let own = browser.ask(CurrentSession, ()).await.unwrap().tenant;
    let clinics = browser.ask(AddTenant, form("canary-tenant")).await.unwrap().id;
    let key = SyncKeyId::from_random(1);
    let new = NewSyncCopy { key: key.clone(), keyring: "canary-keyring".to_owned() };
    let copy = browser.ask(BeginSync { id: clinics.clone() }, new).await.unwrap().id;
    browser.ask(PushSync { id: clinics.clone() }, push(&copy, &key)).await.unwrap();
    let half = browser.ask(MakeVaultHalf, NewHalf { tenant: clinics.clone() }).await.unwrap();
    browser.ask(domain::api::audit::ReportEvents, report(1, &clinics)).await.unwrap();
    scene.answers(token("canary-access-token")).await;
    scene.obtain(&mut browser, "canary-client-secret", "a-key-of-bobs-0001").await.unwrap();
    scene.answers(ResponseTemplate::new(401)).await;
    let path = format!("/api/v1/gateway/{}/things", scene.provider);
    let headers = [
        (domain::api::gateway::TOKEN_HEADER, "canary-gateway-token"),
        (domain::api::gateway::SITE_HEADER, "canary-site"),
        (domain::api::gateway::TENANT_HEADER, clinics.as_str()),
    ];
    assert_eq!(browser.send("GET", &path, &headers, "").await.status.as_u16(), 401);
    let session = browser.ask(Sessions, ()).await.unwrap()[0].id.clone();
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let conversation = Page::booted(&scene.rig, &org).await.begin("a-random-key-000001").await.unwrap().id.to_string();
    let (half, half_text) = (half.id, half.half.expose().to_owned());
    Bobs { browser, own, clinics, half, half_text, session, copy, key, conversation }
}

/// What bob sees of his own: it stays as it is, whatever others try.
pub(super) async fn what_bob_sees(bobs: &mut Bobs) -> Vec<String> {
    let mut seen = vec![
        serde_json::to_string(&bobs.browser.ask(Tenants, ()).await.unwrap()).unwrap(),
        bobs.browser.get(&format!("/api/v1/sync/{}", bobs.clinics)).await.body,
        bobs.browser.get(&format!("/api/v1/sync/{}", bobs.own)).await.body,
        bobs.browser.ask(Sessions, ()).await.unwrap().len().to_string(),
    ];
    let half = bobs.browser.ask(GetVaultHalf { id: bobs.half.clone() }, ()).await.unwrap();
    seen.push(half.half.expose().to_owned());
    seen
}
