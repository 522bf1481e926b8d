//! A secret goes to the provider and nowhere else.

use std::io::Write;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tracing_subscriber::fmt::MakeWriter;

use super::raw::{Script, serve};
use super::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The secret as it is, form-encoded, and in the `Authorization` header.
fn forms() -> Vec<String> {
    let encoded: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let header = STANDARD.encode(format!("worker+client:{encoded}"));
    vec![SECRET.to_owned(), encoded, header, "canary".to_owned()]
}

fn holds_no_secret(text: &str) {
    for form in forms() {
        assert!(!text.contains(&form), "{form} stands in {text}");
    }
}

#[tokio::test]
async fn neither_problems_nor_logs_hold_the_secret_whatever_happens() {
    // With a second subscriber about, a log call first met on another test's thread is not switched off for good.
    let _other = tracing::Dispatch::new(tracing_subscriber::registry());
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let scripts = [
        Script::Send(b""),
        Script::Send(b"nonsense\r\n\r\n"),
        Script::Send(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n"),
        Script::Send(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n"),
        Script::Send(b"HTTP/1.1 302 Found\r\nlocation: https://a.example\r\ncontent-length: 0\r\n\r\n"),
        Script::Send(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"),
    ];
    for script in scripts {
        let origin = serve(script).await;
        let upstream = upstream(settings(&origin), &Arc::new(MockClock::at(NOW)));
        for proof in [basic(), post(), secret_jwt()] {
            let problem = upstream.obtain(&provider(&origin), &request(proof)).await.unwrap_err();
            holds_no_secret(&format!("{problem:?} {}", serde_json::to_string(&problem).unwrap()));
        }
    }
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("no token obtained"), "the log was captured");
    holds_no_secret(&logged);
}

#[tokio::test]
async fn a_provider_that_repeats_what_it_was_sent_is_not_quoted_on_it() {
    let description = format!("I got {}", forms()[..3].join(" and "));
    let body = json!({ "error": SECRET, "error_description": description });
    for proof in [basic(), post()] {
        let problem = Rig::answering(answer(400, &body)).await.obtain(proof).await.unwrap_err();
        let said = problem.upstream.unwrap();
        assert_eq!(said.error.as_deref(), Some("•••"));
        let words = said.error_description.unwrap();
        assert!(words.starts_with("I got •••"), "{words}");
        assert!(!words.contains(SECRET) && !words.contains(&forms()[1]), "{words}");
    }
}

#[tokio::test]
async fn a_repeated_assertion_is_hidden() {
    /// Says what it was sent.
    struct Echo;
    impl wiremock::Respond for Echo {
        fn respond(&self, request: &Request) -> ResponseTemplate {
            let assertion = field(request, "client_assertion").unwrap();
            answer(400, &json!({ "error": "invalid_client", "error_description": format!("bad: {assertion}") }))
        }
    }
    let rig = Rig::new().await;
    Mock::given(any()).respond_with(Echo).mount(&rig.server).await;
    let said = rig.obtain(secret_jwt()).await.unwrap_err().upstream.unwrap();
    assert_eq!(said.error_description.as_deref(), Some("bad: •••"));
}

/// The HTTP client's own errors are never shown; should someone log one, it still holds no secret.
#[tokio::test]
async fn the_http_clients_errors_hold_no_secret() {
    let origin = serve(Script::Send(b"nonsense\r\n\r\n")).await;
    let upstream = upstream(settings(&origin), &Arc::new(MockClock::at(NOW)));
    let (client, address) = upstream.guard.way_to(&url(&origin)).unwrap();
    let request =
        axum::http::Request::post("/").header("authorization", format!("Bearer {SECRET}")).body(SECRET.into()).unwrap();
    let error = client.send(&address, request).await.err().unwrap();
    holds_no_secret(&format!("{error} {error:?}"));
}

#[test]
fn a_request_shows_no_secret_when_it_is_printed() {
    for proof in [basic(), post(), secret_jwt()] {
        holds_no_secret(&format!("{:?}", request(proof)));
    }
}
