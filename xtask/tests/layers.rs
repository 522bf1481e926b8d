//! The rooms of the house and the arrows between them, read from `cargo metadata`.
//!
//! A room may depend only on the rooms named here, and never on a crate that belongs to another room's work.

use std::collections::BTreeSet;

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};

/// Each room, the rooms it depends on, and why no other.
const ARROWS: &[(&str, &[&str], &str)] = &[
    ("domain", &[], "the domain is pure: whoever needs something outside gives it a port"),
    ("app", &["domain"], "components know the domain and its ports, not who stands behind them"),
    ("browser", &["domain"], "the browser's side carries out what the domain decides, and shows nothing"),
    ("passphrase", &[], "the derivation is a program of its own, loaded by a worker: it knows bytes and parameters"),
    ("frontend", &["app", "browser", "domain"], "the entry only wires the browser to the app"),
    ("sandbox", &["domain"], "the stand-in provider must not lean on the server it is used to test"),
    ("server", &["app", "domain", "sandbox"], "the server renders the app and never touches the browser's side"),
    ("xtask", &[], "the commands build the rooms and use none of them"),
    ("wasm-test-runner", &[], "the test runner knows no room"),
];

/// Crates a room must not depend on, and why.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        "domain",
        &[
            "axum",
            "chrono",
            "futures",
            "getrandom",
            "gloo-*",
            "hyper",
            "js-sys",
            "leptos*",
            "rand",
            "reqwest",
            "rexie",
            "sea-orm*",
            "sqlx*",
            "time",
            "tokio*",
            "tracing*",
            "wasm-bindgen*",
            "web-sys",
        ],
        "the domain has no clock, no randomness, no network, no storage, no async runtime and no framework",
    ),
    (
        "app",
        &["axum", "gloo-net", "gloo-storage", "hyper", "reqwest", "rexie", "sea-orm*", "sqlx*", "tokio*"],
        "the app knows nothing of storage, HTTP or the database",
    ),
    (
        "browser",
        &["axum", "hyper", "leptos*", "reqwest", "sea-orm*", "sqlx*", "tokio*"],
        "the browser's side knows nothing of the view, the server or the database",
    ),
    (
        "passphrase",
        &["getrandom", "gloo-*", "js-sys", "rand", "serde*", "web-sys"],
        "the derivation is loaded on its own, and must stay small and without any way out",
    ),
    (
        "frontend",
        &["axum", "gloo-storage", "reqwest", "rexie", "sea-orm*", "sqlx*", "tokio*"],
        "the entry has no logic, so it needs no storage and no network",
    ),
    (
        "sandbox",
        &["leptos*", "rexie", "sea-orm*", "sqlx*", "web-sys"],
        "the sandbox keeps its data in memory and renders nothing",
    ),
    ("server", &["gloo-*", "js-sys", "rexie", "web-sys"], "the server runs in no browser"),
];

fn workspace() -> Metadata {
    // Of the clone the test runs in, which need not be the one it was built in.
    let folder = std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs this test");
    let manifest = format!("{folder}/Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo can read this workspace")
}

fn room<'a>(metadata: &'a Metadata, name: &str) -> &'a Package {
    let found = metadata.packages.iter().find(|package| package.name.as_str() == name);
    found.unwrap_or_else(|| panic!("the room `{name}` is missing from the workspace"))
}

/// The dependencies that end up in what is built; tests may use more (a port's own conformance suite, for one).
fn built_in(package: &Package) -> impl Iterator<Item = &Dependency> {
    package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development)
}

fn rooms_below(package: &Package) -> BTreeSet<&str> {
    built_in(package)
        .filter(|dependency| dependency.path.is_some())
        .map(|dependency| dependency.name.as_str())
        .collect()
}

/// Whether `name` is meant by `pattern`, in which a closing `*` stands for any ending.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[test]
fn every_room_depends_on_no_room_but_those_below_it() {
    let metadata = workspace();
    let mut wrong = Vec::new();
    for (name, allowed, why) in ARROWS {
        for below in rooms_below(room(&metadata, name)).difference(&allowed.iter().copied().collect()) {
            wrong.push(format!("{name} → {below} is forbidden: {why}."));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_arrow_of_the_plan_is_there() {
    let metadata = workspace();
    let mut missing = Vec::new();
    for (name, planned, _) in ARROWS {
        let below = rooms_below(room(&metadata, name));
        missing
            .extend(planned.iter().filter(|arrow| !below.contains(**arrow)).map(|arrow| format!("{name} → {arrow}")));
    }
    assert!(missing.is_empty(), "planned, but not in Cargo.toml: {}", missing.join(", "));
}

#[test]
fn every_room_of_the_workspace_is_in_the_plan() {
    let metadata = workspace();
    let rooms: BTreeSet<&str> = metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    let planned: BTreeSet<&str> = ARROWS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(rooms, planned);
}

#[test]
fn no_room_uses_a_crate_of_another_rooms_work() {
    let metadata = workspace();
    let mut wrong = Vec::new();
    for (name, forbidden, why) in FORBIDDEN {
        for dependency in built_in(room(&metadata, name)) {
            if forbidden.iter().any(|pattern| matches(pattern, &dependency.name)) {
                wrong.push(format!("{name} → {} is forbidden: {why}.", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_server_has_the_sandbox_only_when_asked_for() {
    let metadata = workspace();
    let server = room(&metadata, "server");
    let sandbox = built_in(server).find(|dependency| dependency.name == "sandbox").expect("server names the sandbox");
    assert!(
        sandbox.optional,
        "server → sandbox must be optional: an installation has no stand-in provider by accident"
    );
    assert_eq!(server.features["default"], [] as [&str; 0], "the feature `sandbox` must not be a default");
}

#[test]
fn the_app_is_built_for_one_side_at_a_time() {
    let metadata = workspace();
    let defaults = room(&metadata, "app").features.get("default");
    assert!(
        defaults.is_none_or(Vec::is_empty),
        "app: `ssr` or `hydrate` as a default would meet the other in one build"
    );
}
