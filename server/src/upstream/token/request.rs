//! The request as it goes over the wire, one way for each authentication method.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::api::Problem;
use domain::api::token::{ClientProof, TokenRequest};
use domain::connection::preview::ASSERTION_TYPE;
use domain::provider::Target;
use domain::secret::Secret;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::assertion;
use crate::upstream::Upstream;
use crate::upstream::exchange::Ask;

/// A request, with every form a secret has in it.
pub(super) struct Prepared {
    /// What is sent.
    pub(super) ask: Ask,
    /// What must never be shown, should the provider repeat it.
    pub(super) secrets: Vec<Secret>,
}

/// What is sent beside the client's proof.
type Parameters = [(&'static str, Secret)];

/// The parameters of the client-credentials grant (RFC 6749 §4.4.2).
pub(super) fn grant(request: &TokenRequest) -> Vec<(&'static str, Secret)> {
    let mut parameters = vec![("grant_type", Secret::new("client_credentials"))];
    if !request.scopes.is_empty() {
        parameters.push(("scope", Secret::new(request.scopes.join(" "))));
    }
    parameters
}

/// Makes the request for one try: an assertion signed here is a new one each time.
pub(super) fn prepare(
    upstream: &Upstream,
    request: &TokenRequest,
    target: &Target,
    parameters: &Parameters,
) -> Result<Prepared, Problem> {
    let mut prepared = proven(upstream, request, target, parameters)?;
    let token = parameters.iter().filter(|(name, _)| *name == "token");
    prepared.secrets.extend(token.map(|(_, token)| token.clone()));
    Ok(prepared)
}

fn proven(
    upstream: &Upstream,
    request: &TokenRequest,
    target: &Target,
    parameters: &Parameters,
) -> Result<Prepared, Problem> {
    let id = &request.client_id;
    Ok(match &request.proof {
        ClientProof::ClientSecretBasic { client_secret } => basic(id, parameters, client_secret),
        ClientProof::ClientSecretPost { client_secret } => {
            let form = form(parameters, &[("client_id", id), ("client_secret", client_secret.expose())]);
            Prepared { ask: Ask::Post { form, authorization: None }, secrets: forms_of(client_secret) }
        }
        ClientProof::ClientSecretJwt { client_secret } => {
            let assertion = assertion::sign(upstream, id, client_secret, target)?;
            let secrets = [forms_of(client_secret), vec![assertion.clone()]].concat();
            Prepared { secrets, ..with_assertion(parameters, &assertion) }
        }
        ClientProof::PrivateKeyJwt { client_assertion } => {
            assertion::check(client_assertion, id, target, upstream.clock.now())?;
            with_assertion(parameters, client_assertion)
        }
    })
}

/// Id and secret are form-encoded before they are joined (RFC 6749 §2.3.1), so that neither can hold a bare colon.
fn basic(client_id: &str, parameters: &Parameters, client_secret: &Secret) -> Prepared {
    let encoded = Secret::new(byte_serialize(client_secret.expose().as_bytes()).collect::<String>());
    let id: String = byte_serialize(client_id.as_bytes()).collect();
    let pair = Secret::new(format!("{id}:{}", encoded.expose()));
    let credentials = Secret::new(STANDARD.encode(pair.expose()));
    let authorization = Some(Secret::new(format!("Basic {}", credentials.expose())));
    let mut secrets = forms_of(client_secret);
    secrets.push(credentials);
    Prepared { ask: Ask::Post { form: form(parameters, &[]), authorization }, secrets }
}

fn with_assertion(parameters: &Parameters, assertion: &Secret) -> Prepared {
    let proof = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion.expose())];
    let ask = Ask::Post { form: form(parameters, &proof), authorization: None };
    Prepared { ask, secrets: vec![assertion.clone()] }
}

fn form(parameters: &Parameters, proof: &[(&str, &str)]) -> Secret {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(parameters.iter().map(|(name, value)| (name, value.expose())));
    form.extend_pairs(proof);
    Secret::new(form.finish())
}

/// The secret as it is, and form-encoded.
fn forms_of(secret: &Secret) -> Vec<Secret> {
    vec![secret.clone(), Secret::new(byte_serialize(secret.expose().as_bytes()).collect::<String>())]
}
