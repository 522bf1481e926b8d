//! Connections into an encrypted file and out of it, between two vaults.

use std::cell::RefCell;
use std::rc::Rc;

use browser::{Runtime, cipher};
use domain::connection::{Connection, Credential};
use domain::id::ConnectionId;
use domain::keeper::{Command, Phase, View};
use domain::provider::ClientAuthentication;
use domain::secret::Secret;
use domain::transfer::{Chosen, Content, Errand, Exported, Packed, Unusable, read};
use domain::vault::StoreError;
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Broken, SECRET, Server, connection, fresh_tenant, id, opening, secret};

const PASSPHRASE: &str = "five words chosen by chance";

async fn opened() -> (Runtime, Rc<RefCell<View>>) {
    let view = Rc::new(RefCell::new(View::default()));
    let shown = Rc::clone(&view);
    let runtime = Runtime::start(move |view| *shown.borrow_mut() = view, |_| {});
    runtime.open(opening(&fresh_tenant()));
    until(&view, |view| view.phase == Phase::Open).await;
    (runtime, view)
}

async fn until(view: &Rc<RefCell<View>>, wanted: impl Fn(&View) -> bool) {
    for _ in 0..1_000 {
        if wanted(&view.borrow()) {
            return;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("never; the view is {:?}", view.borrow());
}

/// Runs an errand made with the way to answer it, and waits for the answer.
async fn run<T: 'static>(runtime: &Runtime, errand: impl FnOnce(Box<dyn FnOnce(T)>) -> Errand) -> T {
    let (sender, receiver) = oneshot::channel();
    runtime.run(errand(Box::new(move |answer| drop(sender.send(answer)))), Some(cipher()));
    receiver.await.unwrap()
}

async fn exported(runtime: &Runtime, connections: Vec<ConnectionId>) -> Exported {
    let passphrase = Secret::new(PASSPHRASE);
    run(runtime, |done| Errand::Export { connections, passphrase, done }).await.unwrap()
}

async fn unlocked(runtime: &Runtime, file: &str, passphrase: &str) -> Result<Vec<Packed>, Unusable> {
    let (file, passphrase) = (file.as_bytes().to_vec(), Secret::new(passphrase));
    run(runtime, |done| Errand::Open { file, passphrase, done }).await
}

async fn with_one_connection() -> (Runtime, Rc<RefCell<View>>) {
    let (runtime, view) = opened().await;
    runtime.send(Command::Save { connection: connection(true), credential: Some(secret()), obtain: false });
    until(&view, |view| !view.notices.is_empty()).await;
    (runtime, view)
}

#[wasm_bindgen_test]
async fn an_encrypted_file_holds_no_readable_secret_and_opens_with_its_passphrase_alone() {
    let _server = Server::answering("return [200, []];");
    let (runtime, _) = with_one_connection().await;
    let file = exported(&runtime, vec![id()]).await;
    assert_eq!(read(file.text.as_bytes()), Ok(Content::Encrypted));
    assert!(!file.text.contains("canary"));
    let packed = unlocked(&runtime, &file.text, PASSPHRASE).await.unwrap();
    assert_eq!(packed[0].draft.credential, Some(secret()));
    assert_eq!(packed[0].draft.name.as_deref(), Some("Canary connection name"));
    assert_eq!(unlocked(&runtime, &file.text, "another passphrase").await, Err(Unusable::WrongPassphrase));
}

#[wasm_bindgen_test]
async fn a_file_that_was_cut_or_changed_is_told_from_a_wrong_passphrase() {
    let _server = Server::answering("return [200, []];");
    let (runtime, _) = with_one_connection().await;
    let text = exported(&runtime, vec![id()]).await.text;
    let lines: Vec<&str> = text.lines().collect();
    let (last, rest) = lines.split_last().unwrap();
    let without_a_line = [&rest[..rest.len() - 2], &[*last]].concat().join("\n");
    for damaged in [without_a_line, text[..text.len() / 2].to_owned()] {
        let refused = unlocked(&runtime, &damaged, PASSPHRASE).await.unwrap_err();
        assert!(matches!(refused, Unusable::Half | Unusable::Damaged(_)), "{refused:?}");
    }
}

#[wasm_bindgen_test]
async fn a_private_key_that_can_not_be_read_is_named_as_left_out() {
    let _server = Server::answering("return [200, []];");
    let (runtime, view) = opened().await;
    let connection = Connection { authentication: ClientAuthentication::PrivateKeyJwt, ..connection(true) };
    let key = Credential::PrivateKey(Secret::new(crate::private_key::p256_pem().await));
    runtime.send(Command::Save { connection, credential: Some(key), obtain: false });
    until(&view, |view| !view.notices.is_empty()).await;
    let file = exported(&runtime, vec![id()]).await;
    assert_eq!((file.without_key, file.without_credential.len()), (vec!["Canary connection name".to_owned()], 0));
    assert_eq!(unlocked(&runtime, &file.text, PASSPHRASE).await.unwrap()[0].draft.credential, None);
}

#[wasm_bindgen_test]
async fn without_the_code_for_it_nothing_is_exported_or_opened() {
    let (runtime, _) = with_one_connection().await;
    let (sender, receiver) = oneshot::channel();
    let done = Box::new(move |answer| drop(sender.send(answer)));
    runtime.run(Errand::Export { connections: vec![id()], passphrase: Secret::new(PASSPHRASE), done }, None);
    assert_eq!(receiver.await.unwrap(), Err(Unusable::NotLoaded.to_string()));
}

fn chosen(id: &str) -> Chosen {
    let connection = Connection { id: ConnectionId::new(id), name: id.to_owned(), ..connection(true) };
    Chosen { connection, credential: Some(secret()) }
}

#[wasm_bindgen_test]
async fn imported_connections_are_shown_with_their_credentials() {
    let (runtime, view) = opened().await;
    let written = run(&runtime, |done| Errand::Import { chosen: vec![chosen("a"), chosen("b")], done }).await;
    assert_eq!(written, Ok(2));
    let view = view.borrow();
    assert_eq!(view.connections.iter().filter(|it| it.has_credential).count(), 2);
    assert_eq!(view.current, Some(ConnectionId::new("a")));
}

#[wasm_bindgen_test]
async fn an_import_with_one_bad_key_writes_nothing_at_all() {
    let (runtime, view) = opened().await;
    let mut bad = chosen("b");
    bad.credential = Some(Credential::PrivateKey(Secret::new("no key")));
    let written = run(&runtime, |done| Errand::Import { chosen: vec![chosen("a"), bad], done }).await;
    assert!(matches!(written, Err(StoreError::KeyRefused(_))), "{written:?}");
    assert_eq!(view.borrow().connections.len(), 0);
}

#[wasm_bindgen_test]
async fn an_import_onto_a_full_disk_goes_to_the_next_rung_whole() {
    let (runtime, view) = opened().await;
    let full = Broken::indexed_db_quota();
    let written = run(&runtime, |done| Errand::Import { chosen: vec![chosen("a"), chosen("b")], done }).await;
    drop(full);
    assert_eq!((written, view.borrow().connections.len()), (Ok(2), 2));
}

#[wasm_bindgen_test]
async fn a_connection_that_is_replaced_gets_a_new_token() {
    let server = Server::with_tokens();
    let (runtime, view) = opened().await;
    runtime.send(Command::Save { connection: connection(true), credential: Some(secret()), obtain: true });
    until(&view, |view| view.connections.iter().any(|it| it.token.is_some())).await;
    let mut replacing = chosen(id().as_str());
    replacing.credential = Some(Credential::ClientSecret(Secret::new("a-replaced-client-secret")));
    let written = run(&runtime, |done| Errand::Import { chosen: vec![replacing], done }).await;
    assert_eq!(written, Ok(1));
    until(&view, |view| view.connections.iter().any(|it| it.token.as_ref().is_some_and(|it| it.generation == 2))).await;
    let last = server.asked().pop().unwrap();
    let body = last["body"].as_str().unwrap_or_default();
    assert!(body.contains("a-replaced-client-secret") && !body.contains(SECRET), "{body}");
}
