use domain::api::token::{Verification, VerificationRequest, VerifyToken};
use domain::keeper::ConnectionView;
use domain::secret::Secret;
use domain::time::Timestamp;
use domain::token::jwt::{self, Jwt};
use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::Ports;
use crate::ask::{Deed, ask};
use crate::components::{Button, Icon, Moment, ProblemBox, exact, fact, facts, icon};
use crate::session::SignedIn;

/// What a token says about itself, and whether its signature was checked.
pub(super) fn claims(token: Secret, connection: Signal<Option<ConnectionView>>) -> AnyView {
    match jwt::decode(token.expose()) {
        Ok(decoded) => readable(decoded, token, connection),
        Err(error) => view! { <p class="soft">{format!("Nothing to decode: {error}.")}</p> }.into_any(),
    }
}

fn readable(decoded: Jwt, token: Secret, connection: Signal<Option<ConnectionView>>) -> AnyView {
    view! {
        {signature(token, connection)}
        <div class="columns">
            <section>
                <h3>"Claims"</h3>
                {rows(decoded.claims)}
            </section>
            <section>
                <h3>"Header"</h3>
                {rows(decoded.header)}
            </section>
        </div>
    }
    .into_any()
}

fn rows(object: Map<String, Value>) -> AnyView {
    facts(object.into_iter().map(|(name, value)| row(name, &value)).collect())
}

fn row(name: String, value: &Value) -> AnyView {
    let shown = match date(&name, value) {
        Some(at) => view! {
            <span class="code">{value.to_string()}</span>
            <br />
            {exact(at)}
            " · "
            <Moment at />
        }
        .into_any(),
        None => view! { <span class="code claim">{plain(value)}</span> }.into_any(),
    };
    fact(name, shown)
}

/// The moment a claim names, for the registered claims that hold one (RFC 7519 §4.1, OpenID Connect Core §2).
fn date(name: &str, value: &Value) -> Option<Timestamp> {
    let seconds = ["exp", "iat", "nbf", "auth_time", "updated_at"].contains(&name).then(|| value.as_i64())??;
    // Beyond the year 9999 it is no date a person can use.
    (0..253_402_300_800).contains(&seconds).then(|| Timestamp::from_seconds(seconds))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn signature(token: Secret, connection: Signal<Option<ConnectionView>>) -> AnyView {
    let api = expect_context::<Ports>().api;
    let reason = expect_context::<SignedIn>().not_member();
    let outcome = RwSignal::new(None::<Verification>);
    let deed = Deed::new();
    let check = move |()| {
        let Some(connection) = connection.get_untracked().map(|one| one.connection) else { return };
        let access_token = token.clone();
        let request = VerificationRequest { provider: connection.provider, place: connection.place, access_token };
        let api = api.clone();
        deed.run(async move {
            outcome.try_set(Some(ask(api, VerifyToken, request).await?));
            Ok(())
        });
    };
    view! {
        <div class="signature" role="status">
            {move || signature_words(outcome.get())}
            <Button label="Check signature" busy=deed.busy busy_words="Checking…" reason on_press=check />
        </div>
        {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
    }
    .into_any()
}

fn signature_words(outcome: Option<Verification>) -> AnyView {
    let (class, picture, title, text) = match outcome {
        None => {
            ("soon", Icon::Alert, "Signature not verified", "Anyone could have written what stands below.".to_owned())
        }
        Some(Verification::Verified { key_id, algorithm, jwks_uri }) => {
            let key = key_id.map_or_else(|| "a key".to_owned(), |id| format!("key {id}"));
            ("good", Icon::Check, "Signature verified", format!("{algorithm} with {key} from {jwks_uri}"))
        }
        Some(Verification::NotVerified { reason }) => ("bad", Icon::Alert, "Signature check failed", reason),
    };
    view! {
        <div class=format!("notice {class}")>
            {icon(picture)}
            <div>
                <p class="strong">{title}</p>
                <p>{text}</p>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_registered_time_claims_are_dates() {
        assert_eq!(date("exp", &json!(1_795_226_400)), Some(Timestamp::from_seconds(1_795_226_400)));
        assert_eq!(date("amount", &json!(1_795_226_400)), None);
    }

    #[test]
    fn a_time_no_calendar_has_stays_a_number() {
        for value in [json!(-1), json!(253_402_300_800_i64), json!(i64::MAX), json!("1795226400"), json!(null)] {
            assert_eq!(date("exp", &value), None, "{value}");
        }
    }

    #[test]
    fn texts_are_shown_without_quotes_and_objects_whole() {
        assert_eq!(plain(&json!("Zoë")), "Zoë");
        assert_eq!(plain(&json!({"a": 1})), "{\n  \"a\": 1\n}");
    }
}
