use std::net::{IpAddr, TcpListener};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, HttpBody};
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

use super::*;
use crate::upstream::trouble::Trouble;

/// Gives its answers in turn, the last one for ever, and counts the questions.
struct Scripted {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Scripted {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let read = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self { answers: Mutex::new(answers.iter().map(read).collect()), asked: AtomicUsize::new(0) })
    }
}

impl Resolver for Scripted {
    fn resolve(&self, _: &str) -> Resolving {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        Box::pin(async move { Ok(answer) })
    }
}

async fn screened(answer: &[&str]) -> Result<Vec<String>, String> {
    let screened = Screened::new(Scripted::new(&[answer]), reserved);
    let found = screened.oneshot("auth.example.com".parse().unwrap()).await;
    found.map(|all| all.map(|one| one.ip().to_string()).collect()).map_err(|error| error.to_string())
}

/// A client that connects to what `screened` lets through, without TLS too.
fn client(screened: Screened) -> Client {
    Client::new(screened, None, false, Duration::from_secs(5))
}

/// An address no [`HttpsUrl`] leads to.
fn address(origin: &str) -> Address {
    Address { origin: origin.to_owned(), uri: format!("{origin}/").parse().unwrap() }
}

async fn get(client: &Client, address: &Address) -> Result<Response<Answer>, Trouble> {
    client.send(address, Request::new(Body::empty())).await
}

fn url(text: &str) -> HttpsUrl {
    HttpsUrl::parse(text).unwrap()
}

fn guard(origins: &[&str]) -> Guard {
    let origins: Vec<HttpsUrl> = origins.iter().map(|text| url(text)).collect();
    Guard::new(&origins, Scripted::new(&[&["10.0.0.1"]]), Duration::from_secs(5))
}

#[tokio::test]
async fn public_addresses_come_through_as_they_are() {
    let found = screened(&["93.184.216.255", "2606:4700::1111"]).await;
    assert_eq!(found, Ok(vec!["93.184.216.255".to_owned(), "2606:4700::1111".to_owned()]));
}

#[tokio::test]
async fn one_bad_address_among_good_ones_spoils_the_answer() {
    for answer in [["1.1.1.1", "127.0.0.1"], ["169.254.169.254", "1.1.1.1"], ["1.1.1.1", "::ffff:10.0.0.1"]] {
        assert!(screened(&answer).await.unwrap_err().contains("auth.example.com leads to a "), "{answer:?}");
    }
}

#[tokio::test]
async fn a_name_without_addresses_is_not_found() {
    assert_eq!(screened(&[]).await, Err("auth.example.com has no address".to_owned()));
}

#[tokio::test]
async fn the_refusal_does_not_name_the_address() {
    assert!(!screened(&["10.11.12.13"]).await.unwrap_err().contains("10.11"));
}

#[tokio::test]
async fn an_answer_that_flips_is_checked_again_for_each_connection() {
    let screened = Screened::new(Scripted::new(&[&["1.1.1.1"], &["127.0.0.1"]]), reserved);
    assert!(screened.clone().oneshot("flip.example.com".parse().unwrap()).await.is_ok());
    assert!(screened.oneshot("flip.example.com".parse().unwrap()).await.is_err());
}

/// The connection goes to the checked answer: if the client asked a second time, it would get the refused one.
#[tokio::test]
async fn a_connection_asks_once_and_goes_where_the_answer_says() {
    let only_one = |address: IpAddr| (address.to_string() != "127.0.0.1").then_some(Reserved("refused address"));
    let server = wiremock::MockServer::start().await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(wiremock::ResponseTemplate::new(204).insert_header("connection", "close"))
        .mount(&server)
        .await;
    let scripted = Scripted::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let client = client(Screened::new(scripted.clone(), only_one));
    let address = address(&format!("http://flip.example.com:{}", server.address().port()));
    assert_eq!(get(&client, &address).await.unwrap().status(), 204);
    assert_eq!(scripted.asked.load(Ordering::Relaxed), 1);
    assert!(get(&client, &address).await.is_err(), "the second connection gets the flipped answer");
}

#[tokio::test]
async fn a_refused_name_is_never_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = client(Screened::new(Scripted::new(&[&["127.0.0.1"]]), reserved));
    let refused = get(&client, &address(&format!("http://inside.example.com:{port}"))).await.err();
    assert!(matches!(refused, Some(Trouble::Unresolved(Unresolved::Reserved { .. }))), "{refused:?}");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn https_goes_out_and_loopback_does_not() {
    let guard = guard(&[]);
    assert!(guard.way_to(&url("https://auth.example.com/token")).is_ok());
    for text in ["http://127.0.0.1/", "https://127.0.0.1/", "http://localhost:7430/", "http://[::1]:1/"] {
        assert!(matches!(guard.way_to(&url(text)), Err(Refusal::Loopback(_))), "{text}");
    }
}

