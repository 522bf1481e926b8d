use std::collections::BTreeSet;

use domain::api::org::{
    AddOrgKey, ChangeOrgKey, MOST_OVERLAP_SECONDS, OrgKey, OrgKeyForm, OrgKeys, RevokeOrgKey, RotateOrgKey,
    RotateSigningKey, SigningKey, SigningKeys,
};
use domain::api::widget::WidgetConfig;
use domain::api::{Code, Problem};
use domain::audit::Action;
use domain::id::OrgId;
use domain::org::{Origin, findings};
use domain::time::Span;

use super::asked::{Asked, Reply};
use crate::state::AppState;
use crate::store::{ChangeOrgError, OrgChange};

/// All org keys.
pub async fn org_keys(asked: Asked<OrgKeys>) -> Result<Reply<Vec<OrgKey>>, Problem> {
    Ok(asked.state.store.orgs(asked.state.clock.now()).await?.into())
}

/// Makes an org key.
pub async fn add_org_key(asked: Asked<AddOrgKey>) -> Result<Reply<OrgKey>, Problem> {
    let state = &asked.state;
    let change = checked(asked.body.clone())?;
    let org = OrgKey {
        id: OrgId::from_random(state.entropy.bits()),
        name: change.name,
        key: new_key(state),
        retiring: Vec::new(),
        origins: change.origins,
        lifetime_seconds: change.lifetime_seconds,
        widget: change.widget,
        config_version: 1,
        created_at: state.clock.now(),
        revoked_at: None,
    };
    state.store.add_org(&org, &asked.entry(Action::OrgKeyAdded)).await?;
    tracing::info!(user = %asked.who()?.person.id, org = %org.id, "made an org key");
    Ok(org.into())
}

/// Changes an org key.
pub async fn change_org_key(asked: Asked<ChangeOrgKey>) -> Result<Reply<OrgKey>, Problem> {
    let (state, id) = (&asked.state, &asked.endpoint.id);
    let change = checked(asked.body.clone())?;
    let note = asked.entry(Action::OrgKeyChanged);
    let org = state.store.change_org(id, &change, state.clock.now(), &note).await.map_err(refused)?;
    tracing::info!(user = %asked.who()?.person.id, org = %id, "changed an org key");
    Ok(org.into())
}

/// Replaces an org key.
pub async fn rotate_org_key(asked: Asked<RotateOrgKey>) -> Result<Reply<OrgKey>, Problem> {
    let (state, id, now) = (&asked.state, &asked.endpoint.id, asked.state.clock.now());
    let overlap = asked.body.overlap_seconds;
    if overlap > MOST_OVERLAP_SECONDS {
        let problem = Problem::new(Code::InvalidFields);
        return Err(problem.with_error("overlap_seconds", "The old key may work for 30 days at most."));
    }
    let works_until = now + Span::from_seconds(u64::from(overlap));
    let note = asked.entry(Action::OrgKeyRotated);
    let org = state.store.rotate_org_key(id, &new_key(state), works_until, now, &note).await.map_err(refused)?;
    tracing::info!(user = %asked.who()?.person.id, org = %id, "replaced an org key");
    Ok(org.into())
}

/// Revokes an org key.
pub async fn revoke_org_key(asked: Asked<RevokeOrgKey>) -> Result<Reply<()>, Problem> {
    let id = &asked.endpoint.id;
    asked
        .state
        .store
        .revoke_org(id, asked.state.clock.now(), &asked.entry(Action::OrgKeyRevoked))
        .await
        .map_err(refused)?;
    tracing::info!(user = %asked.who()?.person.id, org = %id, "revoked an org key");
    Ok(().into())
}

/// The keys that sign org tokens.
pub async fn signing_keys(asked: Asked<SigningKeys>) -> Result<Reply<Vec<SigningKey>>, Problem> {
    Ok(asked.state.org_tokens.keys().await?.into())
}

/// Signs with a new key.
pub async fn rotate_signing_key(asked: Asked<RotateSigningKey>) -> Result<Reply<Vec<SigningKey>>, Problem> {
    asked.state.org_tokens.rotate(&asked.entry(Action::SigningKeyRotated)).await?;
    tracing::info!(user = %asked.who()?.person.id, "replaced the signing key");
    Ok(asked.state.org_tokens.keys().await?.into())
}

/// A key no organization has yet.
pub fn new_key(state: &AppState) -> String {
    format!("org_{:032x}", state.entropy.bits())
}

/// What the form asks for, if it can be kept.
fn checked(form: OrgKeyForm) -> Result<OrgChange, Problem> {
    let errors = findings(&form);
    if !errors.is_empty() {
        return Err(Problem { errors, ..Problem::new(Code::InvalidFields) });
    }
    // The form was found to be fine, so every text is an origin; a set, because one may stand there twice.
    let origins: BTreeSet<Origin> = form.origins.iter().filter_map(|text| Origin::parse(text).ok()).collect();
    let trimmed = |text: &str| text.trim().to_owned();
    Ok(OrgChange {
        name: trimmed(&form.name),
        origins: origins.into_iter().collect(),
        lifetime_seconds: form.lifetime_seconds,
        widget: WidgetConfig {
            title: trimmed(&form.widget.title),
            greeting: trimmed(&form.widget.greeting),
            ..form.widget
        },
    })
}

fn refused(error: ChangeOrgError) -> Problem {
    match error {
        ChangeOrgError::Unknown => Problem::new(Code::NotFound),
        ChangeOrgError::Revoked => {
            Problem::new(Code::Conflict).with_detail("This org key was revoked, which can't be undone. Make a new one.")
        }
        ChangeOrgError::Store(error) => error.into(),
    }
}
