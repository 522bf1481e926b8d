//! Whose page asks, by its org token.

use axum::http::{HeaderMap, header};
use domain::api::org::OrgKey;
use domain::api::{Code, Endpoint, Problem};

use super::super::asked::Asked;
use super::allows;
use crate::sign_in::Page;

/// The organization of the request's org token.
///
/// # Errors
///
/// 401 when there is no good token: [`Code::OrgTokenMissing`], [`Code::OrgTokenInvalid`], [`Code::OrgTokenExpired`]. 403 when
/// a new one would change nothing: [`Code::OrgKeyRevoked`], [`Code::OriginNotAllowed`].
pub(super) async fn org<E: Endpoint>(asked: &Asked<E>) -> Result<OrgKey, Problem> {
    let (state, page) = (&asked.state, &asked.browser.page);
    let token = bearer(&asked.headers).ok_or_else(|| Problem::new(Code::OrgTokenMissing))?;
    let claims = state.org_tokens.check(token).await?;
    let found = state.store.org(&claims.sub, state.clock.now()).await?;
    let org = found.ok_or_else(|| Problem::new(Code::OrgTokenInvalid))?;
    if org.revoked_at.is_some() {
        return Err(Problem::new(Code::OrgKeyRevoked));
    }
    check_origin(&org, page)?;
    if claims.origin.as_ref() != page.origin() {
        let detail = "The org token was issued to pages of another origin. Each page gets its own from the bootloader.";
        return Err(Problem::new(Code::OriginNotAllowed).with_detail(detail));
    }
    Ok(org)
}

/// Refuses pages of an origin that the organization does not name.
///
/// # Errors
///
/// [`Code::OriginNotAllowed`].
pub(super) fn check_origin(org: &OrgKey, page: &Page) -> Result<(), Problem> {
    if allows(org, page) { Ok(()) } else { Err(Problem::new(Code::OriginNotAllowed)) }
}

/// The token of `Authorization: Bearer` (RFC 6750 §2.1); the scheme's case means nothing.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}
