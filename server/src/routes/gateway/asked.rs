//! What a call says of itself.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::api::REQUEST_ID_HEADER;
use domain::api::gateway::{ApiPathError, PREFIX, SOCKET_SITE, SOCKET_TENANT, SOCKET_TOKEN};
use domain::id::{RequestId, TenantId};
use domain::provider::Region;
use domain::site::SiteId;

use super::*;
use crate::gateway::passed_on as kind_passed_on;
use crate::sign_in::Browser;

/// The longest token, in bytes.
const LONGEST_TOKEN: usize = 16_384;

/// What a call says of itself in its address and its headers.
pub(super) struct Asked {
    /// Whose API.
    pub(super) provider: ProviderId,
    /// The path below its base.
    pub(super) path: ApiPath,
    /// The region, where the provider has several.
    pub(super) region: Option<Region>,
    /// The site.
    pub(super) site: Option<SiteId>,
    /// The tenant; the person's own where none is named.
    pub(super) tenant: Option<TenantId>,
    /// The token.
    pub(super) token: Option<Secret>,
}

impl Asked {
    /// Reads them; nothing is taken that stands there twice.
    pub(super) fn read(request: &Request) -> Result<Self, Problem> {
        let (provider, path) = place(request)?;
        let headers = request.headers();
        let offered = offered(headers);
        let word = |name: &str, prefix: &str| {
            let given = once(headers, name)?;
            Ok::<_, Problem>(
                given.or_else(|| offered.iter().find_map(|word| word.strip_prefix(prefix)).map(str::to_owned)),
            )
        };
        let token = match headers.contains_key(TOKEN_HEADER) {
            true => Some(once(headers, TOKEN_HEADER).ok().flatten()),
            false => encoded(&offered, SOCKET_TOKEN),
        };
        let site = match encoded(&offered, SOCKET_SITE) {
            Some(site) => site,
            None => once(headers, SITE_HEADER)?,
        };
        Ok(Self {
            provider,
            path,
            region: region(headers)?,
            site: site.map(|text| SiteId::parse(&text)).transpose().map_err(|_| Problem::new(Code::InvalidSite))?,
            tenant: word(TENANT_HEADER, SOCKET_TENANT)?.map(TenantId::new),
            token: token.map(checked).transpose()?,
        })
    }
}

/// Provider and path, as they stand in the address.
fn place(request: &Request) -> Result<(ProviderId, ApiPath), Problem> {
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    let rest = address.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/'));
    let (provider, path) = rest.ok_or_else(|| Problem::new(Code::InvalidApiPath))?;
    let refused = |error: ApiPathError| {
        Problem::new(Code::InvalidApiPath).with_detail(format!("It can't be passed on: {error}."))
    };
    Ok((ProviderId::new(provider), ApiPath::parse(path).map_err(refused)?))
}

fn region(headers: &HeaderMap) -> Result<Option<Region>, Problem> {
    let Some(value) = headers.get(REGION_HEADER) else { return Ok(None) };
    let region = value.to_str().ok().and_then(|text| Region::parse(text).ok());
    let unknown = || {
        Problem::new(Code::ProviderNotAllowed)
            .with_detail("There is no such PingOne region. Choose one of com, eu, asia, com.au, ca and sg.")
    };
    region.map(Some).ok_or_else(unknown)
}

/// A header that may stand once.
fn once(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else { return Ok(None) };
    let text = first.to_str().ok().filter(|_| values.next().is_none());
    let unreadable =
        || Problem::new(Code::InvalidSite).with_detail(format!("The header {name} must stand once, as plain text."));
    text.map(|text| Some(text.to_owned())).ok_or_else(unreadable)
}

/// The subprotocols a WebSocket offers.
pub(super) fn offered(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|word| word.trim().to_owned()).collect()
}

/// What one of them carries in base64url: `None` when none does, `Some(None)` when it can't be read.
fn encoded(offered: &[String], prefix: &str) -> Option<Option<String>> {
    let mut words = offered.iter().filter_map(|word| word.strip_prefix(prefix));
    let word = words.next()?;
    let read = || String::from_utf8(URL_SAFE_NO_PAD.decode(word).ok()?).ok();
    Some(if words.next().is_none() { read() } else { None })
}

