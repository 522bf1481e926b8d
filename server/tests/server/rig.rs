//! What the tests stand on: a server, and browsers that visit it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use app::Assets;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use domain::api::account::{AcceptInvitation, CompleteSetup, LinkAcceptance, Role, Session, SignIn, SignInForm};
use domain::api::users::{Invite, NewInvitation};
use domain::api::{Code, Endpoint, Problem, REQUEST_HEADER};
use domain::secret::Secret;
use domain::time::{Span, Timestamp};
use server::clock::MockClock;
use server::entropy::{SeededEntropy, SystemEntropy};
use server::settings::Settings;
use server::start::{assemble, open_database, setup_key};
use server::state::{AppState, Parts};
use tower::ServiceExt;

/// The password of everyone in these tests.
pub const PASSWORD: &str = "correct horse battery";

/// A server with everything real but the clock and the dice.
pub struct Rig {
    pub state: AppState,
    pub router: Router,
    pub clock: Arc<MockClock>,
    pub setup_key: Secret,
    pub folder: tempfile::TempDir,
}

impl Rig {
    /// A server nobody has set up.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A server nobody has set up, with other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults();
        settings.data = folder.path().join("data");
        settings.site = folder.path().join("site");
        change(&mut settings);
        let clock = Arc::new(MockClock::at(Timestamp::from_seconds(1_800_000_000)));
        let database = open_database(&settings, &SystemEntropy).await.unwrap();
        let entropy = Arc::new(SeededEntropy::from_seed(7));
        let state = assemble(settings, Arc::new(database), Arc::clone(&clock) as _, entropy, None);
        let setup_key = setup_key(&state).await.unwrap().unwrap();
        let router = server::router::router(&state, assets());
        Self { state, router, clock, setup_key, folder }
    }

    /// A browser nobody has signed in with.
    pub fn browser(&self) -> Browser {
        let router = self.router.clone();
        Browser { router, cookie: None, address: IpAddr::from([192, 0, 2, 1]), user_agent: "Testfox".to_owned() }
    }

    /// The browser of the first admin, `ada`; completes setup.
    pub async fn admin(&self) -> Browser {
        let mut browser = self.browser();
        browser.ask(CompleteSetup, self.acceptance("ada")).await.unwrap();
        browser
    }

    /// The setup link's key with a name.
    pub fn acceptance(&self, username: &str) -> LinkAcceptance {
        acceptance(self.setup_key.expose(), username)
    }

    /// The browser of a new person whom the admin invited.
    pub async fn person(&self, admin: &mut Browser, username: &str, role: Role) -> Browser {
        let key = invitation_key(admin, role).await;
        let mut browser = self.browser();
        browser.ask(AcceptInvitation, acceptance(&key, username)).await.unwrap();
        browser
    }

    /// The same server with another state.
    #[must_use]
    pub fn change(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(self.state.parts_mut());
        self.router = server::router::router(&self.state, assets());
        self
    }

    pub fn wait(&self, span: Span) {
        self.clock.advance(span);
    }
}

pub fn acceptance(key: &str, username: &str) -> LinkAcceptance {
    LinkAcceptance { key: Secret::new(key), username: username.to_owned(), password: Secret::new(PASSWORD) }
}

pub async fn invitation_key(admin: &mut Browser, role: Role) -> String {
    let invitation = admin.ask(Invite, NewInvitation { role }).await.unwrap();
    invitation.link.expose().strip_prefix("/invitation#key=").unwrap().to_owned()
}

fn assets() -> Assets {
    let name = |ending: &str| format!("/pkg/tokenkeep.{ending}");
    Assets { js: name("js"), wasm: name("wasm"), css: name("css") }
}

/// A browser that keeps its cookie and says where it comes from.
#[derive(Clone)]
pub struct Browser {
    pub router: Router,
    pub cookie: Option<String>,
    pub address: IpAddr,
    pub user_agent: String,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.body);
        let problem: Problem = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        assert_eq!(problem.request_id.as_deref(), Some(self.header("x-request-id")));
        problem
    }
}

impl Browser {
    /// Asks an endpoint as the app's own pages do.
    pub async fn ask<E: Endpoint>(&mut self, endpoint: E, body: E::Body) -> Result<E::Answer, Problem> {
        self.ask_with(endpoint, body, &[]).await
    }

    /// Asks an endpoint with more headers.
    pub async fn ask_with<E: Endpoint>(
        &mut self,
        endpoint: E,
        body: E::Body,
        headers: &[(&str, &str)],
    ) -> Result<E::Answer, Problem> {
        let body = serde_json::to_string(&body).unwrap();
        let body = if body == "null" { String::new() } else { body };
        let mut own =
            vec![(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
        own.extend_from_slice(headers);
        let answer = self.send(E::METHOD.name(), &endpoint.path(), &own, &body).await;
        if !answer.status.is_success() {
            return Err(answer.problem());
        }
        Ok(serde_json::from_str(if answer.body.is_empty() { "null" } else { &answer.body }).unwrap())
    }

    pub async fn sign_in(&mut self, username: &str, password: &str) -> Result<Session, Problem> {
        let form = SignInForm { username: username.to_owned(), password: Secret::new(password) };
        self.ask(SignIn, form).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    /// Sends whatever it is told to.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = self.request(method, path, headers, body);
        let answer = read(self.router.clone().oneshot(request).await.unwrap()).await;
        self.keep_cookie(&answer.headers);
        answer
    }

    /// Reads a path, and gives the body while it still comes.
    pub async fn open(&mut self, path: &str, headers: &[(&str, &str)]) -> Body {
        let request = self.request("GET", path, headers, "");
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{}", response.status());
        response.into_body()
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header(header::HOST, "127.0.0.1:7420");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let mut request =
            request.header(header::USER_AGENT, &self.user_agent).body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 50_000)));
        request
    }

    fn keep_cookie(&mut self, headers: &HeaderMap) {
        let Some(line) = headers.get(header::SET_COOKIE) else { return };
        let line = line.to_str().unwrap();
        self.cookie = (!line.contains("Max-Age=0")).then(|| line.split(';').next().unwrap().to_owned());
    }
}

async fn read(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 64 * 1_024 * 1_024).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
}

/// The code of a refusal.
pub fn code<T>(result: Result<T, Problem>) -> Option<Code> {
    result.err().map(|problem| problem.code)
}
