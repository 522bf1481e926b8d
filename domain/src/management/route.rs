use std::fmt::Write as _;

use crate::api::gateway::{ApiPath, ApiPathError};

/// A path of the API being put together from parts that may hold anything.
#[derive(Clone)]
pub struct Route {
    text: String,
    has_query: bool,
}

impl Route {
    /// The path of these segments.
    pub fn of(segments: &[&str]) -> Self {
        let escaped: Vec<String> = segments.iter().map(|segment| escaped(segment)).collect();
        Self { text: escaped.join("/"), has_query: false }
    }

    /// With one more parameter in the query.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        self.text.extend([escaped(name).as_str(), "=", &escaped(value)]);
        self
    }

    /// The path, checked.
    ///
    /// # Errors
    ///
    /// [`ApiPathError`] when a segment is empty, leads elsewhere, or hides a slash: it came from outside and is no identifier.
    pub fn path(&self) -> Result<ApiPath, ApiPathError> {
        let path = ApiPath::parse(&self.text)?;
        // A slash at the end would be an identifier that is empty.
        if path.without_query().ends_with('/') { Err(ApiPathError::Segment) } else { Ok(path) }
    }
}

/// All but unreserved characters (RFC 3986 §2.3) as escapes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn parts_are_escaped_and_the_path_is_one_that_passes() {
        let route =
            Route::of(&["environments", "e-1", "users"]).with("filter", r#"email eq "ü&x=1""#).with("limit", "10");
        let path = route.path().unwrap();
        assert_eq!(path.as_str(), "environments/e-1/users?filter=email%20eq%20%22%C3%BC%26x%3D1%22&limit=10");
    }

    #[test]
    fn an_identifier_that_leads_elsewhere_makes_no_path() {
        for id in ["", "..", "a/../b", "a\\b", "%2e", "a\n"] {
            assert!(Route::of(&["users", id]).path().is_err(), "{id}");
        }
    }
}
