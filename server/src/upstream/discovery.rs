//! An issuer's metadata: RFC 8414 first, then OpenID Connect Discovery.

use domain::api::providers::IssuerMetadata;
use domain::api::{Code, Problem};
use domain::https_url::HttpsUrl;
use domain::provider::ClientAuthentication;
use serde_json::{Map, Value};

use super::reading::Unread;
use super::{Upstream, text};

/// How many scopes are shown at most.
const MOST_SCOPES: usize = 500;

impl Upstream {
    /// The metadata of `issuer`, from the first of the two documents that is its own.
    pub(super) async fn discover(&self, issuer: &HttpsUrl) -> Result<IssuerMetadata, Problem> {
        let [oauth, openid] = documents(issuer)?;
        let first = match self.metadata(issuer, &oauth).await {
            Ok(metadata) => return Ok(metadata),
            Err(failure) if failure.is_final => return Err(failure.problem),
            Err(failure) => failure,
        };
        self.metadata(issuer, &openid).await.map_err(|second| both(&first.problem, second.problem))
    }

    async fn metadata(&self, issuer: &HttpsUrl, url: &HttpsUrl) -> Result<IssuerMetadata, Failure> {
        let object = self.document(url).await.map_err(|unread| Failure {
            is_final: matches!(unread, Unread::NoAnswer(_)),
            problem: unread.problem(url, "metadata"),
        })?;
        read(issuer, url, &object).map_err(|words| Failure { is_final: false, problem: unusable(url, &words) })
    }
}

struct Failure {
    problem: Problem,
    /// The host can't be asked at all, so that there is no use in asking it for the other document.
    is_final: bool,
}

/// Where the metadata of an issuer are (RFC 8414 §3.1; OpenID Connect Discovery §4.1).
fn documents(issuer: &HttpsUrl) -> Result<[HttpsUrl; 2], Problem> {
    let refuse = |words| Problem::new(Code::InvalidFields).with_error("issuer", words);
    let path = issuer.path().trim_end_matches('/');
    if path.contains('?') {
        return Err(refuse("An issuer has no query. Leave out the question mark and what follows."));
    }
    let origin = issuer.origin();
    let url = |text: String| HttpsUrl::parse(&text).map_err(|_| refuse("The issuer is too long."));
    Ok([
        url(format!("{origin}/.well-known/oauth-authorization-server{path}"))?,
        url(format!("{origin}{path}/.well-known/openid-configuration"))?,
    ])
}

fn read(issuer: &HttpsUrl, url: &HttpsUrl, object: &Map<String, Value>) -> Result<IssuerMetadata, String> {
    let named = object.get("issuer").and_then(Value::as_str).unwrap_or_default();
    // RFC 8414 §3.3: equal, character for character; else one server could speak for another.
    if named != issuer.as_str() {
        let named = text::shown(named, 200).unwrap_or_else(|| "no issuer".to_owned());
        return Err(format!("it is about {named}, not about {issuer}; a slash at the end counts"));
    }
    let address = |name: &str| object.get(name).and_then(Value::as_str).map(HttpsUrl::parse);
    let token_endpoint = match address("token_endpoint") {
        Some(Ok(url)) => url,
        Some(Err(error)) => return Err(format!("its token_endpoint can't be used: {error}")),
        None => return Err("it names no token_endpoint".to_owned()),
    };
    Ok(IssuerMetadata {
        issuer: issuer.clone(),
        token_endpoint,
        jwks_uri: address("jwks_uri").and_then(Result::ok),
        introspection_endpoint: address("introspection_endpoint").and_then(Result::ok),
        revocation_endpoint: address("revocation_endpoint").and_then(Result::ok),
        authentication_methods: methods(object)?,
        scopes: texts(object, "scopes_supported")
            .filter_map(|scope| text::shown(scope, 200))
            .take(MOST_SCOPES)
            .collect(),
        read_from: url.clone(),
    })
}

/// Without the list it is `client_secret_basic` (RFC 8414 §2). A list without any method we know is refused, because
/// an empty one would mean that all are taken.
fn methods(object: &Map<String, Value>) -> Result<Vec<ClientAuthentication>, String> {
    let name = "token_endpoint_auth_methods_supported";
    if !object.contains_key(name) {
        return Ok(vec![ClientAuthentication::ClientSecretBasic]);
    }
    let mut known: Vec<_> = texts(object, name).filter_map(ClientAuthentication::from_name).collect();
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        Err("it takes none of the authentication methods Tokenkeep knows".to_owned())
    } else {
        Ok(known)
    }
}

fn texts<'a>(object: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a str> {
    object.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn unusable(url: &HttpsUrl, words: &str) -> Problem {
    Problem::new(Code::UpstreamUnreadable).with_detail(format!("{url} was read, and {words}."))
}

fn both(first: &Problem, second: Problem) -> Problem {
    let detail = format!("{} {} Check the issuer, or enter the token URL by hand.", first.detail, second.detail);
    second.with_detail(detail)
}
