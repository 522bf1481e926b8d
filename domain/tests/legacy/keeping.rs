//! What is not taken over stays, and is named.

use domain::legacy::{Item, Plan, said};

use crate::rig::{ENVIRONMENT, SECRET, client, held, local, planned, session, with_held};

fn words(plan: &Plan) -> String {
    said(plan, true).into_iter().map(|(_, text)| text).collect()
}

fn stays(items: &[Item], why: &str) {
    let plan = planned(items);
    assert_eq!(plan.adopted.len(), 0, "{items:?}");
    assert_eq!(plan.removable, [0_usize; 0], "{items:?}");
    assert!(words(&plan).contains(why), "{}", words(&plan));
}

#[test]
fn nothing_found_is_nothing_said() {
    for items in
        [vec![], vec![local("theme", "dark")], vec![local("worker_token", "null"), local("worker_credentials", "{}")]]
    {
        let plan = planned(&items);
        assert_eq!((plan.adopted.len(), plan.removable.len(), words(&plan).as_str()), (0, 0, ""));
    }
}

#[test]
fn broken_json_stays() {
    for text in ["{\"clientId\":", "[1,2]", "\u{fffd}\u{0}\u{1}", "<!doctype html>"] {
        stays(&[local("worker_credentials", text)], "it is broken");
    }
}

#[test]
fn half_a_record_stays() {
    stays(&[local("worker_credentials", r#"{"clientId":"c"}"#)], "the environment id is missing");
    stays(
        &[local("worker_credentials", &format!(r#"{{"environmentId":"{ENVIRONMENT}","clientId":"c"}}"#))],
        "the client secret is missing",
    );
    stays(&[local("worker_token", "an-opaque-worker-token")], "a token without the client");
}

#[test]
fn an_unknown_region_or_method_stays_and_is_named() {
    stays(&[local("worker_credentials", &client("c", r#","region":"mars""#))], "\"mars\"");
    stays(&[local("worker_credentials", &client("c", r#","authMethod":"none""#))], "\"none\"");
}

#[test]
fn two_records_that_disagree_stay() {
    let items = [
        local("worker_token", &client("c", "")),
        local("worker_credentials", &client("c", "").replace(SECRET, "another-secret-of-a-test")),
    ];
    stays(&items, "worker_credentials, worker_token (its copies say different things");
}

#[test]
fn a_connection_with_another_secret_is_not_overwritten() {
    let plan = with_held(&[local("worker_credentials", &client("c", ""))], &[held("c", "a-newer-secret")]);
    assert_eq!((plan.adopted.len(), plan.removable.len()), (0, 0));
    assert!(words(&plan).contains("Billing is there already"));
}

#[test]
fn clients_of_another_purpose_stay() {
    let redirecting = client("c", r#","redirectUri":"https://app.example.com/back""#);
    stays(&[local("pingone_credentials", &redirecting)], "people sign in with");
    let context = format!(r#"{{"flow":"authorization-code","credentials":{}}}"#, client("c", ""));
    stays(&[session("tokenManagementFlowContext", &context)], "people sign in with");
}

#[test]
fn a_backup_goes_only_when_nothing_secret_is_left_in_it() {
    let other =
        serde_json::json!({ "worker_credentials": client("c", ""), "implicit": { "client_secret": "of-another" } });
    let backup = local("credential_backup_1799990000000", &other.to_string());
    let plan = planned(&[local("worker_credentials", &client("c", "")), backup.clone()]);
    assert_eq!(plan.removable, [0]);
    assert!(words(&plan).contains("secrets of other parts"));
    let outside = local("implicit", r#"{"client_secret":"of-another"}"#);
    let plan = planned(&[local("worker_credentials", &client("c", "")), backup, outside]);
    assert_eq!(plan.removable, [0, 1], "what still stands outside is lost by nobody");
}

#[test]
fn a_broken_copy_stays_though_the_client_was_taken() {
    let plan = planned(&[local("worker_credentials", &client("c", "")), local("worker_token", "{")]);
    assert_eq!((plan.adopted.len(), plan.removable.as_slice()), (1, [0].as_slice()));
    assert!(words(&plan).contains("worker_token (it is broken"));
}
