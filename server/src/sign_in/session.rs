use std::net::IpAddr;
use std::sync::Arc;

use domain::api::Problem;
use domain::api::account::Session;
use domain::audit::{Action, Entry, Outcome};
use domain::id::{RequestId, SessionId};
use domain::org::Origin;
use domain::secret::Secret;
use domain::time::{Span, Timestamp};

use super::cookie::CookieKind;
use crate::digest::Digest;
use crate::entropy::Entropy;
use crate::settings::SessionLife;
use crate::state::AppState;
use crate::store::{ByPerson, NewSession, Person, SessionRecord, Trace};

/// A use is written down at most this often.
const TOUCH_EVERY: Span = Span::from_seconds(60);

/// Where a request comes from.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The client's address, behind trusted proxies too.
    pub address: IpAddr,
    /// Its `User-Agent`, at most 200 characters.
    pub user_agent: String,
    /// How the session's cookie is named on this connection.
    pub cookie_kind: CookieKind,
    /// The session's cookie, if one came.
    pub cookie: Option<Secret>,
    /// Whose page asks, as far as a browser says.
    pub page: Page,
    /// The request's id, as printed in the log.
    pub request: Option<RequestId>,
}

/// Whose page asks: what the browser says in `Origin` (RFC 6454 §7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// One of this server, or no page at all: there is no `Origin`, or it is our own.
    Ours,
    /// One of this origin.
    Foreign(Origin),
    /// One whose origin can't be told: `null`, or a text that is none.
    Opaque,
}

impl Page {
    /// The origin of a page that is not ours.
    pub const fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Foreign(origin) => Some(origin),
            Self::Ours | Self::Opaque => None,
        }
    }
}

/// Who is signed in, and how.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What the person may know of it.
    pub session: Session,
    /// Their record.
    pub person: Arc<Person>,
    /// The cookie's value: results kept for repeated requests are sealed under it.
    pub secret: Secret,
}

/// Who is signed in with the browser's cookie, if the session still lives. Notes the use, to the minute.
///
/// # Errors
///
/// [`domain::api::Code::Internal`] when the store fails.
pub async fn authenticate(state: &AppState, browser: &Browser) -> Result<Option<SignedIn>, Problem> {
    let (Some(secret), Some(found)) = (&browser.cookie, look(state, browser).await?) else { return Ok(None) };
    let (record, person) = &*found;
    let last = touched(state, browser, secret, record, state.clock.now()).await?;
    let session = shown(record.id.clone(), person, end(last, record, state.settings.session));
    Ok(Some(SignedIn { session, person: Arc::clone(person), secret: secret.clone() }))
}

/// The session of the browser's cookie and its person, if it still lives. To look is no use of it.
///
/// # Errors
///
/// [`domain::api::Code::Internal`] when the store fails.
pub async fn look(state: &AppState, browser: &Browser) -> Result<Option<Arc<(SessionRecord, Arc<Person>)>>, Problem> {
    let Some(secret) = &browser.cookie else { return Ok(None) };
    let digest = Digest::of(secret);
    let found = state.known.session(&digest, async { state.store.session(&digest).await }).await?;
    let now = state.clock.now();
    let lives = |found: &Arc<(SessionRecord, Arc<Person>)>| {
        let (record, person) = &**found;
        !person.disabled && ends_at(record, state.settings.session) > now
    };
    Ok(found.filter(lives))
}

/// Opens a session for a person and ends the one the browser had; gives what to answer and the cookie's value.
///
/// # Errors
///
/// [`domain::api::Code::Internal`] when the store fails.
pub async fn open(state: &AppState, browser: &Browser, person: &Person) -> Result<(Session, Secret), Problem> {
    let (secret, now) = (new_secret(&*state.entropy), state.clock.now());
    let new = NewSession {
        id: SessionId::from_random(state.entropy.bits()),
        user: person.id.clone(),
        digest: Digest::of(&secret),
        trace: browser.trace(now),
        replaces: browser.cookie.as_ref().map(Digest::of),
    };
    let note = browser.entry(Action::SessionOpened, now).by(person);
    state.store.open_session(&new, &note).await?;
    let life = state.settings.session;
    Ok((shown(new.id, person, now + life.idle.min(life.absolute)), secret))
}

/// 256 random bits as 64 hexadecimal digits.
pub fn new_secret(entropy: &dyn Entropy) -> Secret {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    entropy.fill(&mut *bytes);
    Secret::new(Digest::from_bytes(*bytes).hex())
}

/// A `User-Agent` as it is kept: at most 200 characters, none of them a control character.
pub fn cut_user_agent(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(200).collect()
}

impl Browser {
    /// The trace this request leaves.
    pub fn trace(&self, at: Timestamp) -> Trace {
        Trace { at, address: self.address.to_string(), user_agent: self.user_agent.clone() }
    }

    /// What this request does, for the audit log; who does it is still to be said.
    pub fn entry(&self, action: Action, at: Timestamp) -> Entry {
        Entry {
            address: self.address.to_string(),
            request: self.request.clone(),
            ..Entry::by_server(action, Outcome::Done, at)
        }
    }
}

/// Notes a use, where it is to be noted; gives when the session was last used.
async fn touched(
    state: &AppState,
    browser: &Browser,
    secret: &Secret,
    record: &SessionRecord,
    now: Timestamp,
) -> Result<Timestamp, Problem> {
    if now.since(record.last.at) < TOUCH_EVERY {
        return Ok(record.last.at);
    }
    let trace = browser.trace(now);
    if state.known.begin_touch(&Digest::of(secret), record.last.at, &trace) {
        state.store.touch_session(&record.id, &trace).await?;
    }
    Ok(now)
}

/// When a session ends if nothing is asked before.
pub(crate) fn ends_at(record: &SessionRecord, life: SessionLife) -> Timestamp {
    end(record.last.at, record, life)
}

fn end(last: Timestamp, record: &SessionRecord, life: SessionLife) -> Timestamp {
    (last + life.idle).min(record.created_at + life.absolute)
}

fn shown(id: SessionId, person: &Person, expires_at: Timestamp) -> Session {
    Session {
        id,
        user: person.id.clone(),
        username: person.username.clone(),
        role: person.role,
        tenant: person.tenant.clone(),
        expires_at,
    }
}
