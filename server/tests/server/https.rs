//! The whole process over TLS, from its certificate files to the cookie.

use std::path::{Path, PathBuf};

use reqwest::{Certificate, Client};

use crate::process::{Process, complete_setup, until};

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// Writes a new certificate over the old one; gives a client that trusts it and nothing else.
fn renew(files: &Files) -> Client {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let trusted = Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    Client::builder().tls_certs_only([trusted]).https_only(true).pool_max_idle_per_host(0).build().unwrap()
}

fn start(folder: &Path, files: &Files) -> Process {
    let text = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let (certificate, key) = (text(&files.certificate), text(&files.key));
    Process::start_with(folder, &[("TOKENKEEP_TLS_CERTIFICATE", &certificate), ("TOKENKEEP_TLS_KEY", &key)])
}

fn files(folder: &Path) -> Files {
    Files { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") }
}

#[tokio::test]
async fn pages_health_and_the_cookie_go_over_https() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path());
    let client = renew(&files);
    let process = start(folder.path(), &files);
    assert!(process.address.starts_with("https://"), "{}", process.address);

    let ready = client.get(format!("{}/health/ready", process.address)).send().await.unwrap();
    assert_eq!(ready.status(), 204);
    let page = client.get(format!("{}/setup", process.address)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()["strict-transport-security"], "max-age=63072000");
    assert!(page.text().await.unwrap().contains("<html"));

    let answer = complete_setup(&client, &process).await;
    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-tokenkeep="), "{}", cookie.split('=').next().unwrap());
    let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
    for attribute in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(attributes.contains(&attribute), "{attribute}: {attributes:?}");
    }
    assert!(!cookie.contains("Domain"));
}

#[tokio::test]
async fn a_renewed_certificate_is_used_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path());
    let old = renew(&files);
    let process = start(folder.path(), &files);
    let ready = async |client: &Client| client.get(format!("{}/health/ready", process.address)).send().await.ok();
    assert!(ready(&old).await.is_some());
    let new = renew(&files);
    assert_eq!(until(async || ready(&new).await).await.status(), 204);
    assert!(ready(&old).await.is_none(), "the old certificate is gone");
}
