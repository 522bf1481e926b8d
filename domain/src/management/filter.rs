use std::fmt::{self, Write as _};

/// A filter as the management API takes it: a subset of SCIM's (RFC 7644 §3.4.2.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Filter(String);

impl Filter {
    /// `attribute eq "value"`.
    pub fn eq(attribute: &str, value: &str) -> Self {
        Self::compare(attribute, "eq", value)
    }

    /// `attribute operator "value"`; whatever stands in the value is only a value.
    pub fn compare(attribute: &str, operator: &str, value: &str) -> Self {
        let mut text = format!("{attribute} {operator} \"");
        for character in value.chars() {
            match character {
                '"' | '\\' => text.extend(['\\', character]),
                // JSON's escapes, which SCIM's strings are (RFC 7644 §3.4.2.2, RFC 7159 §7).
                control if control.is_control() => drop(write!(text, "\\u{:04x}", u32::from(control))),
                plain => text.push(plain),
            }
        }
        text.push('"');
        Self(text)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(format!("{} and {}", self.0, other.0))
    }

    /// Either, or both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(format!("{} or {}", self.0, other.0))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Filters may name people: nothing of them is printed.
impl fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Filter(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;

    #[test]
    fn a_value_never_ends_its_quotes() {
        let filter = Filter::eq("username", r#"a" or username sw "\"#);
        assert_eq!(filter.as_str(), r#"username eq "a\" or username sw \"\\""#);
        assert_eq!(Filter::eq("email", "a\nb").as_str(), r#"email eq "a\u000ab""#);
    }

    #[test]
    fn either_of_two_filters_may_hold() {
        let either = Filter::eq("email", "a").or(Filter::eq("username", "a"));
        assert_eq!(either.as_str(), r#"email eq "a" or username eq "a""#);
    }

    #[test]
    fn two_filters_are_joined_with_and() {
        let both = Filter::compare("recordedAt", "gt", "a").and(Filter::compare("recordedAt", "lt", "b"));
        assert_eq!(both.as_str(), r#"recordedAt gt "a" and recordedAt lt "b""#);
    }
}
