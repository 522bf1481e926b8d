//! The request as it goes over the wire, one way for each authentication method.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::api::Problem;
use domain::api::token::{ClientProof, TokenRequest};
use domain::provider::Target;
use domain::secret::Secret;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::assertion;
use crate::upstream::Upstream;
use crate::upstream::exchange::Ask;

/// `client_assertion_type` for JWTs (RFC 7523 §2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A request, with every form a secret has in it.
pub(super) struct Prepared {
    /// What is sent.
    pub(super) ask: Ask,
    /// What must never be shown, should the provider repeat it.
    pub(super) secrets: Vec<Secret>,
}

/// Makes the request for one try: an assertion signed here is a new one each time.
pub(super) fn prepare(upstream: &Upstream, request: &TokenRequest, target: &Target) -> Result<Prepared, Problem> {
    let id = &request.client_id;
    Ok(match &request.proof {
        ClientProof::ClientSecretBasic { client_secret } => basic(request, client_secret),
        ClientProof::ClientSecretPost { client_secret } => {
            let form = form(request, &[("client_id", id), ("client_secret", client_secret.expose())]);
            Prepared { ask: Ask::Post { form, authorization: None }, secrets: forms_of(client_secret) }
        }
        ClientProof::ClientSecretJwt { client_secret } => {
            let assertion = assertion::sign(upstream, id, client_secret, target)?;
            let secrets = [forms_of(client_secret), vec![assertion.clone()]].concat();
            Prepared { secrets, ..with_assertion(request, &assertion) }
        }
        ClientProof::PrivateKeyJwt { client_assertion } => {
            assertion::check(client_assertion, id, target, upstream.clock.now())?;
            with_assertion(request, client_assertion)
        }
    })
}

/// Id and secret are form-encoded before they are joined (RFC 6749 §2.3.1), so that neither can hold a bare colon.
fn basic(request: &TokenRequest, client_secret: &Secret) -> Prepared {
    let encoded = Secret::new(byte_serialize(client_secret.expose().as_bytes()).collect::<String>());
    let id: String = byte_serialize(request.client_id.as_bytes()).collect();
    let pair = Secret::new(format!("{id}:{}", encoded.expose()));
    let credentials = Secret::new(STANDARD.encode(pair.expose()));
    let authorization = Some(Secret::new(format!("Basic {}", credentials.expose())));
    let mut secrets = forms_of(client_secret);
    secrets.push(credentials);
    Prepared { ask: Ask::Post { form: form(request, &[]), authorization }, secrets }
}

fn with_assertion(request: &TokenRequest, assertion: &Secret) -> Prepared {
    let proof = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion.expose())];
    let ask = Ask::Post { form: form(request, &proof), authorization: None };
    Prepared { ask, secrets: vec![assertion.clone()] }
}

fn form(request: &TokenRequest, proof: &[(&str, &str)]) -> Secret {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if !request.scopes.is_empty() {
        form.append_pair("scope", &request.scopes.join(" "));
    }
    form.extend_pairs(proof);
    Secret::new(form.finish())
}

/// The secret as it is, and form-encoded.
fn forms_of(secret: &Secret) -> Vec<Secret> {
    vec![secret.clone(), Secret::new(byte_serialize(secret.expose().as_bytes()).collect::<String>())]
}
