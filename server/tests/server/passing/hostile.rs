//! An API that attacks, cuts, floods or says nothing.

use domain::api::Code;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A server that sends these bytes to everyone who asks, and then, unless it `stays`, ends the connection.
pub async fn raw(bytes: Vec<u8>, stays: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let bytes = bytes.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 16 * 1_024]).await;
                let _ = stream.write_all(&bytes).await;
                if stays {
                    // Until the other side has enough.
                    let _ = stream.read(&mut [0; 1]).await;
                }
            });
        }
    });
    origin
}

async fn stage(bytes: &[u8], stays: bool) -> Stage {
    let origin = raw(bytes.to_vec(), stays).await;
    Stage::with(&origin, GatewayRules::default(), |settings| {
        settings.upstream.try_timeout = domain::time::Span::from_millis(300);
        settings.gateway.idle = domain::time::Span::from_millis(100);
        settings.gateway.answer_bytes = 1_000;
    })
    .await
}

#[tokio::test]
async fn nothing_nonsense_and_silence_become_problems() {
    for (bytes, stays, code) in [
        (&b""[..], false, Code::UpstreamUnavailable),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", false, Code::UpstreamUnavailable),
        (b"", true, Code::UpstreamTimeout),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\ncontent-type: text/csv\r\n\r\n",
            true,
            Code::UpstreamUnreadable,
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx: a\r\n b\r\n\r\n", false, Code::UpstreamUnavailable),
    ] {
        let problem = stage(bytes, stays).await.get("sites/").await.problem();
        assert_eq!(problem.code, code, "{}", String::from_utf8_lossy(bytes));
        assert!(!format!("{problem:?}").contains("canary"));
    }
}

/// The error that reading the body ends with.
async fn cut(bytes: &[u8], stays: bool) -> String {
    let mut stage = stage(bytes, stays).await;
    let path = format!("/api/v1/gateway/{}/sites/", stage.provider);
    let body = stage.admin.open(&path, &[(TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE)]).await;
    axum::body::to_bytes(body, 1_000_000).await.expect_err("the body only seems whole").to_string()
}

#[tokio::test]
async fn a_body_that_is_cut_slow_or_too_long_never_seems_whole() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let whole = format!("{head}content-length: 100\r\n\r\n[1,2");
    assert!(cut(whole.as_bytes(), false).await.contains("ended before its end"));
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n4\r\n[1,2\r\n");
    assert!(cut(chunked.as_bytes(), false).await.contains("ended before its end"));
    assert!(cut(whole.as_bytes(), true).await.contains("took too long"));
    let flood = format!("{head}\r\n{}", "0".repeat(5_000));
    assert!(cut(flood.as_bytes(), false).await.contains("longer than allowed"));
}

#[tokio::test]
async fn a_body_that_comes_slowly_but_surely_is_passed_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (next, mut go) = tokio::sync::mpsc::channel::<()>(1);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 16 * 1_024]).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: 6\r\n\r\na,";
        stream.write_all(head.as_bytes()).await.unwrap();
        go.recv().await;
        stream.write_all(b"b,c\n").await.unwrap();
    });
    let mut stage = Stage::at(&origin, GatewayRules::default()).await;
    let path = format!("/api/v1/gateway/{}/sites/", stage.provider);
    let mut body = stage.admin.open(&path, &[(TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE)]).await.into_data_stream();
    let first = futures::StreamExt::next(&mut body).await.unwrap().unwrap();
    assert_eq!(&first[..], b"a,", "the first part is here before the second one was sent");
    next.send(()).await.unwrap();
    let second = futures::StreamExt::next(&mut body).await.unwrap().unwrap();
    assert_eq!(&second[..], b"b,c\n");
}
