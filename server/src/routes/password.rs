use domain::api::account::ChangePassword;
use domain::api::{Code, Problem};
use domain::audit::{Action, Outcome};

use super::account::{begin_attempt, end_attempt};
use super::asked::{Asked, Reply};
use crate::digest::Digest;
use crate::sign_in::{address_subject, checked_password, new_secret};

/// Changes one's own password: all other sessions end, and this one gets a new cookie. Guessing the current password
/// is paced like a sign-in.
pub async fn change_password(asked: Asked<ChangePassword>) -> Result<Reply<()>, Problem> {
    let (state, who) = (&asked.state, asked.who()?);
    checked_password(&asked.body.new).map_err(|why| Problem::new(Code::InvalidFields).with_error("new", why))?;
    let address = address_subject(asked.browser.address);
    begin_attempt(state, &who.person.username, &address).await?;
    if !state.passwords.verify(&asked.body.current, Some(&who.person.password_hash)).await? {
        let entry = asked.entry(Action::PasswordChanged).ended(Outcome::Refused, "wrong_password");
        state.store.record(&[entry]).await?;
        let wrong = Problem::new(Code::InvalidFields);
        return Err(wrong.with_error("current", "This is not your current password."));
    }
    end_attempt(state, &who.person, &address).await?;
    let hash = state.passwords.hash(&asked.body.new).await?;
    let secret = new_secret(&*state.entropy);
    let note = asked.entry(Action::PasswordChanged);
    state.store.change_password(&who.person.id, &hash, &who.session.id, &Digest::of(&secret), &note).await?;
    tracing::info!(user = %who.person.id, "changed the password");
    Ok(Reply::with_cookie((), secret))
}
