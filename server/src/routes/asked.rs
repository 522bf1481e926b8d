use axum::http::HeaderMap;
use domain::api::account::Session;
use domain::api::{Code, Endpoint, Problem};
use domain::audit::{Action, Entry};
use domain::secret::Secret;

use crate::sign_in::{Browser, SignedIn, clear_cookie, open, set_cookie};
use crate::state::AppState;
use crate::store::{ByPerson, Person};

/// A request to an endpoint, after everything that is the same for all of them: the session is known, the role may
/// do it, the body is read.
pub struct Asked<E: Endpoint> {
    /// What every route can reach.
    pub state: AppState,
    /// The endpoint with its path parameter.
    pub endpoint: E,
    /// The body.
    pub body: E::Body,
    /// Where the request comes from.
    pub browser: Browser,
    /// Who is signed in; on all but public routes there is somebody.
    pub who: Option<SignedIn>,
    /// The request's headers.
    pub headers: HeaderMap,
    /// What stands behind `?` in the address.
    pub query: String,
}

impl<E: Endpoint> Asked<E> {
    /// Who is signed in.
    ///
    /// # Errors
    ///
    /// [`Code::NotSignedIn`], on public routes only.
    pub fn who(&self) -> Result<&SignedIn, Problem> {
        self.who.as_ref().ok_or_else(|| Problem::new(Code::NotSignedIn))
    }

    /// What is about to be done, for the audit log: by whom, from where, in which request. Give it to the store's method
    /// that does it.
    pub fn entry(&self, action: Action) -> Entry {
        let entry = self.browser.entry(action, self.state.clock.now());
        match &self.who {
            Some(who) => entry.by(&who.person),
            None => entry,
        }
    }

    /// A whole number from the query, 0 when it is not there.
    ///
    /// # Errors
    ///
    /// [`Code::InvalidFields`] when it is no whole number.
    pub fn number(&self, name: &str) -> Result<u64, Problem> {
        let wrong = || Problem::new(Code::InvalidFields).with_error(name, "It must be a whole number.");
        self.text(name).map_or(Ok(0), |text| text.parse().map_err(|_| wrong()))
    }

    /// A text from the query.
    pub fn text(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// An endpoint's answer, and what happens to the cookie.
pub struct Reply<A> {
    /// The answer.
    pub answer: A,
    /// The cookie's new value.
    pub cookie: CookieChange,
}

/// What happens to the session's cookie.
pub enum CookieChange {
    /// It stays.
    Keep,
    /// It gets this value.
    Set(Secret),
    /// It goes.
    Clear,
}

impl<A> From<A> for Reply<A> {
    fn from(answer: A) -> Self {
        Self { answer, cookie: CookieChange::Keep }
    }
}

impl<A> Reply<A> {
    /// With a new cookie.
    pub fn with_cookie(answer: A, value: Secret) -> Self {
        Self { answer, cookie: CookieChange::Set(value) }
    }

    /// Without the cookie.
    pub fn without_cookie(answer: A) -> Self {
        Self { answer, cookie: CookieChange::Clear }
    }
}

impl CookieChange {
    /// The header that makes the change.
    pub fn header(&self, state: &AppState, browser: &Browser) -> Option<axum::http::HeaderValue> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(set_cookie(browser.cookie_kind, value, state.settings.session.absolute)),
            Self::Clear => Some(clear_cookie(browser.cookie_kind)),
        }
    }
}

/// Signs a person in: opens a session and sets its cookie.
///
/// # Errors
///
/// [`Code::Internal`] when the store fails.
pub async fn signed_in<E: Endpoint>(asked: &Asked<E>, person: &Person) -> Result<Reply<Session>, Problem> {
    let (session, secret) = open(&asked.state, &asked.browser, person).await?;
    Ok(Reply::with_cookie(session, secret))
}
