//! Which record is taken, for which provider, and under which name.

use domain::id::ConnectionId;
use domain::keeper::{Moment, NoticeKind};
use domain::legacy::{plan, said};
use domain::provider::{ClientAuthentication, Region};

use crate::rig::{NOW, SECRET, client, held, local, pingone, planned, taken, with_held};

fn of_age(saved_at: &str, secret: &str, more: &str) -> String {
    let credentials = client("c", more).replace(SECRET, secret);
    format!(r#"{{"credentials":{credentials},"savedAt":{saved_at}}}"#)
}

#[test]
fn the_newest_record_wins() {
    let items = [
        local("unified_worker_token", &of_age("1700000000000", "an-older-secret", "")),
        local("unified_worker_token_credentials", &of_age("1710000000000", SECRET, "")),
        local("worker_credentials", &client("c", r#","region":"eu""#).replace(SECRET, "a-secret-of-unknown-age")),
    ];
    let plan = planned(&items);
    assert_eq!(taken(&plan), [("c", SECRET)]);
    assert_eq!(plan.removable, [0, 1, 2]);
}

#[test]
fn of_two_that_agree_the_more_complete_wins() {
    let items = [
        local("worker_token", &client("c", "")),
        local(
            "worker_credentials",
            &client("c", r#","region":"eu","appName":"Billing","authMethod":"client_secret_jwt""#),
        ),
    ];
    let plan = planned(&items);
    let connection = &plan.adopted[0].connection;
    assert_eq!((connection.name.as_str(), connection.place.region), ("Billing", Some(Region::Eu)));
    assert_eq!(connection.authentication, ClientAuthentication::ClientSecretJwt);
}

#[test]
fn what_stands_outside_a_backup_is_newer_than_what_stands_in_one() {
    let copy = serde_json::json!({ "worker_credentials": client("c", "").replace(SECRET, "an-older-secret") });
    let items =
        [local("credential_backup_1799990000000", &copy.to_string()), local("worker_credentials", &client("c", ""))];
    let plan = planned(&items);
    assert_eq!(taken(&plan), [("c", SECRET)]);
    assert_eq!(plan.removable, [0, 1]);
}

#[test]
fn two_clients_are_no_contradiction() {
    let items = [local("worker_token", &client("a", "")), local("worker_credentials", &client("b", ""))];
    let plan = planned(&items);
    assert_eq!(taken(&plan), [("a", SECRET), ("b", SECRET)]);
    assert_ne!(plan.adopted[0].connection.id, plan.adopted[1].connection.id);
}

#[test]
fn the_same_client_is_not_taken_twice() {
    let items = [local("worker_credentials", &client("c", ""))];
    let plan = with_held(&items, &[held("c", SECRET)]);
    assert_eq!((plan.adopted.len(), plan.adopted[0].is_new), (1, false));
    assert_eq!(plan.adopted[0].connection.id, ConnectionId::new("held"));
    assert_eq!(plan.removable, [0]);
    assert_eq!(said(&plan, true), []);
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let items = [local("worker_credentials", &client("c", r#","appName":"Billing""#))];
    assert_eq!(with_held(&items, &[held("other", SECRET)]).adopted[0].connection.name, "Billing 2");
}

#[test]
fn the_person_hears_one_line_of_what_was_taken_over() {
    let items = [local("worker_credentials", &client("c", r#","appName":"Billing""#))];
    let lines = said(&planned(&items), true);
    let words = "The older app's connection Billing moved into this vault. The readable copies are gone.";
    assert_eq!(lines, [(NoticeKind::Done, words.to_owned())]);
}

#[test]
fn a_custom_domain_decides_the_provider() {
    let items = [local("worker_credentials", &client("c", r#","region":"sg","customDomain":"login.example.com""#))];
    let plan = planned(&items);
    let domain = plan.adopted[0].connection.place.custom_domain.as_ref().map(|host| host.as_str().to_owned());
    assert_eq!(domain.as_deref(), Some("login.example.com"));
}

#[test]
fn where_no_provider_is_allowed_the_line_says_what_an_admin_must_allow() {
    let items = [local("worker_credentials", &client("c", r#","region":"sg""#))];
    let plan = plan(&items, &[pingone(&[Region::Eu])], &[], Moment { now: NOW, random: 1 });
    assert_eq!((plan.adopted.len(), plan.removable.len()), (0, 0));
    let (_, words) = said(&plan, true).remove(0);
    assert!(words.contains("an admin must allow the region Singapore (sg)"), "{words}");
}

#[test]
fn a_token_of_another_client_is_not_taken() {
    // {"alg":"RS256"} . {"exp":1800003600,"client_id":"x"}
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE4MDAwMDM2MDAsImNsaWVudF9pZCI6IngifQ.c2ln";
    let items = [local("worker_credentials", &client("c", "")), local("worker_token_audit", token)];
    let plan = planned(&items);
    assert_eq!(plan.adopted[0].token, None);
    assert_eq!(plan.removable, [0]);
    let items = [local("worker_credentials", &client("x", "")), local("worker_token_audit", token)];
    let plan = planned(&items);
    assert_eq!(plan.adopted[0].token.as_ref().map(|it| it.access_token.expose()), Some(token));
    assert_eq!(plan.removable, [0, 1]);
}
