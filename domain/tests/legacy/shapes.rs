//! One fixture for every shape of a worker client.

use domain::legacy::Item;
use domain::provider::{ClientAuthentication, Region};

use crate::rig::{ENVIRONMENT, SECRET, client, database, local, planned, session, taken};

fn every_shape() -> Vec<(&'static str, Vec<Item>)> {
    let snake = format!(
        r#"{{"environment_id":"{ENVIRONMENT}","client_id":"c","client_secret":"{SECRET}","scope":"a b","auth_method":"client_secret_post"}}"#
    );
    let without_environment = format!(r#"{{"clientId":"c","clientSecret":"{SECRET}","scopes":["a","b"]}}"#);
    let plain = client("c", r#","scopes":["a","b"]"#);
    let inside = |more: &str| format!(r#"{{"credentials":{plain},"savedAt":1799990000000{more}}}"#);
    let backup = serde_json::json!({ "worker_credentials": plain, "theme": "dark" }).to_string();
    let context = format!(
        r#"{{"flow":"worker-token","tokens":{{}},"credentials":{{"authHost":"auth.pingone.com","environmentId":"{ENVIRONMENT}","clientId":"c","clientSecret":"{SECRET}","scopes":["a","b"]}}}}"#
    );
    vec![
        ("the first service's record", vec![local("unified_worker_token", &inside(r#","token":"""#))]),
        (
            "the second service's two keys",
            vec![
                local("unified_worker_token_credentials", &inside("")),
                local(
                    "unified_worker_token",
                    &inside(r#","token":"an-opaque-worker-token","expiresAt":1800003600000"#),
                ),
            ],
        ),
        ("the database's record", vec![database("unified_worker_token", &inside(r#","id":"unified_worker_token""#))]),
        ("v8:worker_token", vec![local("v8:worker_token", &plain)]),
        ("pingone_worker_token_credentials", vec![local("pingone_worker_token_credentials", &snake)]),
        ("worker_token as JSON", vec![local("worker_token", &plain)]),
        ("worker_credentials", vec![local("worker_credentials", &snake)]),
        ("the old dialog's", vec![local("worker_credentials_v8", &plain)]),
        (
            "the credential storage's two keys",
            vec![
                local("flow_credentials_worker-token-credentials", &plain),
                local(
                    "flow_credentials_worker-access-token",
                    r#"{"access_token":"an-opaque-worker-token","token_type":"Bearer","expires_in":3600,"fetchedAt":1799999000000}"#,
                ),
            ],
        ),
        (
            "a record and the environment beside it",
            vec![local("worker_credentials", &without_environment), local("v8:global_environment_id", ENVIRONMENT)],
        ),
        ("a global configuration without a redirect", vec![local("pingone_credentials", &plain)]),
        ("a session's context", vec![session("tokenManagementFlowContext", &context)]),
        ("a backup alone", vec![local("credential_backup_1799990000000", &backup)]),
    ]
}

#[test]
fn every_shape_becomes_the_same_connection_and_all_of_it_may_go() {
    for (shape, items) in every_shape() {
        let plan = planned(&items);
        assert_eq!(taken(&plan), [("c", SECRET)], "{shape}: {:?}", plan.left);
        let connection = &plan.adopted[0].connection;
        assert_eq!(connection.place.environment_id.as_deref(), Some(ENVIRONMENT), "{shape}");
        assert_eq!(connection.place.region, Some(Region::Com), "{shape}");
        assert_eq!(connection.authentication, ClientAuthentication::ClientSecretPost, "{shape}");
        assert_eq!(connection.scopes, ["a", "b"], "{shape}");
        assert_eq!(plan.removable, (0..items.len()).collect::<Vec<_>>(), "{shape}: {:?}", plan.left);
        assert_eq!(plan.left, [], "{shape}");
    }
}

#[test]
fn a_token_beside_its_client_comes_along() {
    for (shape, items) in every_shape() {
        let found = planned(&items).adopted[0].token.as_ref().map(|token| token.access_token.expose().to_owned());
        let wanted = shape.contains("two keys").then(|| "an-opaque-worker-token".to_owned());
        assert_eq!(found, wanted, "{shape}");
    }
}

#[test]
fn what_has_no_secret_goes_along() {
    let items = [
        local("worker_credentials", &client("c", "")),
        local("worker_token_audit", "an-opaque-worker-token"),
        local("worker_token_audit_expires_at", "1800003600000"),
        local("v8u.tokenMonitoring.tokens", r#"[{"value":"an-opaque-worker-token"}]"#),
        local("v8u.tokenMonitoring.apiCalls", r#"[{"headers":{"authorization":"Bearer x"}}]"#),
        local("pingone_user_identifier", "ana@example.com"),
        local("v8:global_environment_id", "not a UUID"),
        local("tokenkeep.theme", "dark"),
    ];
    let plan = planned(&items);
    assert_eq!(plan.removable, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(plan.adopted[0].token.as_ref().map(|it| it.facts.lifetime_known), Some(false));
}
