//! What passes the server for a site's API and stays nowhere: the token of a call, the operator's default one, and a new one that
//! an API gives out. They are searched in every answer there is, by each role, and in log, exports, pages and files.

use domain::api::Method;
use domain::api::account::Role;
use domain::api::gateway::TOKEN_SOURCE_HEADER;
use server::routes::api as routes;

use super::tokens::{OPERATORS, with_operators_token};
use super::*;
use crate::canaries::{every_byte_of, holds, logged};

const GIVEN_OUT: &str = "canary-new-header.canary-new-claims.canary-new-signature";
const SECRETS: [&str; 4] = [TOKEN, "canary-signature", "canary-of-the-operator", "canary-new-signature"];

/// The pages that a browser may ask for; those of another role answer as pages, too.
const PAGES: [&str; 12] = [
    "/",
    "/connections",
    "/sites",
    "/sites/setup",
    "/sites/points",
    "/settings/vault",
    "/tabs",
    "/tenants",
    "/token-metrics",
    "/admin/audit",
    "/admin/alerts",
    "/admin/providers",
];

/// An API that gives a new token for one that is shown to it, and refuses everything else with what it was sent.
async fn giving_api() -> MockServer {
    let server = MockServer::start().await;
    let gives = json(&format!(r#"{{"token":"{GIVEN_OUT}"}}"#));
    Mock::given(wiremock::matchers::method("POST")).respond_with(gives).mount(&server).await;
    let refuses = ResponseTemplate::new(401).set_body_raw(format!(r#"{{"msg":"no: {TOKEN}"}}"#), "application/json");
    Mock::given(any()).respond_with(refuses).mount(&server).await;
    server
}

/// Calls with each of the tokens: taken, refused, exchanged.
async fn use_all(stage: &mut Stage) {
    let own = stage.get("sites/").await;
    assert_eq!((own.status.as_u16(), own.header(TOKEN_SOURCE_HEADER)), (401, "given"));
    let operators = stage.bare("GET", "sites/", &[(SITE_HEADER, SITE)], "").await;
    assert_eq!((operators.status.as_u16(), operators.header(TOKEN_SOURCE_HEADER)), (401, "default"));
    let exchanged = stage.send("POST", "token/refresh", &[], "{}").await;
    assert!(exchanged.body.contains(GIVEN_OUT), "who asks for it gets it: {}", exchanged.body);
    // Past what the rules allow, and past what there is.
    stage.send("DELETE", "sites/", &[], "").await;
    stage.send("GET", "../sites", &[], "").await;
    stage.admin.get(&format!("/{TOKEN}")).await;
}

/// Every answer to a person of this role, by where it was asked.
async fn answers(stage: &mut Stage, role: Role) -> Vec<(String, String)> {
    let name = format!("{role:?}").to_lowercase();
    let mut person = stage.rig.person(&mut stage.admin, &name, role).await;
    let gets = routes().table.into_iter().filter(|route| route.method == Method::Get);
    let templates: Vec<String> = gets.map(|route| route.template.to_owned()).collect();
    let paths = templates.iter().map(|template| {
        let path = template.replace("{provider}", stage.provider.as_str()).replace("{*path}", "sites/");
        path.replace("{id}", "nobody")
    });
    let mut all = Vec::new();
    for path in paths.chain(PAGES.map(str::to_owned)).chain(["/metrics".to_owned()]) {
        let answer = person.get(&path).await;
        all.push((format!("{name} {path}"), format!("{:?} {}", answer.headers, answer.body)));
    }
    all
}

#[tokio::test]
async fn no_token_of_a_site_is_in_any_other_answer_to_any_role_nor_in_log_exports_pages_or_files() {
    let api = giving_api().await;
    let rules = GatewayRules { methods: vec![Method::Get, Method::Post], ..GatewayRules::default() };
    let mut stage = with_operators_token(Stage::at(&api.uri(), rules).await);
    let lines = logged(use_all(&mut stage)).await;
    assert!(lines.contains("answered") && lines.contains("request_id"), "the log was watched");
    assert!(
        received(&api).await.iter().any(|request| request.headers["authorization"] == format!("Bearer {OPERATORS}"))
    );

    let mut places = vec![("log".to_owned(), lines)];
    for role in [Role::User, Role::Auditor, Role::Admin] {
        places.extend(answers(&mut stage, role).await);
    }
    let csv = places.iter().find(|(place, _)| place == "admin /api/v1/audit/events.csv");
    assert!(csv.is_some_and(|(_, text)| text.contains(SITE)), "the export tells of the refusals");
    for (place, text) in &places {
        assert_eq!(SECRETS.iter().find(|secret| text.contains(*secret)), None, "{place}: {text}");
    }
    std::fs::remove_file(stage.rig.folder.path().join("default.token")).unwrap();
    let bytes = every_byte_of(&stage.rig.state.settings.data);
    assert!(holds(&bytes, SITE), "the right files were searched");
    for secret in SECRETS {
        assert!(!holds(&bytes, secret), "{secret} in the data folder");
    }
}
