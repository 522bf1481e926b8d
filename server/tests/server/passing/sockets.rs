//! WebSockets, over real connections on both sides.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::api::Code;
use domain::api::gateway::{SOCKET_SITE, SOCKET_TOKEN};
use server::upstream::accept;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

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
async fn api(protocol: Option<&'static str>) -> (String, tokio::task::JoinHandle<(String, TcpStream)>) {
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
async fn open(stage: &Stage, protocols: &str) -> (String, TcpStream) {
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

fn protocols(more: &str) -> String {
    let (token, site) = (URL_SAFE_NO_PAD.encode(TOKEN), URL_SAFE_NO_PAD.encode(SITE));
    format!("tokenkeep, {SOCKET_TOKEN}{token}, {SOCKET_SITE}{site}{more}")
}

#[tokio::test]
async fn a_websocket_passes_both_ways_with_the_token_put_in_at_the_handshake() {
    let (origin, api) = api(Some("mqtt")).await;
    let stage = Stage::at(&origin, GatewayRules::default()).await;
    let (answer, mut page) = open(&stage, &protocols(", mqtt")).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert_eq!(value(&answer, "sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_eq!(
        (value(&answer, "sec-websocket-protocol"), value(&answer, "sec-websocket-extensions")),
        (Some("mqtt"), None)
    );
    let (asked, mut provider) = api.await.unwrap();
    assert_eq!(value(&asked, "authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(value(&asked, "sec-websocket-protocol"), Some("mqtt"));
    for name in ["cookie", "origin", "sec-websocket-extensions"] {
        assert_eq!(value(&asked, name), None, "{name}");
    }
    let mut read = [0; 8];
    page.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']).await.unwrap();
    provider.read_exact(&mut read).await.unwrap();
    assert_eq!(read, [0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
    provider.write_all(&[0x81, 6, b's', b'e', b'r', b'v', b'u', b's']).await.unwrap();
    page.read_exact(&mut read).await.unwrap();
    assert_eq!(read, [0x81, 6, b's', b'e', b'r', b'v', b'u', b's']);
    assert_eq!(stage.rig.state.streams.count(), 1);
    drop(provider);
    assert_eq!(page.read(&mut read).await.unwrap(), 0, "the page sees the end");
    stage.rig.state.in_flight.finished().await;
    assert_eq!(stage.rig.state.streams.count(), 0);
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_waits_for_the_end() {
    let (origin, api) = api(None).await;
    let stage = Stage::at(&origin, GatewayRules::default()).await;
    let (answer, mut page) = open(&stage, &protocols("")).await;
    assert_eq!(value(&answer, "sec-websocket-protocol"), Some("tokenkeep"));
    let (_, mut provider) = api.await.unwrap();
    stage.rig.state.in_flight.stop();
    let mut read = Vec::new();
    page.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, [0x88, 2, 3, 233], "1001: going away");
    assert_eq!(provider.read(&mut [0; 8]).await.unwrap(), 0);
    stage.rig.state.in_flight.finished().await;
}

#[tokio::test]
async fn a_message_too_long_ends_the_socket_before_it_comes() {
    let (origin, api) = api(None).await;
    let stage = Stage::at(&origin, GatewayRules::default()).await;
    let (_, mut page) = open(&stage, &protocols("")).await;
    let (_, mut provider) = api.await.unwrap();
    provider.write_all(&[0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]).await.unwrap();
    let mut read = Vec::new();
    page.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, [0x88, 2, 3, 241], "1009: too large");
}

#[tokio::test]
async fn only_our_own_pages_open_a_websocket() {
    let (origin, _api) = api(None).await;
    let mut stage = Stage::at(&origin, GatewayRules::default()).await;
    let path = format!("/api/v1/gateway/{}/live", stage.provider);
    let shake = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", KEY),
        (TOKEN_HEADER, TOKEN),
        (SITE_HEADER, SITE),
    ];
    for more in [
        &[][..],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:7420"), ("sec-fetch-site", "same-site")],
    ] {
        let headers = [&shake[..], more].concat();
        assert_eq!(stage.admin.send("GET", &path, &headers, "").await.problem().code, Code::CrossSite, "{more:?}");
    }
}

#[tokio::test]
async fn a_handshake_the_api_does_not_keep_to_opens_nothing() {
    let accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    for (answer, code) in [
        ("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n".to_owned(), Code::ApiTokenRefused),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned(), Code::UpstreamUnreadable),
        (format!("{accepted}Sec-WebSocket-Accept: wrong\r\n\r\n"), Code::UpstreamUnreadable),
    ] {
        let origin = hostile::raw(answer.clone().into_bytes(), true).await;
        let mut stage = Stage::at(&origin, GatewayRules::default()).await;
        let path = format!("/api/v1/gateway/{}/live", stage.provider);
        let headers = [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", KEY),
            (TOKEN_HEADER, TOKEN),
            (SITE_HEADER, SITE),
            ("origin", "http://127.0.0.1:7420"),
        ];
        assert_eq!(stage.admin.send("GET", &path, &headers, "").await.problem().code, code, "{answer}");
        assert_eq!(stage.rig.state.streams.count(), 0);
    }
}
