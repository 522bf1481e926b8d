use std::time::Duration;

use domain::api::Code;
use domain::api::account::{ChangePassword, PasswordChange};
use domain::api::token::{ClientProof, ObtainToken};
use domain::secret::Secret;
use domain::time::Span;
use wiremock::ResponseTemplate;

use crate::provider::{Scene, refusal, token};
use crate::rig::{PASSWORD, code};

#[tokio::test]
async fn a_repeat_gets_the_same_token_and_the_provider_is_asked_once() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(token("first")).await;
    let first = scene.obtain(&mut admin, "secret", "key").await.unwrap();
    let again = scene.obtain(&mut admin, "secret", "key").await.unwrap();
    assert_eq!((first.access_token.expose(), &again), ("first", &first));
    assert_eq!(scene.asked().await, 1);
}

#[tokio::test]
async fn without_a_key_every_request_asks_the_provider() {
    let scene = Scene::new().await;
    scene.answers(token("t")).await;
    let proof = ClientProof::ClientSecretBasic { client_secret: Secret::new("secret") };
    for _ in 0..2 {
        scene.admin.clone().ask(ObtainToken, scene.request(proof.clone())).await.unwrap();
    }
    assert_eq!(scene.asked().await, 2);
}

#[tokio::test]
async fn while_the_first_runs_a_repeat_is_told_so() {
    let scene = Scene::new().await;
    scene.answers(token("t").set_delay(Duration::from_millis(500))).await;
    let (mut one, mut two) = (scene.admin.clone(), scene.admin.clone());
    let (one, two) = tokio::join!(scene.obtain(&mut one, "secret", "key"), scene.obtain(&mut two, "secret", "key"));
    let mut codes = [code(one), code(two)];
    codes.sort_by_key(Option::is_some);
    assert_eq!(codes, [None, Some(Code::StillRunning)]);
    assert_eq!(scene.asked().await, 1);
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(token("t")).await;
    scene.obtain(&mut admin, "secret", "key").await.unwrap();
    assert_eq!(code(scene.obtain(&mut admin, "other", "key").await), Some(Code::KeyReused));
}

#[tokio::test]
async fn another_assertion_is_the_same_request_as_a_reloaded_page_signs_anew() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(token("t")).await;
    for id in ["first", "second"] {
        let proof = ClientProof::PrivateKeyJwt { client_assertion: assertion(&scene, id) };
        let obtained = admin.ask_with(ObtainToken, scene.request(proof), &[("idempotency-key", "key")]).await;
        assert!(obtained.is_ok(), "{id}: {obtained:?}");
    }
    assert_eq!(scene.asked().await, 1);
}

/// An assertion as a browser signs it (RFC 7523 §3); its signature is the provider's to check.
fn assertion(scene: &Scene, id: &str) -> Secret {
    use base64::Engine;
    let now = scene.rig.state.clock.now().millis() / 1_000;
    let claims = format!(
        r#"{{"iss":"client","sub":"client","aud":"https://auth.example.com","iat":{now},"exp":{},"jti":"{id}"}}"#,
        now + 60
    );
    let parts = [r#"{"alg":"RS256","typ":"JWT"}"#, &claims, "signature"];
    Secret::new(parts.map(|part| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part)).join("."))
}

#[tokio::test]
async fn another_session_has_keys_of_its_own() {
    let scene = Scene::new().await;
    scene.answers(token("t")).await;
    scene.obtain(&mut scene.admin.clone(), "secret", "key").await.unwrap();
    let mut other = scene.rig.browser();
    other.sign_in("ada", PASSWORD).await.unwrap();
    assert!(scene.obtain(&mut other, "another secret", "key").await.is_ok());
    assert_eq!(scene.asked().await, 2);
}

#[tokio::test]
async fn after_a_minute_the_key_is_free_again() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(token("t")).await;
    scene.obtain(&mut admin, "secret", "key").await.unwrap();
    scene.rig.wait(Span::from_seconds(59));
    scene.obtain(&mut admin, "secret", "key").await.unwrap();
    assert_eq!(scene.asked().await, 1);
    scene.rig.wait(Span::from_seconds(1));
    scene.obtain(&mut admin, "secret", "key").await.unwrap();
    assert_eq!(scene.asked().await, 2);
}

#[tokio::test]
async fn a_final_refusal_is_kept_like_a_token() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(refusal()).await;
    for _ in 0..2 {
        assert_eq!(code(scene.obtain(&mut admin, "secret", "key").await), Some(Code::UpstreamRefused));
    }
    assert_eq!(scene.asked().await, 1);
}

#[tokio::test]
async fn a_failure_that_may_pass_frees_the_key() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(ResponseTemplate::new(503)).await;
    assert_eq!(code(scene.obtain(&mut admin, "secret", "key").await), Some(Code::UpstreamUnavailable));
    scene.answers(token("t")).await;
    assert!(scene.obtain(&mut admin, "secret", "key").await.is_ok());
}

#[tokio::test]
async fn a_token_obtained_for_a_tab_that_went_away_is_there_for_the_next_one() {
    let scene = Scene::new().await;
    scene.answers(token("kept").set_delay(Duration::from_millis(200))).await;
    let mut tab = scene.admin.clone();
    {
        let request = scene.obtain(&mut tab, "secret", "key");
        tokio::pin!(request);
        while scene.asked().await == 0 {
            assert!(futures::poll!(&mut request).is_pending());
            tokio::task::yield_now().await;
        }
    }
    scene.rig.state.in_flight.finished().await;
    let again = scene.obtain(&mut scene.admin.clone(), "secret", "key").await.unwrap();
    assert_eq!((again.access_token.expose(), scene.asked().await), ("kept", 1));
}

#[tokio::test]
async fn after_a_new_password_the_kept_results_are_gone() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    scene.answers(token("t")).await;
    scene.obtain(&mut admin, "secret", "key").await.unwrap();
    let change = PasswordChange { current: Secret::new(PASSWORD), new: Secret::new("a new and longer one") };
    admin.ask(ChangePassword, change).await.unwrap();
    assert!(scene.obtain(&mut admin, "secret", "key").await.is_ok());
    assert_eq!(scene.asked().await, 2);
}

#[tokio::test]
async fn a_key_that_is_no_plain_text_of_fair_length_is_refused() {
    let scene = Scene::new().await;
    for key in ["", "has blank", &"x".repeat(256)] {
        let refused = scene.obtain(&mut scene.admin.clone(), "secret", key).await;
        assert_eq!(code(refused), Some(Code::InvalidIdempotencyKey), "{key}");
    }
}

#[tokio::test]
async fn fields_are_checked_and_an_unknown_provider_is_never_asked() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    let proof = ClientProof::ClientSecretBasic { client_secret: Secret::new("secret") };
    let mut wrong = scene.request(proof.clone());
    wrong.client_id = String::new();
    wrong.scopes = vec!["has blank".to_owned()];
    let problem = admin.ask(ObtainToken, wrong).await.unwrap_err();
    let fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["client_id", "scopes"]);
    let mut unknown = scene.request(proof);
    unknown.provider = domain::id::ProviderId::new("gone");
    assert_eq!(code(admin.ask(ObtainToken, unknown).await), Some(Code::ProviderNotAllowed));
}
