//! Connections to a provider are kept for the next calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;

use super::*;

const AT_ONCE: usize = 20;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

/// Answers call after call on one connection, each when all of its round are there.
async fn serve(stream: TcpStream, round: Arc<Barrier>) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while let Ok(1..) = stream.read_line(&mut line).await {
        if line == "\r\n" {
            round.wait().await;
            stream.write_all(ANSWER).await.unwrap();
        }
        line.clear();
    }
}

#[tokio::test]
async fn calls_at_once_use_the_connections_of_those_before_them() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (opened, round) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(AT_ONCE)));
    let count = Arc::clone(&opened);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(serve(stream, Arc::clone(&round)));
        }
    });
    let stage = Stage::at(&origin, GatewayRules::default()).await;
    let path = format!("/api/v1/gateway/{}/sites/", stage.provider);
    for _ in 0..3 {
        let calls = (0..AT_ONCE).map(|_| {
            let (mut browser, path) = (stage.admin.clone(), path.clone());
            async move { browser.send("GET", &path, &[(TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE)], "").await.status }
        });
        let statuses = futures::future::join_all(calls).await;
        assert!(statuses.iter().all(|status| status.as_u16() == 200), "{statuses:?}");
    }
    // One that is given back a moment late costs another one, now and then.
    assert!(opened.load(Ordering::Relaxed) < 2 * AT_ONCE);
}
