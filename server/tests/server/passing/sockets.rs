//! WebSockets, over real connections on both sides: what passes, within which bounds, and how they end.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::api::gateway::{SOCKET_SITE, SOCKET_TOKEN, TOKEN_SOURCE_HEADER};
use domain::time::Span;
use server::upstream::accept;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::tokens::{OPERATORS, with_operators_token};
use super::*;

pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// Reads until the end of a head.
async fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await.expect("the head has an end");
        bytes.push(byte);
    }
    String::from_utf8(bytes).unwrap()
}

fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(found, _)| found.eq_ignore_ascii_case(name)))
        .map(|it| it.1)
}

/// An API that opens the first WebSocket it is asked for; its origin, and what it was asked with the connection.
pub async fn api(protocol: Option<&'static str>) -> (String, JoinHandle<(String, TcpStream)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let opened = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let asked = head(&mut stream).await;
        let answer = accept(value(&asked, "sec-websocket-key").unwrap());
        let protocol = protocol.map(|name| format!("Sec-WebSocket-Protocol: {name}\r\n")).unwrap_or_default();
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{protocol}Sec-WebSocket-Accept: {answer}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        (asked, stream)
    });
    (origin, opened)
}

/// Asks the server for a WebSocket over a connection of its own; what it answers, and the connection.
pub async fn open(stage: &Stage, protocols: &str) -> (String, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = stage.rig.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /api/v1/gateway/{}/live HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nUser-Agent: Testfox\r\nCookie: {}\r\n\
         Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\
         Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: {protocols}\r\n\r\n",
        stage.provider,
        stage.admin.cookie.as_deref().unwrap(),
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    (head(&mut stream).await, stream)
}

/// The subprotocols our own pages offer, and these.
pub fn protocols(more: &str) -> String {
    let (token, site) = (URL_SAFE_NO_PAD.encode(TOKEN), URL_SAFE_NO_PAD.encode(SITE));
    format!("tokenkeep, {SOCKET_TOKEN}{token}, {SOCKET_SITE}{site}{more}")
}

/// A server, and the two ends of a WebSocket through it: the page's and the provider's.
async fn opened(change: impl FnOnce(&mut Settings)) -> (Stage, TcpStream, TcpStream) {
    let (origin, api) = api(None).await;
    let stage = Stage::with(&origin, GatewayRules::default(), change).await;
    let (answer, page) = open(&stage, &protocols("")).await;
    assert_eq!(value(&answer, "sec-websocket-protocol"), Some("tokenkeep"), "{answer}");
    (stage, page, api.await.unwrap().1)
}

/// Sends bytes into one end; they come out of the other as they are.
async fn passes(from: &mut TcpStream, to: &mut TcpStream, bytes: &[u8]) {
    from.write_all(bytes).await.unwrap();
    let mut read = vec![0; bytes.len()];
    to.read_exact(&mut read).await.unwrap();
    assert!(read == bytes, "{} bytes came otherwise than they were sent", bytes.len());
}

/// All that still comes, until the end.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.unwrap();
    read
}

/// A frame of a page's: masked with zeros, so that what it carries stands there as it is.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    [&[first, 0x80 | u8::try_from(payload.len()).unwrap(), 0, 0, 0, 0], payload].concat()
}

/// A frame of a provider's.
fn plain(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = match payload.len() {
        short @ ..=125 => vec![u8::try_from(short).unwrap()],
        long => [&[127][..], &(long as u64).to_be_bytes()].concat(),
    };
    [&[first], &length[..], payload].concat()
}

