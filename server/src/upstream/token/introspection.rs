//! Introspection (RFC 7662) and revocation (RFC 7009): what a client with its proof may ask about a token.

use domain::api::introspection::{Introspection, Revocation, TokenQuestion};
use domain::api::token::TokenRequest;
use domain::api::{Code, Problem};
use domain::https_url::HttpsUrl;
use domain::provider::{Provider, Target};
use domain::secret::Secret;
use serde_json::{Map, Value};

use super::purpose::Purpose;
use super::response::Unusable;
use super::{Grant, check, not_allowed, took_ms, unlike_json};
use crate::upstream::exchange::Reply;
use crate::upstream::{Upstream, authority, text};

/// The longest token, in bytes.
const LONGEST: usize = 16_384;

impl Upstream {
    /// Asks the provider whether a token is good now (RFC 7662).
    ///
    /// # Errors
    ///
    /// A [`Problem`] that says what the provider said and what to do next. A token that is no good is an answer.
    pub async fn introspect(&self, provider: &Provider, question: &TokenQuestion) -> Result<Introspection, Problem> {
        let request = client(question);
        let grant =
            self.about(provider, &request, question, Purpose::Introspection, |target| &target.introspection_endpoint)?;
        let (mut claims, tries) = grant.run(introspected).await?;
        let active = claims.remove("active") == Some(Value::Bool(true));
        for value in claims.values_mut() {
            if let Value::String(said) = value {
                *said = text::without(said, std::slice::from_ref(&question.token));
            }
        }
        let claims = if active { claims } else { Map::new() };
        Ok(Introspection { active, claims, host: grant.host, took_ms: took_ms(&tries), tries: tries.count() })
    }

    /// Ends a token at the provider (RFC 7009). Ending one twice is no error.
    ///
    /// # Errors
    ///
    /// A [`Problem`] that says what the provider said and what to do next; the token may then still be good.
    pub async fn revoke(&self, provider: &Provider, question: &TokenQuestion) -> Result<Revocation, Problem> {
        let request = client(question);
        let grant =
            self.about(provider, &request, question, Purpose::Revocation, |target| &target.revocation_endpoint)?;
        // RFC 7009 §2.2: the body says nothing.
        let ((), tries) = grant.run(|_| Ok(())).await?;
        tracing::info!(host = grant.host, tries = tries.count(), "token revoked");
        Ok(Revocation { host: grant.host, took_ms: took_ms(&tries), tries: tries.count() })
    }

    fn about<'a>(
        &'a self,
        provider: &'a Provider,
        request: &'a TokenRequest,
        question: &TokenQuestion,
        purpose: Purpose,
        endpoint: fn(&Target) -> &Option<HttpsUrl>,
    ) -> Result<Grant<'a>, Problem> {
        let target = provider.target(&request.place).map_err(|error| not_allowed(&error.to_string()))?;
        let (_, address) = purpose.words();
        let unknown = || not_allowed(&format!("{} has no address for this; an admin can set {address}", provider.name));
        let url = endpoint(&target).clone().ok_or_else(unknown)?;
        check::fields(provider, request)?;
        check_token(&question.token)?;
        let parameters = vec![("token", question.token.clone()), ("token_type_hint", Secret::new("access_token"))];
        let host = authority(&url);
        Ok(Grant { upstream: self, provider, request, target, url, host, purpose, parameters })
    }
}

/// The client of a question, as one that asks for a token.
fn client(question: &TokenQuestion) -> TokenRequest {
    TokenRequest {
        provider: question.provider.clone(),
        place: question.place.clone(),
        client_id: question.client_id.clone(),
        scopes: Vec::new(),
        proof: question.proof.clone(),
    }
}

fn check_token(token: &Secret) -> Result<(), Problem> {
    let text = token.expose();
    if (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let words = "A token has 1 to 16384 visible ASCII characters and no blanks.";
    Err(Problem::new(Code::InvalidFields).with_error("token", words))
}

fn introspected(reply: &Reply) -> Result<Map<String, Value>, Unusable> {
    let object = reply.body.object().ok_or_else(|| Unusable::NotAToken(unlike_json(reply)))?;
    match object.get("active") {
        Some(Value::Bool(_)) => Ok(object),
        None if object.get("error").is_some_and(Value::is_string) => Err(Unusable::Refusal),
        _ => Err(Unusable::NotAToken("active is missing, or is neither true nor false")),
    }
}
