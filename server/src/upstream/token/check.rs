//! What a request must be before anything is sent.

use domain::api::token::{ClientProof, TokenRequest};
use domain::api::{Code, Problem};
use domain::provider::{Provider, ProviderKind};

/// The longest client id, in characters.
const LONGEST_CLIENT_ID: usize = 512;

/// The longest secret, in bytes.
const LONGEST_SECRET: usize = 4_096;

/// The longest scope list, in bytes.
const LONGEST_SCOPES: usize = 8_192;

/// Checks all that can be checked without the provider.
///
/// # Errors
///
/// [`Code::InvalidFields`] with every field that is wrong.
pub(super) fn fields(provider: &Provider, request: &TokenRequest) -> Result<(), Problem> {
    let findings = [client_id(request), secret(request), scopes(request), method(provider, request)];
    let wrong = Problem::new(Code::InvalidFields);
    let problem =
        findings.into_iter().flatten().fold(wrong, |problem, (field, words)| problem.with_error(field, words));
    if problem.errors.is_empty() { Ok(()) } else { Err(problem) }
}

type Finding = Option<(&'static str, String)>;

fn found(field: &'static str, words: &str) -> Finding {
    Some((field, words.to_owned()))
}

fn client_id(request: &TokenRequest) -> Finding {
    let id = &request.client_id;
    match id.chars().count() {
        0 => found("client_id", "The client id is required."),
        1..=LONGEST_CLIENT_ID if !id.chars().any(char::is_control) => None,
        1..=LONGEST_CLIENT_ID => found("client_id", "The client id has a control character; copy it again."),
        _ => found("client_id", "The client id may have at most 512 characters."),
    }
}

fn secret(request: &TokenRequest) -> Finding {
    let secret = match &request.proof {
        ClientProof::ClientSecretBasic { client_secret }
        | ClientProof::ClientSecretPost { client_secret }
        | ClientProof::ClientSecretJwt { client_secret } => client_secret,
        // The assertion has checks of its own.
        ClientProof::PrivateKeyJwt { .. } => return None,
    };
    match secret.expose().len() {
        0 => found("client_secret", "The client secret is required."),
        1..=LONGEST_SECRET => None,
        _ => found("client_secret", "The client secret may have at most 4096 bytes."),
    }
}

/// RFC 6749 §3.3.
fn scopes(request: &TokenRequest) -> Finding {
    let fits = |byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    if request.scopes.iter().any(|scope| scope.is_empty() || !scope.bytes().all(fits)) {
        return found("scopes", "A scope may have no blanks, quotation marks, backslashes or letters beyond ASCII.");
    }
    let length: usize = request.scopes.iter().map(|scope| scope.len() + 1).sum();
    if length > LONGEST_SCOPES { found("scopes", "These are more scopes than fit in a request.") } else { None }
}

fn method(provider: &Provider, request: &TokenRequest) -> Finding {
    let ProviderKind::OAuth { authentication_methods: known, .. } = &provider.kind else { return None };
    if known.is_empty() || known.contains(&request.proof.method()) {
        return None;
    }
    let names: Vec<&str> = known.iter().map(|method| method.name()).collect();
    found("method", &format!("{} takes only {}.", provider.name, names.join(", ")))
}
