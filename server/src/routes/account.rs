use domain::api::account::{
    CurrentSession, EndSession, Session, SessionSummary, Sessions, SignIn, SignOut, SignOutEverywhere,
};
use domain::api::{Code, Problem};
use domain::audit::{Action, Outcome};
use domain::time::Span;

use super::asked::{Asked, Reply, signed_in};
use crate::problem::wait;
use crate::sign_in::{account_subject, address_subject, ends_at, folded, pace_account, pace_address};
use crate::state::AppState;
use crate::store::Person;

/// Signs in. A person nobody knows, a disabled one and a wrong password get the same answer after the same work.
pub async fn sign_in(asked: Asked<SignIn>) -> Result<Reply<Session>, Problem> {
    let (state, username) = (&asked.state, folded(&asked.body.username));
    let address = address_subject(asked.browser.address);
    begin_attempt(state, &username, &address).await?;
    let person = state.store.user_by_name(&username).await?;
    let hash = person.as_ref().map(|person| &person.password_hash);
    let right = state.passwords.verify(&asked.body.password, hash).await?;
    let Some(person) = person.clone().filter(|person| right && !person.disabled) else {
        tracing::warn!(client = %asked.browser.address, "a sign-in failed");
        record_failure(&asked, person.as_ref(), right).await?;
        return Err(Problem::new(Code::WrongCredentials));
    };
    end_attempt(state, &person, &address).await?;
    tracing::info!(user = %person.id, "signed in");
    signed_in(&asked, &person).await
}

/// Records a failed sign-in. The name that was typed is not kept: people type passwords there by mistake.
async fn record_failure(asked: &Asked<SignIn>, person: Option<&Person>, right: bool) -> Result<(), Problem> {
    let reason = match person {
        None => "unknown_name",
        Some(_) if !right => "wrong_password",
        Some(_) => "disabled",
    };
    let mut entry = asked.browser.entry(Action::SessionOpened, asked.state.clock.now()).ended(Outcome::Refused, reason);
    if let Some(person) = person {
        entry = entry.about(person.id.as_str()).named(&person.username);
    }
    Ok(asked.state.store.record(&[entry]).await?)
}

/// Counts the attempt as failed before it is looked at, so that parallel guesses can't slip through.
pub(super) async fn begin_attempt(state: &AppState, username: &str, address: &str) -> Result<(), Problem> {
    let now = state.clock.now();
    let begun = state.store.begin_attempt(address, &move |before| pace_address(before, now)).await?;
    begun.map_err(too_many)?;
    let begun = state.store.begin_attempt(&account_subject(username), &move |before| pace_account(before, now)).await?;
    if let Err(left) = begun {
        // It was not looked at, so it proves nothing against the address.
        state.store.forgive_attempt(address).await?;
        return Err(too_many(left));
    }
    Ok(())
}

/// Takes the attempt back: it was no guess. What the address did before stays counted, or a guesser with an account of
/// their own could clear it.
pub(super) async fn end_attempt(state: &AppState, person: &Person, address: &str) -> Result<(), Problem> {
    state.store.forget_attempts(&account_subject(&person.username)).await?;
    Ok(state.store.forgive_attempt(address).await?)
}

fn too_many(left: Span) -> Problem {
    let problem = wait(left);
    let seconds = problem.retry_after.unwrap_or(1);
    let words = if seconds < 120 { format!("{seconds} s") } else { format!("{} minutes", seconds.div_ceil(60)) };
    problem.with_detail(format!("Too many sign-ins failed. Wait {words}, then try again."))
}

/// Who is signed in.
pub async fn current_session(asked: Asked<CurrentSession>) -> Result<Reply<Session>, Problem> {
    Ok(asked.who()?.session.clone().into())
}

/// Ends this session.
pub async fn sign_out(asked: Asked<SignOut>) -> Result<Reply<()>, Problem> {
    let who = asked.who()?;
    let note = asked.entry(Action::SessionEnded);
    asked.state.store.end_session(&who.person.id, &who.session.id, &note).await?;
    Ok(Reply::without_cookie(()))
}

/// The living sessions of the person.
pub async fn sessions(asked: Asked<Sessions>) -> Result<Reply<Vec<SessionSummary>>, Problem> {
    let who = asked.who()?;
    let (now, life) = (asked.state.clock.now(), asked.state.settings.session);
    let records = asked.state.store.sessions(&who.person.id).await?;
    let living = records.into_iter().filter(|record| now < ends_at(record, life));
    let summaries = living.map(|record| SessionSummary {
        current: record.id == who.session.id,
        id: record.id,
        created_at: record.created_at,
        last_used_at: record.last.at,
        address: record.last.address,
        user_agent: record.last.user_agent,
    });
    Ok(summaries.collect::<Vec<_>>().into())
}

/// Ends all sessions of the person, this one too.
pub async fn sign_out_everywhere(asked: Asked<SignOutEverywhere>) -> Result<Reply<()>, Problem> {
    let note = asked.entry(Action::SessionEnded);
    asked.state.store.end_sessions(&asked.who()?.person.id, &note).await?;
    Ok(Reply::without_cookie(()))
}

/// Ends one session of the person.
pub async fn end_session(asked: Asked<EndSession>) -> Result<Reply<()>, Problem> {
    let who = asked.who()?;
    let id = &asked.endpoint.id;
    let note = asked.entry(Action::SessionEnded);
    if !asked.state.store.end_session(&who.person.id, id, &note).await? {
        return Err(Problem::new(Code::NotFound));
    }
    Ok(if *id == who.session.id { Reply::without_cookie(()) } else { ().into() })
}
