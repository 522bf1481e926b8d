//! A server that sends exactly the bytes it is told to.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What is sent to everyone who connects and asks.
#[derive(Clone, Copy)]
pub enum Script {
    /// These bytes, then the end of the connection.
    Send(&'static [u8]),
    /// These bytes, then one more byte each few milliseconds, for ever.
    Drip(&'static [u8]),
    /// These bytes, then as many zeros, as fast as they are taken.
    Flood(&'static [u8], usize),
    /// Nothing, with the connection left open.
    Silence,
}

/// Starts the server; its origin.
pub async fn serve(script: Script) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(play(stream, script));
        }
    });
    origin
}

async fn play(mut stream: TcpStream, script: Script) -> std::io::Result<()> {
    let mut request = [0; 16 * 1024];
    let _ = stream.read(&mut request).await?;
    match script {
        Script::Send(bytes) => stream.write_all(bytes).await?,
        Script::Flood(head, count) => {
            stream.write_all(head).await?;
            for _ in 0..count / 1024 {
                stream.write_all(&[b'0'; 1024]).await?;
            }
        }
        Script::Silence => std::future::pending().await,
        Script::Drip(head) => {
            stream.write_all(head).await?;
            loop {
                tokio::time::sleep(Duration::from_millis(5)).await;
                stream.write_all(b" ").await?;
            }
        }
    }
    stream.shutdown().await
}
