//! Files with connections: what is written can be read, and what can't be read says what to do.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

use domain::connection::{Connection, Credential};
use domain::id::{ConnectionId, ProviderId};
use domain::keeper::{ConnectionView, Renewal};
use domain::provider::{AssertionAudience, ClientAuthentication, GatewayRules, Place, Provider, ProviderKind, Region};
use domain::secret::Secret;
use domain::time::Timestamp;
use domain::transfer::{Change, Content, LARGEST, Packed, Source, Unusable, opened, preview, read, write};
use proptest::prelude::*;

const ENVIRONMENT: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
const SECRET: &str = "made-up-secret-of-a-test";
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn connection(id: &str, name: &str) -> Connection {
    Connection {
        id: ConnectionId::new(id),
        name: name.to_owned(),
        provider: ProviderId::new("p1"),
        place: Place { environment_id: Some(ENVIRONMENT.to_owned()), region: Some(Region::Eu), custom_domain: None },
        client_id: format!("client-of-{id}"),
        scopes: vec!["a".to_owned(), "b".to_owned()],
        authentication: ClientAuthentication::ClientSecretJwt,
        keep_credential: true,
        created_at: NOW,
        removed_at: None,
    }
}

fn provider(id: &str, regions: &[Region]) -> Provider {
    Provider {
        id: ProviderId::new(id),
        name: "PingOne".to_owned(),
        enabled: true,
        kind: ProviderKind::PingOne { regions: regions.to_vec(), custom_domains: Vec::new() },
        assertion_audience: AssertionAudience::Issuer,
        gateway: GatewayRules::default(),
    }
}

fn here(connection: Connection) -> ConnectionView {
    ConnectionView { connection, token: None, has_credential: true, renewal: Renewal::Idle, failure: None }
}

fn file(credential: Option<&str>) -> String {
    let (connection, provider) = (connection("c1", "Billing"), provider("p1", &[Region::Eu]));
    let credential = credential.map(|text| Credential::ClientSecret(Secret::new(text)));
    write(vec![Source { connection: &connection, provider: Some(&provider), credential }], NOW)
}

fn packed(text: &str) -> Vec<Packed> {
    match read(text.as_bytes()).unwrap() {
        Content::Connections(packed) => packed,
        Content::Encrypted => panic!("it is not encrypted"),
    }
}

