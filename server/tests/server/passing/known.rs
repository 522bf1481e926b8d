//! What was read a moment ago is not read again, and whoever was signed out is refused all the same, at once.

use std::sync::Arc;

use domain::api::Code;
use domain::api::account::{
    ChangePassword, CurrentSession, EndSession, PasswordChange, Role, SignOut, SignOutEverywhere,
};
use domain::api::gateway::TENANT_HEADER;
use domain::api::providers::RemoveProvider;
use domain::api::tenants::{AddTenant, RemoveTenant};
use domain::api::users::{ChangeUser, UserChange};
use domain::secret::Secret;
use domain::tenant::{AllowedSites, TenantForm};
use futures::StreamExt;
use sea_orm::ConnectionTrait;
use server::known::Known;

use super::hostile::raw;
use super::*;
use crate::rig::PASSWORD;

/// The same server, which takes what it read for good for an hour: only a write has it read again.
fn trusting(mut stage: Stage) -> Stage {
    let hour = std::time::Duration::from_secs(3_600);
    stage.rig = stage.rig.change(|state| state.known = Arc::new(Known::lasting(state.store.epoch().clone(), hour)));
    stage.admin.router = stage.rig.router.clone();
    stage
}

/// A server with an API, its admin, and a second person, of whom all was read just now.
async fn stage() -> (Stage, Browser, MockServer) {
    let api = api(json("{}")).await;
    let mut stage = trusting(Stage::at(&api.uri(), GatewayRules::default()).await);
    let mut admin = stage.admin.clone();
    stage.admin = stage.rig.person(&mut admin, "bob", Role::User).await;
    assert_eq!(stage.get("sites/").await.status.as_u16(), 200);
    (stage, admin, api)
}

/// Writes into the database past the server.
async fn behind_its_back(stage: &Stage, statement: &str) {
    let file = stage.rig.state.settings.data.join("tokenkeep.db");
    let connection = sea_orm::Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    connection.execute_unprepared(statement).await.unwrap();
}

#[tokio::test]
async fn calls_in_a_row_read_session_provider_and_tenant_once() {
    let (mut stage, _admin, api) = stage().await;
    behind_its_back(&stage, "DELETE FROM sessions; DELETE FROM providers").await;
    assert_eq!(stage.get("sites/").await.status.as_u16(), 200, "it was read a moment ago");
    assert_eq!(received(&api).await.len(), 2);
    drop(stage.rig.state.store.epoch().moves_on());
    assert_eq!(stage.get("sites/").await.problem().code, Code::NotSignedIn);
}

#[tokio::test]
async fn whoever_was_signed_out_in_any_way_is_refused_with_the_next_call() {
    let (mut stage, _admin, api) = stage().await;
    let form = || PasswordChange { current: Secret::new(PASSWORD), new: Secret::new(PASSWORD) };
    for way in ["sign out", "elsewhere", "everywhere", "password", "again"] {
        let mut other = stage.rig.browser();
        other.sign_in("bob", PASSWORD).await.unwrap();
        let mut bob = stage.rig.browser();
        let id = bob.sign_in("bob", PASSWORD).await.unwrap().id;
        stage.admin = bob;
        assert_eq!(stage.get("sites/").await.status.as_u16(), 200, "{way}");
        let sent = received(&api).await.len();
        match way {
            "sign out" => stage.admin.clone().ask(SignOut, ()).await.unwrap(),
            "elsewhere" => other.ask(EndSession { id }, ()).await.unwrap(),
            "everywhere" => other.ask(SignOutEverywhere, ()).await.unwrap(),
            "password" => other.ask(ChangePassword, form()).await.unwrap(),
            _ => drop(stage.admin.clone().sign_in("bob", PASSWORD).await.unwrap()),
        }
        assert_eq!(stage.get("sites/").await.problem().code, Code::NotSignedIn, "{way}");
        assert_eq!(received(&api).await.len(), sent, "{way}");
    }
}

#[tokio::test]
async fn a_person_who_was_disabled_or_may_less_is_refused_with_the_next_call() {
    let (mut stage, mut admin, _api) = stage().await;
    let id = stage.admin.ask(CurrentSession, ()).await.unwrap().user;
    for (change, code) in [
        (UserChange { role: Some(Role::Auditor), disabled: None }, Code::NotAllowed),
        (UserChange { role: Some(Role::User), disabled: Some(true) }, Code::NotSignedIn),
    ] {
        admin.ask(ChangeUser { id: id.clone() }, change).await.unwrap();
        assert_eq!(stage.get("sites/").await.problem().code, code);
    }
}

#[tokio::test]
async fn a_provider_or_a_tenant_that_was_removed_is_not_there_for_the_next_call() {
    let (mut stage, mut admin, api) = stage().await;
    let form = TenantForm { name: "Clinics".to_owned(), api: None, sites: AllowedSites::All, default_site: None };
    let tenant = stage.admin.ask(AddTenant, form).await.unwrap().id;
    let there = [(TENANT_HEADER, tenant.as_str()), (TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE)];
    assert_eq!(stage.bare("GET", "sites/", &there, "").await.status.as_u16(), 200);
    stage.admin.ask(RemoveTenant { id: tenant.clone() }, ()).await.unwrap();
    assert_eq!(stage.bare("GET", "sites/", &there, "").await.problem().code, Code::TenantUnknown);
    admin.ask(RemoveProvider { id: stage.provider.clone() }, ()).await.unwrap();
    assert_eq!(stage.get("sites/").await.problem().code, Code::ProviderNotAllowed);
    assert_eq!(received(&api).await.len(), 2);
}

#[tokio::test]
async fn an_event_stream_ends_at_once_when_the_session_does() {
    let origin = raw(super::bounds::EVENTS.to_vec(), true).await;
    let mut stage = trusting(Stage::at(&origin, GatewayRules::default()).await);
    let path = format!("/api/v1/gateway/{}/sites/a/live", stage.provider);
    let headers = [(TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE), ("accept", "text/event-stream")];
    let mut events = stage.admin.open(&path, &headers).await.into_data_stream();
    assert!(events.next().await.unwrap().is_ok());
    stage.admin.clone().ask(SignOut, ()).await.unwrap();
    let next = tokio::time::timeout(std::time::Duration::from_secs(4), events.next()).await;
    assert!(next.expect("it does not wait for the next look").is_none(), "it ends as an event stream may end");
}
