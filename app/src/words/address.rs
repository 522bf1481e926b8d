/// A text as one value of a query: everything but unreserved characters and `/` is percent-encoded (RFC 3986 §2).
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Where to go after sign-in: only a path of this site, so that a prepared link can't lead elsewhere.
///
/// A second slash or a backslash after the first slash would name another host; control characters are dropped by
/// browsers, so that they could hide one.
pub(crate) fn next_page(wanted: Option<&str>) -> &str {
    match wanted {
        Some(path)
            if path.starts_with('/')
                && !path.starts_with("//")
                && !path.contains('\\')
                && !path.chars().any(char::is_control) =>
        {
            path
        }
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_site_is_followed() {
        assert_eq!(next_page(Some("/connections/3f?x=1")), "/connections/3f?x=1");
    }

    #[test]
    fn another_site_is_never_followed() {
        for wanted in
            ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "", "javascript:0"]
        {
            assert_eq!(next_page(Some(wanted)), "/", "{wanted:?}");
        }
        assert_eq!(next_page(None), "/");
    }

    #[test]
    fn a_query_value_holds_no_separator() {
        assert_eq!(escape("/a b?c=d&e#ü"), "/a%20b%3Fc%3Dd%26e%23%C3%BC");
    }
}
