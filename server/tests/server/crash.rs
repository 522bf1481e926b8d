//! The server is killed in the middle of writing and starts again with all it had confirmed.

use domain::provider::Provider;

use crate::process::{Process, post, set_up};

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
    let client = reqwest::Client::new();
    for number in 0.. {
        let name = format!("{writer} {number}");
        match post(&client, &address, "/api/v1/providers", &cookie, provider(&name)).await {
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
    let cookie = set_up(&reqwest::Client::new(), &process).await;
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