#[test]
fn a_loopback_origin_is_allowed_exactly() {
    let guard = guard(&["http://127.0.0.1:7430"]);
    assert!(guard.way_to(&url("http://127.0.0.1:7430/x/as/token")).is_ok());
    for text in ["http://127.0.0.1:7431/", "https://127.0.0.1:7430/", "http://localhost:7430/", "http://127.0.0.1/"] {
        assert!(guard.way_to(&url(text)).is_err(), "{text}");
    }
}

#[test]
fn a_path_behind_an_allowed_origin_does_not_widen_it() {
    let guard = guard(&["http://127.0.0.1:7430/only/here"]);
    assert!(guard.way_to(&url("http://127.0.0.1:7430/elsewhere")).is_ok());
    assert!(guard.way_to(&url("http://127.0.0.1:743/")).is_err());
}

#[test]
fn numbers_zones_and_trailing_dots_never_become_a_url() {
    for host in [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0x7f.1",
        "1.2.3.255",
        "255.255.255.255",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%25eth0]",
        "[::]",
        "example.com.",
        "localhost.",
        "127.0.0.1.",
        "a@127.0.0.1",
        "①②⑦.0.0.1",
    ] {
        assert!(HttpsUrl::parse(&format!("https://{host}/")).is_err(), "{host}");
    }
}

#[tokio::test]
async fn the_client_for_the_outside_sends_nothing_without_tls() {
    let guard = guard(&[]);
    let (client, _) = guard.way_to(&url("https://auth.example.com/")).unwrap();
    let refused = get(client, &address("http://auth.example.com")).await.err();
    assert_eq!(refused, Some(Trouble::Refused(Refusal::Ambiguous)), "refused before anything was resolved");
}

#[tokio::test]
async fn the_loopback_client_resolves_localhost_and_no_other_name() {
    let found = resolver::Loopback.resolve("localhost").await.unwrap();
    assert!(found.iter().all(IpAddr::is_loopback) && found.len() == 2);
    assert!(resolver::Loopback.resolve("auth.example.com").await.unwrap().is_empty());
}

#[tokio::test]
async fn redirects_are_answers_and_not_followed() {
    let server = wiremock::MockServer::start().await;
    let elsewhere = format!("{}/elsewhere", server.uri());
    wiremock::Mock::given(wiremock::matchers::path("/token"))
        .respond_with(wiremock::ResponseTemplate::new(307).insert_header("location", elsewhere.as_str()))
        .mount(&server)
        .await;
    let guard = guard(&[&server.uri()]);
    let (client, address) = guard.way_to(&url(&format!("{}/token", server.uri()))).unwrap();
    let request = Request::post("/").body(Body::from("secret")).unwrap();
    assert_eq!(client.send(&address, request).await.unwrap().status(), 307);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

/// Answers with `answers` in turn on each connection, then ends it; counts the connections.
async fn answering(answers: &'static [&'static [u8]]) -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let mut request = [0; 4_096];
                for answer in answers {
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(answer).await;
                }
            });
        }
    });
    (origin, count)
}

async fn read(guard: &Guard, origin: &str) -> Vec<u8> {
    let (client, address) = guard.way_to(&url(origin)).unwrap();
    let answer = get(client, &address).await.unwrap();
    answer.into_body().collect().await.unwrap().to_bytes().to_vec()
}

const SIZED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
const EMPTY: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

#[tokio::test]
async fn a_connection_is_kept_for_the_next_call_however_its_answer_ended() {
    let (origin, connections) = answering(&[SIZED, CHUNKED, EMPTY, SIZED]).await;
    let guard = guard(&[&origin]);
    for expected in ["abc", "abc", "", "abc"] {
        assert_eq!(read(&guard, &origin).await, expected.as_bytes());
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_kept_connection_that_has_ended_is_replaced_without_a_word() {
    let (origin, connections) = answering(&[SIZED]).await;
    let guard = guard(&[&origin]);
    for _ in 0..3 {
        assert_eq!(read(&guard, &origin).await, b"abc");
        // Nobody but the machine can say when the end has come by.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(connections.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_connection_whose_answer_was_not_read_is_not_used_again() {
    let (origin, connections) = answering(&[b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", SIZED]).await;
    let guard = guard(&[&origin]);
    let (client, address) = guard.way_to(&url(&origin)).unwrap();
    drop(get(client, &address).await.unwrap());
    assert_eq!(get(client, &address).await.unwrap().body().size_hint().exact(), Some(9));
    assert_eq!(connections.load(Ordering::Relaxed), 2);
}
