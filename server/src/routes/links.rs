use domain::api::account::{AcceptInvitation, CompleteSetup, LinkAcceptance, Session, Setup, SetupState};
use domain::api::users::{Invitation, Invite};
use domain::api::{Code, Endpoint, Problem};
use domain::audit::{Action, Entry, Outcome};
use domain::id::{TenantId, UserId};
use domain::secret::Secret;
use domain::time::Span;

use super::asked::{Asked, Reply, signed_in};
use crate::digest::Digest;
use crate::sign_in::{checked_password, folded, is_username, new_secret};
use crate::store::{AcceptError, NewPerson};

/// How long an invitation can be accepted.
const INVITATION_LIFE: Span = Span::from_seconds(3 * 24 * 3_600);

/// Whether the first admin is still to be made.
pub async fn setup(asked: Asked<Setup>) -> Result<Reply<SetupState>, Problem> {
    let needed = !asked.state.store.admin_exists().await?;
    Ok(SetupState { needed }.into())
}

/// Makes the first admin and signs them in.
pub async fn complete_setup(asked: Asked<CompleteSetup>) -> Result<Reply<Session>, Problem> {
    if asked.state.store.admin_exists().await? {
        return Err(Problem::new(Code::SetupDone));
    }
    let key = valid_key(&asked, true).await?;
    let new = new_person(&asked).await?;
    let person = asked.state.store.complete_setup(&key, &new, &added(&asked, &new)).await.map_err(refused)?;
    tracing::info!(user = %person.id, "made the first admin");
    signed_in(&asked, &person).await
}

/// Makes the invited person and signs them in.
pub async fn accept_invitation(asked: Asked<AcceptInvitation>) -> Result<Reply<Session>, Problem> {
    let key = valid_key(&asked, false).await?;
    let new = new_person(&asked).await?;
    let person = asked.state.store.accept_invitation(&key, &new, &added(&asked, &new)).await.map_err(refused)?;
    tracing::info!(user = %person.id, "accepted an invitation");
    signed_in(&asked, &person).await
}

/// Makes an invitation. Its key is answered once and kept only as a digest.
pub async fn invite(asked: Asked<Invite>) -> Result<Reply<Invitation>, Problem> {
    let (state, key) = (&asked.state, new_secret(&*asked.state.entropy));
    let (now, role) = (state.clock.now(), asked.body.role);
    let expires_at = now + INVITATION_LIFE;
    let note = asked.entry(Action::UserInvited).ended(Outcome::Done, role.name());
    state.store.add_invitation(&Digest::of(&key), role, now, expires_at, &note).await?;
    tracing::info!(user = %asked.who()?.person.id, ?role, "made an invitation");
    Ok(Invitation { link: Secret::new(format!("/invitation#key={}", key.expose())), expires_at }.into())
}

/// The new person did it themselves, whoever else was signed in here.
fn added<E: Endpoint>(asked: &Asked<E>, new: &NewPerson) -> Entry {
    let mut entry = asked.browser.entry(Action::UserAdded, new.at);
    entry.user = Some(new.id.clone());
    entry.username = Some(new.username.clone());
    entry
}

/// Looks at the key before the costly password hash: without a valid one nobody makes the server work.
async fn valid_key<E: Endpoint<Body = LinkAcceptance>>(asked: &Asked<E>, setup: bool) -> Result<Digest, Problem> {
    let key = Digest::of(&asked.body.key);
    let valid = asked.state.store.link_is_valid(&key, setup, asked.state.clock.now()).await?;
    if valid { Ok(key) } else { Err(Problem::new(Code::LinkInvalid)) }
}

async fn new_person<E: Endpoint<Body = LinkAcceptance>>(asked: &Asked<E>) -> Result<NewPerson, Problem> {
    let (state, username) = (&asked.state, folded(&asked.body.username));
    let mut problem = Problem::new(Code::InvalidFields);
    if !is_username(&username) {
        problem = problem.with_error("username", "Use 1 to 64 of the characters a-z 0-9 . _ - @ +.");
    }
    if let Err(why) = checked_password(&asked.body.password) {
        problem = problem.with_error("password", why);
    }
    if !problem.errors.is_empty() {
        return Err(problem);
    }
    let password_hash = state.passwords.hash(&asked.body.password).await?;
    let id = UserId::from_random(state.entropy.bits());
    let tenant = TenantId::from_random(state.entropy.bits());
    Ok(NewPerson { id, tenant, username, password_hash, at: state.clock.now() })
}

fn refused(error: AcceptError) -> Problem {
    match error {
        AcceptError::Invalid => Problem::new(Code::LinkInvalid),
        AcceptError::SetupDone => Problem::new(Code::SetupDone),
        AcceptError::NameTaken => Problem::new(Code::InvalidFields)
            .with_error("username", "Somebody has this name already. Choose another one."),
        AcceptError::Store(error) => error.into(),
    }
}