/// The token: visible ASCII (RFC 6750 §2.1 is narrower still).
fn checked(text: Option<String>) -> Result<Secret, Problem> {
    let fine =
        |text: &String| (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    text.filter(fine).map(Secret::new).ok_or_else(|| Problem::new(Code::TokenMissing))
}

/// Where the request comes from.
pub(super) fn browser(request: &Request) -> Result<Browser, Problem> {
    request.extensions().get::<Browser>().cloned().ok_or_else(|| Problem::new(Code::Internal))
}

/// The headers of a call that go on: what it accepts, what it sends, which request it is, where an event stream was left.
pub(super) fn passed_on(request: &Request, method: Method) -> Result<HeaderMap, Problem> {
    let headers = request.headers();
    let mut passed = HeaderMap::new();
    let short = |value: &&HeaderValue| value.len() <= 500 && value.to_str().is_ok();
    let json = HeaderValue::from_static("application/json");
    passed.insert(header::ACCEPT, headers.get(header::ACCEPT).filter(short).cloned().unwrap_or(json));
    for name in [IDEMPOTENCY_HEADER, "last-event-id"] {
        if let Some(value) = headers.get(name).filter(short) {
            passed.insert(HeaderName::from_static(name), value.clone());
        }
    }
    let id = request.extensions().get::<RequestId>().and_then(|id| HeaderValue::from_str(id.as_str()).ok());
    if let Some(id) = id {
        passed.insert(HeaderName::from_static(REQUEST_ID_HEADER), id);
    }
    if let (true, Some(kind)) = (method != Method::Get, headers.get(header::CONTENT_TYPE)) {
        passed.insert(header::CONTENT_TYPE, kind_of(kind)?);
    }
    Ok(passed)
}

/// The kind of a body: data, or a form.
fn kind_of(kind: &HeaderValue) -> Result<HeaderValue, Problem> {
    let text = kind.to_str().unwrap_or_default();
    let form = "application/x-www-form-urlencoded";
    let is_form = text.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(form));
    let known = if is_form { Some(HeaderValue::from_static(form)) } else { kind_passed_on(text) };
    known
        .ok_or_else(|| Problem::new(Code::InvalidBody).with_detail("Send the body as JSON, CSV, a form or plain data."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&str, &str)]) -> Result<Asked, Problem> {
        let mut request = axum::http::Request::builder().uri("/api/v1/gateway/p/sites/?page=1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Asked::read(&request.body(axum::body::Body::empty()).unwrap())
    }

    #[test]
    fn a_websocket_says_among_its_subprotocols_what_others_say_in_headers() {
        let (token, site) = (URL_SAFE_NO_PAD.encode("a.b.c"), URL_SAFE_NO_PAD.encode("ses:1"));
        let words = format!("tokenkeep, {SOCKET_TOKEN}{token}, {SOCKET_SITE}{site}, {SOCKET_TENANT}t-1, mqtt");
        let asked = asked(&[("sec-websocket-protocol", &words)]).unwrap();
        assert_eq!(asked.token.unwrap().expose(), "a.b.c");
        assert_eq!((asked.site.unwrap().as_str(), asked.tenant.unwrap().as_str()), ("ses:1", "t-1"));
    }

    #[test]
    fn what_stands_twice_or_can_not_be_read_is_not_taken() {
        let twice = [(TOKEN_HEADER, "a.b.c"), (TOKEN_HEADER, "a.b.c")];
        let words = format!("{SOCKET_TOKEN}***");
        for headers in
            [&twice[..], &[(TOKEN_HEADER, "")], &[(TOKEN_HEADER, "a b")], &[("sec-websocket-protocol", &words)]]
        {
            assert_eq!(asked(headers).err().map(|problem| problem.code), Some(Code::TokenMissing), "{headers:?}");
        }
        for headers in [&[(SITE_HEADER, "a"), (SITE_HEADER, "b")][..], &[(SITE_HEADER, "a/b")], &[(SITE_HEADER, "")]] {
            assert_eq!(asked(headers).err().map(|problem| problem.code), Some(Code::InvalidSite), "{headers:?}");
        }
        assert!(asked(&[]).unwrap().token.is_none());
    }
}
