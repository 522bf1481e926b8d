//! The server is told to stop in the middle of its work.

use std::net::SocketAddr;

use domain::provider::Provider;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::process::{Process, post, set_up, until};

/// A provider that takes a request and answers it when the test says so.
struct Held {
    listener: TcpListener,
    origin: String,
}

impl Held {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, origin }
    }

    /// Waits until a request has arrived.
    async fn request(&self) -> TcpStream {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 16 * 1_024]).await.unwrap();
        stream
    }
}

async fn answer(mut stream: TcpStream) {
    let body = r#"{"access_token":"late-token","token_type":"Bearer","expires_in":60}"#;
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
}

async fn allow(client: &reqwest::Client, process: &Process, cookie: &str, held: &Held) -> Provider {
    let kind = json!({ "type": "oauth", "issuer": null, "token_endpoint": format!("{}/token", held.origin),
        "jwks_uri": null, "authentication_methods": [] });
    let form = json!({ "name": "Slow", "enabled": true, "kind": kind });
    let answer = post(client, &process.address, "/api/v1/providers", cookie, form.to_string()).await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_request_in_flight_ends_well_new_ones_are_refused_and_the_process_ends_with_success() {
    let (folder, held) = (tempfile::tempdir().unwrap(), Held::new().await);
    let mut process = Process::start_with(folder.path(), &[("TOKENKEEP_LOOPBACK_ORIGINS", &held.origin)]);
    let client = reqwest::Client::new();
    let cookie = set_up(&client, &process).await;
    let provider = allow(&client, &process, &cookie, &held).await;
    let proof = json!({ "method": "client_secret_post", "client_secret": "s" });
    let body = json!({ "provider": provider.id, "client_id": "c", "proof": proof }).to_string();
    let address = process.address.clone();
    let asking = tokio::spawn(async move { post(&client, &address, "/api/v1/token", &cookie, body).await });
    let waiting = held.request().await;

    process.terminate();
    let listening: SocketAddr = process.address.strip_prefix("http://").unwrap().parse().unwrap();
    until(async || TcpStream::connect(listening).await.err()).await;
    assert!(!asking.is_finished() && process.ended().is_none(), "the request still waits for the provider");

    answer(waiting).await;
    let token = asking.await.unwrap().expect("the answer comes");
    assert_eq!(token.status(), 200);
    let token: Value = serde_json::from_str(&token.text().await.unwrap()).unwrap();
    assert_eq!(token["access_token"], "late-token");
    assert!(until(async || process.ended()).await.success());
}
