//! One request to a provider and its answer, with every bound kept.

use std::time::Duration;

use axum::body::Body as Sent;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Request, Response};
use domain::https_url::HttpsUrl;
use domain::secret::Secret;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::guard::{Answer, Guard, Refusal, trouble};
use super::trouble::Trouble;

/// What is sent.
pub(super) enum Ask {
    /// A `GET` for JSON.
    Get,
    /// A `POST` of a form, with an `Authorization` header when there is one.
    Post {
        /// The encoded form.
        form: Secret,
        /// The header's value.
        authorization: Option<Secret>,
    },
    /// A call of an API: a `GET`, or a `POST` of JSON.
    Api {
        /// The name of the token's header, in lower case.
        name: String,
        /// Its value.
        value: Secret,
        /// The JSON text of a `POST`.
        body: Option<Secret>,
    },
}

/// What came back, whatever its status.
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: u16,
    /// The `Content-Type` says HTML.
    pub(super) is_html: bool,
    /// The `Retry-After` header, as it stands.
    pub(super) retry_after: Option<String>,
    /// The provider's own name for the exchange, if it gave one that can be shown.
    pub(super) transaction: Option<String>,
    /// The origin a redirect points to, when it is one that could be asked.
    pub(super) redirects_to: Option<String>,
    /// The body.
    pub(super) body: Body,
}

/// A body, as far as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// Not read to its end: it is longer than allowed.
    TooLarge,
    /// Compressed, which was not asked for; nothing is unpacked, so that a small body can't become a large one.
    Encoded,
}

impl Body {
    /// The JSON object in the body, if it is one.
    pub(super) fn object(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        let Self::Whole(bytes) = self else { return None };
        serde_json::from_slice(bytes).ok()
    }
}

/// Sends `ask` to `url` and reads at most `max_bytes` of the answer, all within `allowance`.
///
/// # Errors
///
/// [`Trouble`] when no answer came, or the guard refused.
pub(super) async fn exchange(
    guard: &Guard,
    url: &HttpsUrl,
    ask: Ask,
    allowance: Duration,
    max_bytes: usize,
) -> Result<Reply, Trouble> {
    let (client, address) = guard.way_to(url)?;
    let request = request(ask)?;
    let whole = async { read(client.send(&address, request).await?, max_bytes).await };
    timeout(allowance, whole).await.map_err(|_| Trouble::Timeout)?
}

fn request(ask: Ask) -> Result<Request<Sent>, Trouble> {
    let json = [(header::ACCEPT, "application/json")];
    let mut headers: HeaderMap =
        json.map(|(name, value)| (name, HeaderValue::from_static(value))).into_iter().collect();
    let (authorization, body, kind) = match ask {
        Ask::Get => (None, None, ""),
        Ask::Post { form, authorization } => {
            (authorization.map(|value| (header::AUTHORIZATION, value)), Some(form), "application/x-www-form-urlencoded")
        }
        Ask::Api { name, value, body } => {
            let name = HeaderName::try_from(name).map_err(|_| Trouble::Refused(Refusal::Ambiguous))?;
            (Some((name, value)), body, "application/json")
        }
    };
    if let Some((name, secret)) = authorization {
        // Base64 of anything is a valid header value; a token was checked to be one.
        let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| Trouble::Refused(Refusal::Ambiguous))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    let mut request = Request::new(Sent::empty());
    if let Some(body) = body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        *request.method_mut() = Method::POST;
        *request.body_mut() = Sent::from(body.expose().to_owned());
    }
    *request.headers_mut() = headers;
    Ok(request)
}

async fn read(mut response: Response<Answer>, max_bytes: usize) -> Result<Reply, Trouble> {
    let headers = response.headers();
    let mut reply = Reply {
        status: response.status().as_u16(),
        is_html: text(headers, header::CONTENT_TYPE).is_some_and(|value| value.to_ascii_lowercase().contains("html")),
        retry_after: text(headers, header::RETRY_AFTER).map(str::to_owned),
        transaction: TRANSACTIONS.iter().find_map(|name| visible(headers.get(*name)?)),
        redirects_to: text(headers, header::LOCATION)
            .and_then(|value| HttpsUrl::parse(value).ok())
            .map(|url| url.origin().to_owned()),
        body: Body::Encoded,
    };
    if text(headers, header::CONTENT_ENCODING).is_none_or(|value| value.eq_ignore_ascii_case("identity")) {
        reply.body = read_body(response.body_mut(), max_bytes).await?;
    }
    Ok(reply)
}

async fn read_body(body: &mut Answer, max_bytes: usize) -> Result<Body, Trouble> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.map_err(|error| trouble(&error))?.into_data() else { break };
        if bytes.len() + chunk.len() > max_bytes {
            return Ok(Body::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Body::Whole(bytes))
}

/// Where providers put their own name for an exchange, PingOne's first.
pub(super) const TRANSACTIONS: [&str; 3] = ["x-ping-external-transaction-id", "correlation-id", "x-request-id"];

/// A value of at most 200 visible ASCII characters.
pub(super) fn visible(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let fine = (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    fine.then(|| text.to_owned())
}

pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}