fn older(credentials: &str) -> String {
    format!(r#"{{"version":"1.0.0","exportDate":"2026-01-01T00:00:00Z","workerToken":{credentials}}}"#)
}

fn client(more: &str) -> String {
    format!(r#"{{"environmentId":"{ENVIRONMENT}","clientId":"c","clientSecret":"{SECRET}"{more}}}"#)
}

#[test]
fn what_was_written_is_read_as_it_was() {
    for secret in [None, Some(SECRET)] {
        let text = file(secret);
        let found = packed(&text).remove(0);
        let (draft, wanted) = (found.draft, connection("c1", "Billing"));
        assert_eq!((draft.name.as_deref(), draft.place), (Some("Billing"), wanted.place));
        assert_eq!((draft.client_id, draft.scopes), (wanted.client_id, wanted.scopes));
        assert_eq!(draft.authentication, wanted.authentication);
        assert_eq!(draft.credential, secret.map(|text| Credential::ClientSecret(Secret::new(text))));
        assert_eq!(found.provider.unwrap().kind, "pingone");
        assert_eq!(text.contains(SECRET), secret.is_some());
    }
}

#[test]
fn both_files_of_the_older_app_are_read_with_region_and_method_as_they_stand() {
    let more = r#","region":"ca","authMethod":"basic","scopes":["x"]"#;
    let other = format!(
        r#"{{"version":"2","exportedAt":1,"credentials":{},"token":{{"accessToken":"an-opaque-worker-token"}}}}"#,
        client(r#","region":"ca","tokenEndpointAuthMethod":"client_secret_basic","scopes":["x"]"#)
    );
    for text in [older(&client(more)), other] {
        let draft = packed(&text).remove(0).draft;
        assert_eq!(draft.place.region, Some(Region::Ca));
        assert_eq!(draft.authentication, ClientAuthentication::ClientSecretBasic);
        assert_eq!(draft.scopes, ["x"]);
    }
}

#[test]
fn each_bad_file_has_its_own_message() {
    let newer = file(None).replace("\"version\": 1", "\"version\": 2");
    let unknown_region = older(&client(r#","region":"mars""#));
    let wrong_type = file(None).replace("\"client_id\": \"client-of-c1\"", "\"client_id\": 7");
    let half = file(None)[..200].to_owned();
    let cases: Vec<(String, Unusable)> = vec![
        (" \n".to_owned(), Unusable::Empty),
        ("x".repeat(LARGEST + 1), Unusable::TooLarge),
        ("<!DOCTYPE html><html></html>".to_owned(), Unusable::WebPage),
        ("hello".to_owned(), Unusable::NotJson),
        ("[".repeat(10_000), Unusable::NotJson),
        (half, Unusable::Half),
        ("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl".to_owned(), Unusable::Half),
        (newer, Unusable::Newer(2)),
        ("[1]".to_owned(), Unusable::Unknown),
        (r#"{"a":1}"#.to_owned(), Unusable::Unknown),
        (r#"{"format":"other","version":1}"#.to_owned(), Unusable::Unknown),
        (r#"{"version":"1.0.0","authz":{}}"#.to_owned(), Unusable::OtherFlows),
        (r#"{"format":"tokenkeep.connections","version":1,"connections":[]}"#.to_owned(), Unusable::Nothing),
        (unknown_region, Unusable::Damaged("its region \"mars\" is not known".to_owned())),
        (wrong_type, Unusable::Damaged("connection 1 can't be read".to_owned())),
    ];
    let mut messages: Vec<String> = Vec::new();
    for (text, wanted) in cases {
        assert_eq!(read(text.as_bytes()), Err(wanted.clone()), "{}", &text[..text.len().min(60)]);
        messages.push(wanted.to_string());
    }
    assert!(messages.iter().all(|message| message.ends_with('.')));
    assert_eq!(read(&[0xff, 0xfe, 0x00]), Err(Unusable::NotJson));
}

#[test]
fn an_encrypted_file_is_known_by_its_beginning_and_never_holds_another() {
    let armored = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n";
    assert_eq!(read(armored.as_bytes()), Ok(Content::Encrypted));
    assert_eq!(read(b"age-encryption.org/v1\n-> scrypt"), Ok(Content::Encrypted));
    assert_eq!(opened(armored.as_bytes()), Err(Unusable::Unknown));
}

#[test]
fn the_preview_tells_new_same_and_different_apart() {
    let providers = [provider("p1", &[Region::Eu])];
    let of = |text: &str, here: &[ConnectionView]| preview(&packed(text), here, &providers, NOW, 9).remove(0).change;
    let held = here(connection("c1", "Billing"));
    assert!(matches!(of(&file(None), &[]), Change::New { renamed_from: None, .. }));
    assert_eq!(of(&file(None), std::slice::from_ref(&held)), Change::Same);
    let Change::Differs { chosen, what } = of(&file(Some(SECRET)), std::slice::from_ref(&held)) else { panic!() };
    assert_eq!((chosen.connection.id, what), (ConnectionId::new("c1"), vec!["credential"]));
    assert_eq!(chosen.credential, Some(Credential::ClientSecret(Secret::new(SECRET))));
    let mut other = held;
    other.connection.scopes.clear();
    other.connection.authentication = ClientAuthentication::ClientSecretPost;
    let Change::Differs { what, .. } = of(&file(None), &[other]) else { panic!() };
    assert_eq!(what, ["scopes", "authentication method"]);
}

#[test]
fn a_name_that_is_taken_gets_a_number_and_says_so() {
    let taken = here(connection("other", "Billing"));
    let line = preview(&packed(&file(None)), &[taken], &[provider("p1", &[Region::Eu])], NOW, 9).remove(0);
    assert_eq!(line.name, "Billing 2");
    assert!(matches!(line.change, Change::New { renamed_from: Some(name), .. } if name == "Billing"));
}

#[test]
fn the_provider_is_found_by_its_id_or_as_the_first_of_its_kind_that_allows_the_place() {
    let of = |providers: &[Provider]| preview(&packed(&file(None)), &[], providers, NOW, 9).remove(0).change;
    let added_to = |providers: &[Provider]| match of(providers) {
        Change::New { chosen, .. } => chosen.connection.provider.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(added_to(&[provider("p0", &[Region::Eu]), provider("p1", &[Region::Eu])]), "p1");
    assert_eq!(added_to(&[provider("p0", &[Region::Ca]), provider("p2", &[Region::Eu])]), "p2");
    assert!(
        matches!(of(&[provider("p1", &[Region::Ca])]), Change::Refused(why) if why.contains("Europe") || why.contains("eu"))
    );
    assert!(matches!(of(&[]), Change::Refused(why) if why.contains("An admin must allow it first")));
}

#[test]
fn the_same_client_twice_in_a_file_counts_once() {
    let (one, provider) = (connection("c1", "Billing"), provider("p1", &[Region::Eu]));
    let source = || Source { connection: &one, provider: Some(&provider), credential: None };
    let lines = preview(&packed(&write(vec![source(), source()], NOW)), &[], std::slice::from_ref(&provider), NOW, 9);
    assert!(matches!(lines[0].change, Change::New { .. }));
    assert!(matches!(&lines[1].change, Change::Refused(why) if why.contains("twice")));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in any::<String>()) {
        let _ = read(&bytes);
        let _ = read(text.as_bytes());
        let _ = read(older(&client(&format!(r#","region":{text:?}"#))).as_bytes());
    }
}
