//! `server audit verify`, as whoever runs the server calls it.

use std::path::Path;
use std::process::{Command, Output};

use sea_orm::ConnectionTrait;

use crate::process::{Process, set_up};

fn server(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command.env("TOKENKEEP_DATA", folder.join("data")).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The folder of a server that was set up and stopped.
async fn used() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path());
    set_up(&reqwest::Client::new(), &process).await;
    process.kill();
    folder
}

async fn tamper(folder: &Path, statements: &str) {
    let file = folder.join("data/tokenkeep.db");
    let connection = sea_orm::Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
    let guards = "DROP TRIGGER audit_events_stay; DROP TRIGGER audit_events_stay_as_they_are;";
    connection.execute_unprepared(guards).await.unwrap();
    connection.execute_unprepared(statements).await.unwrap();
}

#[tokio::test]
async fn the_check_says_that_the_log_is_whole_and_with_which_head() {
    let folder = used().await;
    let output = server(folder.path(), &["audit", "verify"]);
    let text = printed(&output);
    assert!(output.status.success() && text.starts_with("The audit log is whole:"), "{text}");
    let head = text.lines().find_map(|line| line.strip_prefix("Head: ")).unwrap();
    assert!(server(folder.path(), &["audit", "verify", "--head", head]).status.success());
    let (place, code) = head.split_once(':').unwrap();
    let another = format!("{place}:{}", code.chars().rev().collect::<String>());
    let refused = server(folder.path(), &["audit", "verify", "--head", &another]);
    assert!(!refused.status.success() && printed(&refused).contains("is not the one that was noted"));
}

#[tokio::test]
async fn the_check_fails_and_names_what_was_done() {
    let folder = used().await;
    tamper(folder.path(), "UPDATE audit_events SET username = 'eve' WHERE seq = 1").await;
    let output = server(folder.path(), &["audit", "verify"]);
    assert!(!output.status.success() && printed(&output).contains("Event 1 is not what was written there"));
}

#[tokio::test]
async fn without_the_secret_nothing_can_be_checked_and_none_is_made() {
    let folder = used().await;
    let secret = folder.path().join("data/server.secret");
    std::fs::remove_file(&secret).unwrap();
    let output = server(folder.path(), &["audit", "verify"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && error.contains("without the secret it was written with"), "{error}");
    assert!(!secret.exists());
}

#[test]
fn the_help_names_the_check() {
    let folder = tempfile::tempdir().unwrap();
    assert!(printed(&server(folder.path(), &["--help"])).contains("audit"));
    let help = printed(&server(folder.path(), &["audit", "--help"]));
    assert!(help.contains("verify") && help.contains("changed, removed, moved, or cut off"), "{help}");
    assert!(!folder.path().join("data").exists());
}
