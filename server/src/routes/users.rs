use domain::api::account::Role;
use domain::api::users::{ChangeUser, User, UserChange, Users};
use domain::api::{Code, Problem};
use domain::audit::{Action, Outcome};

use super::asked::{Asked, Reply};
use crate::store::{ChangeUserError, Person};

/// All people.
pub async fn users(asked: Asked<Users>) -> Result<Reply<Vec<User>>, Problem> {
    let people = asked.state.store.users().await?;
    Ok(people.into_iter().map(Person::shown).collect::<Vec<_>>().into())
}

/// Changes a role, or disables a person, whose sessions end at once. A new role holds from the next request on.
pub async fn change_user(asked: Asked<ChangeUser>) -> Result<Reply<User>, Problem> {
    let (id, change) = (&asked.endpoint.id, &asked.body);
    let note = asked.entry(Action::UserChanged).ended(Outcome::Done, &reason(change));
    let changed = asked.state.store.change_user(id, change, &note).await.map_err(refused)?;
    let admin = &asked.who()?.person.id;
    tracing::info!(user = %admin, changed = %changed.id, role = ?changed.role, disabled = changed.disabled, "changed a person");
    Ok(changed.shown().into())
}

/// What was changed, in a word or two.
fn reason(change: &UserChange) -> String {
    let role = change.role.map(|role| match role {
        Role::Admin => "role_admin",
        Role::User => "role_user",
        Role::Auditor => "role_auditor",
    });
    let disabled = change.disabled.map(|disabled| if disabled { "disabled" } else { "enabled" });
    role.into_iter().chain(disabled).collect::<Vec<_>>().join("_")
}

fn refused(error: ChangeUserError) -> Problem {
    match error {
        ChangeUserError::Unknown => Problem::new(Code::NotFound),
        ChangeUserError::LastAdmin => Problem::new(Code::LastAdmin),
        ChangeUserError::Store(error) => error.into(),
    }
}
