//! Org keys and signing keys as admins keep them.

use domain::api::Code;
use domain::api::account::Role;
use domain::api::org::{AddOrgKey, ChangeOrgKey, OrgKeys, RevokeOrgKey, RotateOrgKey, Rotation, SigningKeys};
use domain::id::OrgId;

use crate::page::{ORIGIN, form, org_key};
use crate::rig::{Rig, code};

#[tokio::test]
async fn an_org_key_is_made_listed_changed_and_revoked() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    assert!(admin.ask(OrgKeys, ()).await.unwrap().is_empty());
    let made = org_key(&mut admin, " Example ", "https://www.example.com/").await;
    assert_eq!((made.name.as_str(), made.origins[0].as_str()), ("Example", ORIGIN));
    assert!(made.key.starts_with("org_") && made.key.len() == 36);
    let mut auditor = rig.person(&mut admin, "bob", Role::Auditor).await;
    assert_eq!(auditor.ask(OrgKeys, ()).await.unwrap()[0], made);
    let changed = admin.ask(ChangeOrgKey { id: made.id.clone() }, form("Other", ORIGIN)).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.config_version), ("Other", 2));
    admin.ask(RevokeOrgKey { id: made.id.clone() }, ()).await.unwrap();
    assert!(admin.ask(OrgKeys, ()).await.unwrap()[0].revoked_at.is_some());
    let late = admin.ask(ChangeOrgKey { id: made.id }, form("Late", ORIGIN)).await;
    assert_eq!(code(late), Some(Code::Conflict));
}

#[tokio::test]
async fn a_form_that_can_t_be_kept_names_its_fields() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut wrong = form("", "http://example.com");
    wrong.lifetime_seconds = 5;
    let problem = admin.ask(AddOrgKey, wrong).await.unwrap_err();
    let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!((problem.code, fields), (Code::InvalidFields, vec!["name", "origins", "lifetime_seconds"]));
    assert!(admin.ask(OrgKeys, ()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_overlap_is_thirty_days_at_most_and_an_unknown_org_is_not_found() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let long = Rotation { overlap_seconds: 2_592_001 };
    assert_eq!(code(admin.ask(RotateOrgKey { id: org.id }, long).await), Some(Code::InvalidFields));
    let unknown = OrgId::new("unknown");
    let rotation = Rotation { overlap_seconds: 0 };
    assert_eq!(code(admin.ask(RotateOrgKey { id: unknown.clone() }, rotation).await), Some(Code::NotFound));
    assert_eq!(code(admin.ask(RevokeOrgKey { id: unknown }, ()).await), Some(Code::NotFound));
}

#[tokio::test]
async fn there_is_no_signing_key_until_one_is_needed() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    assert!(admin.ask(SigningKeys, ()).await.unwrap().is_empty());
    assert_eq!(rig.browser().get(domain::api::widget::JWKS_PATH).await.body, "{\"keys\":[]}");
}
