use domain::api::Code;
use domain::provider::Region;

use super::*;

async fn refusal(status: u16, body: Value) -> Problem {
    Rig::answering(answer(status, &body)).await.refusal().await
}

#[tokio::test]
async fn a_refusal_carries_the_providers_own_words_and_ours() {
    let body = json!({ "error": "invalid_client", "error_description": "Bad client (Correlation ID: 1)" });
    let problem = refusal(401, body).await;
    assert_eq!(problem.code, Code::UpstreamRefused);
    assert!(problem.detail.contains("does not accept this client") && problem.detail.contains("client_secret_basic"));
    let said = problem.upstream.unwrap();
    assert!(problem.detail.starts_with(&said.host));
    assert_eq!((said.status, said.tries), (Some(401), 1));
    assert_eq!(said.error.as_deref(), Some("invalid_client"));
    assert_eq!(said.error_description.as_deref(), Some("Bad client (Correlation ID: 1)"));
}

#[tokio::test]
async fn the_hint_on_region_and_method_is_for_pingone_shaped_providers_only() {
    let rig = Rig::answering(answer(401, &json!({ "error": "invalid_client" }))).await;
    let hint = "region and the authentication method must be those of the application";
    assert!(!rig.refusal().await.detail.contains(hint));
    let sandbox = Provider { kind: ProviderKind::Sandbox { origin: url(&rig.server.uri()) }, ..rig.provider() };
    let mut request = request(basic());
    request.place.environment_id = Some("3fa85f64-5717-4562-b3fc-2c963f66afa6".to_owned());
    let problem = rig.upstream.obtain(&sandbox, &request).await.unwrap_err();
    assert!(problem.detail.contains(hint), "{}", problem.detail);
}

#[tokio::test]
async fn each_error_has_advice_of_its_own() {
    let codes = [
        "invalid_client",
        "unauthorized_client",
        "invalid_scope",
        "invalid_target",
        "invalid_grant",
        "unsupported_grant_type",
        "access_denied",
        "use_dpop_nonce",
        "invalid_request",
        "something_else",
    ];
    let mut seen = Vec::new();
    for code in codes {
        let problem = refusal(400, json!({ "error": code })).await;
        assert_eq!(problem.code, Code::UpstreamRefused);
        let (_, advice) = problem.detail.split_once(' ').unwrap();
        assert!(advice.ends_with('.') && !seen.contains(&advice.to_owned()), "{code}: {advice}");
        seen.push(advice.to_owned());
    }
}

#[tokio::test]
async fn pingones_platform_errors_are_read_too() {
    let body = json!({ "id": "1", "code": "NOT_FOUND", "message": "The requested resource was not found." });
    let problem = refusal(404, body).await;
    assert!(problem.detail.contains("no token endpoint") && problem.detail.contains("environment id"));
    assert_eq!(problem.upstream.unwrap().error.as_deref(), Some("NOT_FOUND"));
}

#[tokio::test]
async fn the_providers_words_are_cleaned_and_cut() {
    let description = format!("a\u{0}b\r\n\u{1b}[31mred\u{202e}{}", "x".repeat(3_000));
    let body = json!({ "error": "e".repeat(500), "error_description": description });
    let said = refusal(400, body).await.upstream.unwrap();
    assert_eq!(said.error.unwrap().len(), 200);
    let shown = said.error_description.unwrap();
    assert_eq!(shown.chars().count(), 1_000);
    assert!(shown.starts_with("a b [31mredx"), "{shown}");
}

#[tokio::test]
async fn errors_of_a_wrong_shape_are_no_words_at_all() {
    let said = refusal(400, json!({ "error": { "code": 1 }, "error_description": 5 })).await.upstream.unwrap();
    assert_eq!((said.error, said.error_description), (None, None));
}

#[tokio::test]
async fn a_refusal_without_json_is_still_a_refusal() {
    let page = ResponseTemplate::new(403).set_body_raw("<h1>Forbidden</h1>", "text/html");
    let problem = Rig::answering(page).await.refusal().await;
    assert_eq!(problem.code, Code::UpstreamRefused);
    assert_eq!(problem.upstream.unwrap().status, Some(403));
}

#[tokio::test]
async fn a_passing_fault_said_with_a_400_is_not_final() {
    let problem = refusal(400, json!({ "error": "temporarily_unavailable" })).await;
    assert_eq!(problem.code, Code::UpstreamUnavailable);
}

#[tokio::test]
async fn a_place_that_is_not_allowed_is_said_in_the_targets_words() {
    let rig = Rig::new().await;
    let kind = ProviderKind::PingOne { regions: vec![Region::Eu], custom_domains: Vec::new() };
    let provider = Provider { kind, ..rig.provider() };
    let mut request = request(basic());
    request.place.region = Some(Region::Ca);
    let problem = rig.upstream.obtain(&provider, &request).await.unwrap_err();
    assert_eq!(problem.code, Code::ProviderNotAllowed);
    assert_eq!(problem.detail, "The region ca is not allowed; an admin can allow it.");
}
