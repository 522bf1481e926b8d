//! Any text under any key: read in bounded time, without a panic, and never removed without a client taken over.

use domain::legacy::Item;
use proptest::prelude::*;

use crate::rig::{client, database, local, planned, session};

const KEYS: &[&str] = &[
    "unified_worker_token",
    "unified_worker_token_credentials",
    "v8:worker_token",
    "worker_token",
    "worker_credentials_v8",
    "flow_credentials_worker-access-token",
    "worker_token_audit",
    "worker_token_audit_expires_at",
    "pingone_credentials",
    "v8:global_environment_id",
    "v8u.tokenMonitoring.tokens",
    "credential_backup_1799990000000",
    "credential_backup_99999999999999999999999",
    "__proto__",
    "constructor",
    "",
];

fn texts() -> impl Strategy<Value = String> {
    let fields = "(\\{|\\[)?(\"(clientId|client_secret|environmentId|token|expiresAt|scopes|credentials|__proto__|savedAt)\":(\"[ -~]{0,40}\"|-?[0-9]{1,20}|null|\\[\\]|\\{\\}),?){0,6}(\\}|\\])?";
    prop_oneof![
        any::<String>(),
        fields,
        Just(client("c", "")),
        "[a-zA-Z0-9_-]{0,30}\\.[a-zA-Z0-9_-]{0,60}\\.[a-z]{0,9}"
    ]
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let one = (0..3_u8, prop::sample::select(KEYS), texts()).prop_map(|(area, key, text)| match area {
        0 => local(key, &text),
        1 => session("tokenManagementFlowContext", &text),
        _ => database(key, &text),
    });
    prop::collection::vec(one, 0..6)
}

proptest! {
    #[test]
    fn nothing_goes_without_a_client_taken_over_and_nothing_panics(items in items()) {
        let plan = planned(&items);
        prop_assert!(plan.removable.is_empty() || !plan.adopted.is_empty());
        prop_assert!(plan.removable.iter().all(|index| *index < items.len()));
        prop_assert_eq!(&planned(&items), &plan);
    }
}

#[test]
fn huge_and_deep_texts_are_refused() {
    let huge = format!(r#"{{"clientId":"{}"}}"#, "c".repeat(2 << 20));
    let deep = "[".repeat(100_000);
    let deep_backup = format!(r#"{{"a":{deep}}}"#);
    let nested = (0..5)
        .fold(client("c", ""), |inner, _| serde_json::json!({ "credential_backup_1799990000000": inner }).to_string());
    let items = [
        local("worker_credentials", &huge),
        local("worker_token", &deep),
        local("credential_backup_1", &deep_backup),
        local("credential_backup_2", &nested),
    ];
    let plan = planned(&items);
    assert_eq!((plan.adopted.len(), plan.removable.len(), plan.left.len()), (0, 0, 4), "{:?}", plan.left);
}

#[test]
fn keys_named_like_a_prototype_are_only_names() {
    let text = r#"{"__proto__":{"clientId":"c","clientSecret":"s"},"constructor":{"name":"x"}}"#;
    let plan = planned(&[local("worker_credentials", text), local("__proto__", &client("c", ""))]);
    assert_eq!((plan.adopted.len(), plan.removable.len()), (0, 0));
}
