//! The real server, as a process of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::rig::PASSWORD;

/// A running server process; killed when dropped.
pub struct Process {
    child: Child,
    pub address: String,
    printed: Vec<String>,
}

impl Process {
    /// Starts the server and waits until it listens.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same, with more environment variables.
    pub fn start_with(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_server"))
            .env("TOKENKEEP_LISTEN", format!("127.0.0.1:{port}"))
            .env("TOKENKEEP_DATA", folder.join("data"))
            .env("TOKENKEEP_SITE", folder.join("site"))
            .envs(variables.iter().copied())
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
        let address = printed.last().unwrap().strip_prefix("Tokenkeep listens on ").unwrap().to_owned();
        Self { child, address, printed }
    }

    pub fn setup_key(&self) -> Option<&str> {
        self.printed.iter().find_map(|line| line.strip_prefix("Setup link: ")?.split("#key=").nth(1))
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM: it may end what it has begun.
    pub fn terminate(&self) {
        let sent = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// How the process ended; `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts as the app's own pages do; `None` when nobody answers.
pub async fn post(
    client: &reqwest::Client,
    address: &str,
    path: &str,
    cookie: &str,
    body: String,
) -> Option<reqwest::Response> {
    let request = client
        .post(format!("{address}{path}"))
        .header("x-tokenkeep-request", "1")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .header("cookie", cookie)
        .body(body);
    request.send().await.ok()
}

/// Completes setup; the session's cookie.
pub async fn set_up(client: &reqwest::Client, process: &Process) -> String {
    let answer = complete_setup(client, process).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    cookie.split(';').next().unwrap().to_owned()
}

/// Completes setup; the answer.
pub async fn complete_setup(client: &reqwest::Client, process: &Process) -> reqwest::Response {
    let key = process.setup_key().unwrap();
    let body = format!(r#"{{"key":"{key}","username":"ada","password":"{PASSWORD}"}}"#);
    post(client, &process.address, "/api/v1/setup", "", body).await.unwrap()
}

/// Asks again and again, with a short pause, until there is an answer; half a minute at most.
pub async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.expect("it comes within half a minute")
}