#[tokio::test]
async fn the_token_is_put_in_at_the_handshake_and_nothing_else_of_it_goes_on() {
    let (origin, api) = api(Some("mqtt")).await;
    let stage = Stage::at(&origin, GatewayRules::default()).await;
    let (answer, _page) = open(&stage, &protocols(", mqtt")).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert_eq!(value(&answer, "sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_eq!(value(&answer, "sec-websocket-protocol"), Some("mqtt"));
    assert_eq!(value(&answer, "sec-websocket-extensions"), None);
    assert_eq!(value(&answer, TOKEN_SOURCE_HEADER), Some("given"));
    assert!(!answer.contains("canary") && !answer.contains(&URL_SAFE_NO_PAD.encode(TOKEN)), "{answer}");
    let (asked, _provider) = api.await.unwrap();
    assert!(asked.starts_with("GET /api/live HTTP/1.1\r\n"), "{asked}");
    assert_eq!(value(&asked, "authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(value(&asked, "sec-websocket-protocol"), Some("mqtt"));
    assert_ne!(value(&asked, "sec-websocket-key"), Some(KEY), "the key is our own");
    for name in ["cookie", "origin", "sec-websocket-extensions"] {
        assert_eq!(value(&asked, name), None, "{name}");
    }
}

#[tokio::test]
async fn text_and_binary_messages_of_any_length_pass_both_ways() {
    let (stage, mut page, mut provider) = opened(|_| {}).await;
    assert_eq!(stage.rig.state.streams.count(), 1);
    passes(&mut page, &mut provider, &masked(0x81, "grüß dich".as_bytes())).await;
    passes(&mut provider, &mut page, &plain(0x81, b"servus")).await;
    passes(&mut page, &mut provider, &masked(0x82, &[0, 255, 0x88])).await;
    passes(&mut provider, &mut page, &plain(0x82, &[7; 300_000])).await;
    passes(&mut provider, &mut page, &plain(0x01, b"in two")).await;
    passes(&mut provider, &mut page, &plain(0x89, b"ping")).await;
    passes(&mut page, &mut provider, &masked(0x8a, b"ping")).await;
    passes(&mut provider, &mut page, &plain(0x80, b" parts")).await;
}

#[tokio::test]
async fn closing_codes_pass_both_ways_and_the_end_of_one_side_is_the_end_of_the_other() {
    let (stage, mut page, mut provider) = opened(|_| {}).await;
    let reason = [&[0x03, 0xe8][..], b"done"].concat();
    passes(&mut page, &mut provider, &masked(0x88, &reason)).await;
    passes(&mut provider, &mut page, &plain(0x88, &reason)).await;
    drop(provider);
    assert!(rest(&mut page).await.is_empty(), "nothing is added");
    stage.rig.state.in_flight.finished().await;
    assert_eq!(stage.rig.state.streams.count(), 0);

    let (stage, mut page, mut provider) = opened(|_| {}).await;
    passes(&mut provider, &mut page, &plain(0x88, &4_123_u16.to_be_bytes())).await;
    drop(page);
    assert!(rest(&mut provider).await.is_empty());
    stage.rig.state.in_flight.finished().await;
}

#[tokio::test]
async fn an_api_that_drops_the_connection_ends_the_socket_without_a_code_of_its_own() {
    let (stage, mut page, mut provider) = opened(|_| {}).await;
    // In the middle of a message: a browser calls that 1006.
    provider.write_all(&[0x82, 100, 1, 2, 3]).await.unwrap();
    drop(provider);
    assert_eq!(rest(&mut page).await, [0x82, 100, 1, 2, 3]);
    stage.rig.state.in_flight.finished().await;
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_waits_for_the_end() {
    let (stage, mut page, mut provider) = opened(|_| {}).await;
    stage.rig.state.in_flight.stop();
    assert_eq!(rest(&mut page).await, [0x88, 2, 3, 233], "1001: going away");
    assert!(rest(&mut provider).await.is_empty());
    stage.rig.state.in_flight.finished().await;
}

#[tokio::test]
async fn a_server_that_stops_puts_nothing_into_the_middle_of_a_message() {
    let (stage, mut page, mut provider) = opened(|_| {}).await;
    passes(&mut provider, &mut page, &[0x82, 100, 1, 2, 3]).await;
    stage.rig.state.in_flight.stop();
    assert!(rest(&mut page).await.is_empty());
}

#[tokio::test]
async fn a_socket_on_which_nothing_comes_is_ended() {
    let (stage, mut page, mut provider) = opened(|settings| settings.gateway.stream_idle = Span::from_millis(50)).await;
    assert_eq!(rest(&mut page).await, [0x88, 2, 3, 233], "1001: going away");
    assert!(rest(&mut provider).await.is_empty());
    stage.rig.state.in_flight.finished().await;
}

#[tokio::test]
async fn a_socket_that_lasts_too_long_is_ended_though_something_comes() {
    let (_stage, mut page, mut provider) = opened(|settings| settings.gateway.longest = Span::from_millis(200)).await;
    let chatter = tokio::spawn(async move { while provider.write_all(&plain(0x81, b"tick")).await.is_ok() {} });
    let read = rest(&mut page).await;
    assert!(read.starts_with(&plain(0x81, b"tick")) && read.len() > 6);
    chatter.await.unwrap();
}

#[tokio::test]
async fn a_message_too_long_ends_the_socket_before_it_comes() {
    let large = [127, 0, 0, 0, 1, 0, 0, 0, 0];
    let (_stage, mut page, mut provider) = opened(|_| {}).await;
    provider.write_all(&[&[0x82][..], &large].concat()).await.unwrap();
    assert_eq!(rest(&mut page).await, [0x88, 2, 3, 241], "1009: too large");

    let (_stage, mut page, mut provider) = opened(|_| {}).await;
    page.write_all(&[&[0x82, 0xff][..], &large[1..], &[0; 4]].concat()).await.unwrap();
    assert_eq!(rest(&mut page).await, [0x88, 2, 3, 241], "1009: too large");
    assert!(rest(&mut provider).await.is_empty());
}

#[tokio::test]
async fn an_api_that_repeats_the_operators_token_does_not_give_it_away() {
    let (origin, api) = api(None).await;
    let stage = with_operators_token(Stage::at(&origin, GatewayRules::default()).await);
    let site = format!("tokenkeep, {SOCKET_SITE}{}", URL_SAFE_NO_PAD.encode(SITE));
    let (answer, mut page) = open(&stage, &site).await;
    assert_eq!(value(&answer, TOKEN_SOURCE_HEADER), Some("default"), "{answer}");
    let (asked, mut provider) = api.await.unwrap();
    assert_eq!(value(&asked, "authorization"), Some(format!("Bearer {OPERATORS}").as_str()));
    provider.write_all(&plain(0x81, OPERATORS.as_bytes())).await.unwrap();
    assert_eq!(rest(&mut page).await, [0x88, 2, 3, 240], "1008: not allowed");
}
