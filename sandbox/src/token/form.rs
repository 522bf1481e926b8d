//! The form body of a token request.

use axum::http::{HeaderMap, header};

use crate::oauth_error::OAuthError;

/// The parameters, each at most once.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form body; a parameter given twice is refused (RFC 6749 §3.2).
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, OAuthError> {
        if !is_form(headers) {
            return Err(OAuthError::invalid_request("The body must be application/x-www-form-urlencoded"));
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(OAuthError::invalid_request("A parameter is given more than once"));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(parameters))
    }

    /// A parameter's value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
