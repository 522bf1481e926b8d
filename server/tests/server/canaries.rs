//! Secrets are planted in every field that may hold one, and searched in every byte that leaves: log lines at the
//! finest level, the database's files, and answers that have no business with them.

use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use domain::api::account::{ChangePassword, CompleteSetup, PasswordChange, SignIn, SignInForm};
use domain::api::introspection::{IntrospectToken, RevokeToken, TokenQuestion};
use domain::api::token::{ClientProof, ObtainToken, Verification, VerificationRequest, VerifyToken};
use domain::provider::Place;
use domain::secret::Secret;
use server::logs::subscriber;
use server::settings::{Log, LogFormat};
use tracing_subscriber::fmt::MakeWriter;
use wiremock::ResponseTemplate;

use crate::page::{ORIGIN, Page, org_key};
use crate::provider::{Scene, refusal, token};
use crate::rig::{PASSWORD, Rig};

/// Log lines, kept.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Runs some work and gives all it logged on this thread, at the finest level.
pub async fn logged(work: impl Future<Output = ()>) -> String {
    // With a second subscriber about, a log call first met on another test's thread is not switched off for good.
    static OTHER: LazyLock<tracing::Dispatch> =
        LazyLock::new(|| tracing::Dispatch::new(tracing_subscriber::registry()));
    LazyLock::force(&OTHER);
    let lines = Lines::default();
    let log = Log { format: LogFormat::Json, level: "trace".to_owned() };
    let guard = tracing::subscriber::set_default(subscriber(&log, lines.clone()));
    work.await;
    drop(guard);
    String::from_utf8_lossy(&lines.0.lock().unwrap()).into_owned()
}

pub fn every_byte_of(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.flatten().collect()
}

pub fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

const CANARIES: [&str; 7] = [
    "canary-password-1",
    "canary-password-2",
    "canary-client-secret",
    "canary-access-token",
    "canary-assertion",
    "canary-path",
    "canary-query",
];

/// Uses every field that may hold a secret, well and badly.
async fn use_everything(scene: &Scene) {
    let mut admin = scene.admin.clone();
    let secret = |text: &str| Secret::new(text);
    let sign_in = |password: &str| SignInForm { username: "ada".to_owned(), password: secret(password) };
    scene.rig.browser().ask(SignIn, sign_in("canary-password-1")).await.unwrap_err();
    let mut swapped = sign_in("x");
    swapped.username = "canary-password-2".to_owned();
    scene.rig.browser().ask(SignIn, swapped).await.unwrap_err();
    scene.answers(token("canary-access-token")).await;
    scene.obtain(&mut admin, "canary-client-secret", "key").await.unwrap();
    scene.answers(refusal()).await;
    scene.obtain(&mut admin, "canary-client-secret", "key2").await.unwrap_err();
    let proof = ClientProof::PrivateKeyJwt { client_assertion: secret("canary-assertion") };
    admin.ask_with(ObtainToken, scene.request(proof), &[("idempotency-key", "key3")]).await.unwrap_err();
    let token = secret("canary-access-token");
    let verification =
        VerificationRequest { provider: scene.provider.clone(), place: Place::default(), access_token: token };
    if let Ok(Verification::NotVerified { reason }) = admin.ask(VerifyToken, verification).await {
        assert!(!reason.contains("canary"), "{reason}");
    }
    let change = PasswordChange { current: secret(PASSWORD), new: secret("canary-password-1") };
    admin.ask(ChangePassword, change).await.unwrap();
    scene.answers(crate::provider::token("canary-access-token")).await;
    scene.obtain(&mut admin, "canary-client-secret", "key4").await.unwrap();
    scene.answers(token_refused()).await;
    let question = TokenQuestion {
        provider: scene.provider.clone(),
        place: Place::default(),
        client_id: "client".to_owned(),
        proof: ClientProof::ClientSecretPost { client_secret: secret("canary-client-secret") },
        token: secret("canary-access-token"),
    };
    let problem = admin.ask(IntrospectToken, question.clone()).await.unwrap_err();
    assert!(!format!("{problem:?}").contains("canary"), "{problem:?}");
    admin.ask(RevokeToken, question).await.unwrap_err();
    for path in ["users/canary-path?filter=canary-query", "../canary-path"] {
        let path = format!("/api/v1/gateway/{}/{path}", scene.provider);
        admin.send("GET", &path, &[(domain::api::gateway::TOKEN_HEADER, "canary-access-token")], "").await;
    }
    for path in
        ["/canary-path?x=canary-query", "/api/canary-path?x=canary-query", "/connections/canary-path?x=canary-query"]
    {
        admin.get(path).await;
    }
    admin.send("POST", "/api/v1/session", &[("content-type", "application/json")], "canary-client-secret").await;
    assert!(!admin.get("/account").await.body.contains("canary"));
}

