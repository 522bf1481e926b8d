use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::api::providers::{NewSandboxClient, SandboxClient, SandboxRole};
use domain::provider::ClientAuthentication::ClientSecretBasic;
use sandbox::{Fault, FaultPlan, Running, Sandbox, SandboxError, SandboxSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::rig::{START, settings};

async fn start(change: impl FnOnce(&mut SandboxSettings)) -> Result<Running, SandboxError> {
    let mut settings = settings(&Arc::new(AtomicI64::new(START)));
    change(&mut settings);
    Sandbox::start(settings).await
}

async fn add(running: &Running) -> SandboxClient {
    let wish = NewSandboxClient {
        authentication: ClientSecretBasic,
        lifetime_seconds: 20,
        public_jwk: None,
        roles: SandboxRole::all(),
    };
    running.add_client(&wish).await.unwrap()
}

/// The bytes that come back over a real connection.
async fn obtain(running: &Running, client: &SandboxClient) -> String {
    let basic = STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret.expose()));
    let body = "grant_type=client_credentials";
    let request = format!(
        "POST /{}/as/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Basic {basic}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        client.environment_id,
        body.len()
    );
    let address = running.origin().as_str().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_started_sandbox_answers_until_it_is_stopped() {
    let running = start(|_| {}).await.unwrap();
    let client = add(&running).await;
    assert!(obtain(&running, &client).await.contains("access_token"));
    let address = running.origin().as_str().trim_start_matches("http://").to_owned();
    running.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_dropped_connection_carries_no_byte() {
    let running = start(|_| {}).await.unwrap();
    let client = add(&running).await;
    running.set_fault(FaultPlan { fault: Some(Fault::Dropped), ..FaultPlan::default() });
    assert_eq!(obtain(&running, &client).await, "");
}

#[tokio::test]
async fn only_loopback_addresses_are_listened_on() {
    for address in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let error = start(|settings| settings.listen = address.parse().unwrap()).await.err().unwrap();
        assert!(matches!(error, SandboxError::NotLoopback(_)), "{address}");
    }
}

#[tokio::test]
async fn a_taken_port_stops_the_start() {
    let first = start(|_| {}).await.unwrap();
    let taken = first.origin().as_str().trim_start_matches("http://").parse().unwrap();
    let error = start(|settings| settings.listen = taken).await.err().unwrap();
    assert!(error.to_string().contains(&taken.to_string()));
}

#[tokio::test]
async fn key_and_clients_outlive_a_restart_when_there_is_a_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = Some(folder.path().join("not-made-yet"));
    let first = start(|settings| settings.data = data.clone()).await.unwrap();
    let client = add(&first).await;
    first.stop().await;
    let second = start(|settings| settings.data = data).await.unwrap();
    assert_eq!(second.environment_id(), client.environment_id);
    assert!(obtain(&second, &client).await.contains("access_token"));
}

#[tokio::test]
async fn clients_made_at_once_are_all_on_disk_even_when_nobody_waits_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(|settings| settings.data = Some(folder.path().to_owned())).await.unwrap();
    let wish = NewSandboxClient {
        authentication: ClientSecretBasic,
        lifetime_seconds: 20,
        public_jwk: None,
        roles: SandboxRole::all(),
    };
    for _ in 0..10 {
        let adding = running.add_client(&wish);
        // Polled once, then dropped.
        let _ = tokio::time::timeout(std::time::Duration::ZERO, adding).await;
    }
    add(&running).await;
    let kept: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("sandbox.json")).unwrap()).unwrap();
    assert_eq!(kept["clients"].as_array().unwrap().len(), 11);
}

#[tokio::test]
async fn without_a_data_folder_a_restart_starts_afresh() {
    let first = start(|_| {}).await.unwrap();
    let second = start(|_| {}).await.unwrap();
    assert_ne!(first.environment_id(), second.environment_id());
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let running = start(|settings| settings.data = Some(folder.path().to_owned())).await.unwrap();
    add(&running).await;
    let mode = std::fs::metadata(folder.path().join("sandbox.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_broken_data_file_stops_the_start_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    for text in ["", "{", r#"{"version":2}"#, "\u{0}"] {
        std::fs::write(&path, text).unwrap();
        let error = start(|settings| settings.data = Some(folder.path().to_owned())).await.err().unwrap();
        assert!(error.to_string().contains("sandbox.json"), "{text}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}
