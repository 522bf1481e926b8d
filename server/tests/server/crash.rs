//! The server is killed in the middle of writing and starts again with all it had confirmed.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use domain::provider::Provider;

use crate::rig::PASSWORD;

/// A running server process; killed when dropped.
struct Process {
    child: Child,
    address: String,
    printed: Vec<String>,
}

impl Process {
    /// Starts the server and waits until it listens.
    fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .env("TOKENKEEP_LISTEN", format!("127.0.0.1:{port}"))
            .env("TOKENKEEP_DATA", folder.join("data"))
            .env("TOKENKEEP_SITE", folder.join("site"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut printed = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            printed.push(line.unwrap());
            if printed.last().is_some_and(|line| line.starts_with("Tokenkeep listens on")) {
                break;
            }
        }
        Self { child, address: format!("http://127.0.0.1:{port}"), printed }
    }

    fn setup_key(&self) -> Option<&str> {
        self.printed.iter().find_map(|line| line.strip_prefix("Setup link: ")?.split("#key=").nth(1))
    }

    /// SIGKILL: no chance to tidy up.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn post(address: &str, path: &str, cookie: &str, body: String) -> Option<reqwest::Response> {
    let request = reqwest::Client::new()
        .post(format!("{address}{path}"))
        .header("x-tokenkeep-request", "1")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .header("cookie", cookie)
        .body(body);
    request.send().await.ok()
}

async fn set_up(process: &Process) -> String {
    let key = process.setup_key().unwrap();
    let body = format!(r#"{{"key":"{key}","username":"ada","password":"{PASSWORD}"}}"#);
    let answer = post(&process.address, "/api/v1/setup", "", body).await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    cookie.split(';').next().unwrap().to_owned()
}

fn provider(name: &str) -> String {
    format!(r#"{{"name":"{name}","enabled":true,"kind":{{"type":"pingone","regions":["eu"],"custom_domains":[]}}}}"#)
}

/// Writes providers until the server is gone; gives the names it confirmed.
async fn write_until_gone(
    address: String,
    cookie: String,
    writer: String,
    confirmed: tokio::sync::mpsc::Sender<String>,
) {
    for number in 0.. {
        let name = format!("{writer} {number}");
        match post(&address, "/api/v1/providers", &cookie, provider(&name)).await {
            Some(answer) if answer.status().is_success() => {
                if confirmed.send(name).await.is_err() {
                    return;
                }
            }
            _ => return,
        }
    }
}

async fn names(process: &Process, cookie: &str) -> Vec<String> {
    let request = reqwest::Client::new().get(format!("{}/api/v1/providers", process.address)).header("cookie", cookie);
    let text = request.send().await.unwrap().text().await.unwrap();
    let providers: Vec<Provider> = serde_json::from_str(&text).unwrap();
    providers.into_iter().map(|provider| provider.name).collect()
}

#[tokio::test]
async fn a_server_killed_while_writing_starts_again_with_all_it_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path());
    let cookie = set_up(&process).await;
    let mut all = Vec::new();
    for round in 0..3 {
        let (send, mut confirmed) = tokio::sync::mpsc::channel(1_000);
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                write_until_gone(process.address.clone(), cookie.clone(), format!("{round}.{writer}"), send.clone())
            })
            .map(tokio::spawn)
            .collect();
        drop(send);
        for _ in 0..20 {
            all.push(confirmed.recv().await.unwrap());
        }
        process.kill();
        futures::future::join_all(writers).await;
        while let Some(name) = confirmed.recv().await {
            all.push(name);
        }
        process = Process::start(folder.path());
        assert_eq!(process.setup_key(), None, "setup stays done");
        let kept = names(&process, &cookie).await;
        let lost: Vec<_> = all.iter().filter(|name| !kept.contains(name)).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?} of {}", all.len());
    }
}
