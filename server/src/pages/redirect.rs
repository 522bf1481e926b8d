//! Where a person without a session is sent.

use axum::http::Uri;

/// Pages that are for people without a session.
const PUBLIC: [&str; 3] = ["/sign-in", "/setup", "/invitation"];

/// Whether a page may send people elsewhere.
pub fn needs_session(path: &str) -> bool {
    !matches!(path, "/setup" | "/invitation")
}

/// Where to go from a page without a session: to setup while no admin exists, else to sign-in and then back.
pub fn elsewhere(uri: &Uri, setup_needed: bool) -> Option<String> {
    if setup_needed {
        return Some("/setup".to_owned());
    }
    let path = uri.path();
    if PUBLIC.contains(&path) {
        return None;
    }
    let back = uri.path_and_query().map_or(path, |whole| whole.as_str());
    if back == "/" || !is_own_path(back) {
        return Some("/sign-in".to_owned());
    }
    Some(format!("/sign-in?next={}", escaped(back)))
}

/// Whether a text is a path on this server: one slash first, no backslash, which some browsers read as a slash.
fn is_own_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && !text.contains('\\')
}

/// Percent-encodes all but the unreserved characters and slashes (RFC 3986 §2.3, §3.4).
fn escaped(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(path: &str, setup_needed: bool) -> Option<String> {
        elsewhere(&path.parse().unwrap(), setup_needed)
    }

    #[test]
    fn before_setup_everything_leads_to_setup() {
        assert_eq!(from("/connections", true).as_deref(), Some("/setup"));
        assert_eq!(from("/sign-in", true).as_deref(), Some("/setup"));
    }

    #[test]
    fn a_page_is_come_back_to_after_sign_in() {
        assert_eq!(
            from("/connections/7?tab=a&b", false).as_deref(),
            Some("/sign-in?next=/connections/7%3Ftab%3Da%26b")
        );
        assert_eq!(from("/", false).as_deref(), Some("/sign-in"));
        assert_eq!(from("/sign-in", false), None);
    }

    #[test]
    fn a_path_that_means_another_host_is_never_come_back_to() {
        assert_eq!(from("//evil.example/x", false).as_deref(), Some("/sign-in"));
        assert!(!is_own_path("/\\evil.example"));
    }
}