/// A refusal that repeats all it was sent.
fn token_refused() -> ResponseTemplate {
    let body = r#"{"error":"invalid_client","error_description":"canary-access-token canary-client-secret"}"#;
    ResponseTemplate::new(400).set_body_raw(body, "application/json")
}

#[tokio::test]
async fn no_secret_reaches_a_log_line() {
    let scene = Scene::new().await;
    let lines = logged(use_everything(&scene)).await;
    assert!(lines.contains("answered") && lines.contains("request_id"), "the log was watched");
    for canary in CANARIES {
        let line = lines.lines().find(|line| line.contains(canary));
        assert_eq!(line, None, "{canary}");
    }
}

#[tokio::test]
async fn no_secret_lies_in_the_database_in_clear() {
    let scene = Scene::new().await;
    use_everything(&scene).await;
    let cookie = scene.admin.cookie.clone().unwrap();
    let bytes = every_byte_of(&scene.rig.state.settings.data);
    assert!(holds(&bytes, "$argon2id$"), "the right files were searched");
    for canary in CANARIES.iter().chain([&PASSWORD, &scene.rig.setup_key.expose(), &cookie.split('=').nth(1).unwrap()])
    {
        assert!(!holds(&bytes, canary), "{canary}");
    }
}

#[tokio::test]
async fn the_keys_of_links_and_cookies_reach_no_log_line() {
    let rig = Rig::new().await;
    let mut cookie = None;
    let lines = logged(async {
        let mut browser = rig.browser();
        browser.ask(CompleteSetup, rig.acceptance("ada")).await.unwrap();
        let key = crate::rig::invitation_key(&mut browser, domain::api::account::Role::User).await;
        assert_eq!(key.len(), 64);
        cookie = browser.cookie.clone().map(|cookie| (cookie, key));
    })
    .await;
    let (cookie, key) = cookie.unwrap();
    for secret in [rig.setup_key.expose(), cookie.split('=').nth(1).unwrap(), key.as_str(), PASSWORD] {
        assert!(!lines.contains(secret));
    }
}

#[tokio::test]
async fn org_tokens_visitor_keys_and_signing_keys_lie_nowhere_in_clear() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let begin_key = "canary-begin-key-0001";
    let mut secrets = Vec::new();
    let lines = logged(async {
        let mut page = Page::booted(&rig, &org).await;
        let id = page.begin(begin_key).await.unwrap().id;
        page.write(&id, "message-1", "canary-message").await.unwrap();
        page.read(&id, "?after=0").await.unwrap();
        secrets = vec![page.token.clone(), page.visitor_key.clone(), begin_key.to_owned()];
    })
    .await;
    assert!(!lines.contains("canary-message"), "what visitors write reaches no log line");
    let mut bytes = every_byte_of(&rig.state.settings.data);
    let secret = std::fs::read_to_string(rig.state.settings.secret_file()).unwrap();
    assert!(holds(&bytes, "canary-message"), "the right files were searched");
    for secret in &secrets {
        assert!(!lines.contains(secret.as_str()) && !holds(&bytes, secret));
    }
    let at = bytes.windows(64).position(|window| window == secret.as_bytes()).unwrap();
    bytes.drain(at..at + 64);
    assert!(!lines.contains(&secret) && !holds(&bytes, &secret), "the server's secret is in its own file only");
    // What PKCS#8 of a P-256 key begins with, in base64.
    assert!(!holds(&bytes, "MIGHAgEAMBMGByqGSM49"));
}
