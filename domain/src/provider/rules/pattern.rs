use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api::Method;
use crate::api::gateway::ApiPath;

/// Which calls are allowed, such as `sites/*/points` or `POST points/get_timeseries`.
///
/// Parts between slashes are compared as they stand in the address, letter by letter; `*` is any one part, and `**` any
/// number of parts from one on, at most once. A slash at the end makes no difference. A method in front allows that one
/// only. The query is not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern {
    method: Option<Method>,
    path: String,
}

/// Why a text is no [`PathPattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is empty or longer than 200 characters.
    #[error("a path pattern has 1 to 200 characters")]
    Length,
    /// The word in front is no method.
    #[error("before the path may stand GET, POST, PUT, PATCH or DELETE")]
    Method,
    /// A part is empty or leads elsewhere.
    #[error("a part of the pattern is empty, a \".\" or a \"..\", or has a character a path can't have")]
    Part,
    /// A star stands beside something, or two stars stand twice.
    #[error("a star stands alone between slashes, and two stars stand at most once")]
    Star,
}

const ONE: &str = "*";
const MANY: &str = "**";

impl PathPattern {
    /// Reads a pattern; surrounding blanks and a slash in front are mended.
    ///
    /// # Errors
    ///
    /// [`PatternError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        if !(1..=200).contains(&text.len()) {
            return Err(PatternError::Length);
        }
        let (method, path) = match text.split_once(' ') {
            Some((word, path)) => (Some(Method::parse(word).ok_or(PatternError::Method)?), path.trim_start()),
            None => (None, text),
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.contains('?') || ApiPath::parse(path).is_err() {
            return Err(PatternError::Part);
        }
        let is_star_beside = |part: &str| part.contains('*') && part != ONE && part != MANY;
        if path.split('/').any(is_star_beside) || path.split('/').filter(|part| *part == MANY).count() > 1 {
            return Err(PatternError::Star);
        }
        Ok(Self { method, path: path.to_owned() })
    }

    /// Whether the pattern allows this call.
    pub fn allows(&self, method: Method, path: &ApiPath) -> bool {
        self.method.is_none_or(|own| own == method) && self.covers(path.without_query())
    }

    fn covers(&self, path: &str) -> bool {
        let path = path.strip_suffix('/').unwrap_or(path);
        let Some((before, after)) = self.around_many() else {
            return same(self.path.split('/'), path.split('/')) && count(&self.path) == count(path);
        };
        let wanted = before.map_or(0, count) + after.map_or(0, count);
        count(path) > wanted
            && before.is_none_or(|before| same(before.split('/'), path.split('/')))
            && after.is_none_or(|after| same(after.rsplit('/'), path.rsplit('/')))
    }

    /// What stands before and after the two stars, where there are two.
    fn around_many(&self) -> Option<(Option<&str>, Option<&str>)> {
        if self.path == MANY {
            return Some((None, None));
        }
        if let Some(after) = self.path.strip_prefix("**/") {
            return Some((None, Some(after)));
        }
        if let Some(before) = self.path.strip_suffix("/**") {
            return Some((Some(before), None));
        }
        let (before, after) = self.path.split_once("/**/")?;
        Some((Some(before), Some(after)))
    }
}

fn count(path: &str) -> usize {
    path.split('/').count()
}

/// Whether the parts are the same as far as both go.
fn same<'a>(pattern: impl Iterator<Item = &'a str>, path: impl Iterator<Item = &'a str>) -> bool {
    pattern.zip(path).all(|(wanted, part)| wanted == ONE || wanted == part)
}

impl fmt::Display for PathPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = self.method {
            write!(formatter, "{} ", method.name())?;
        }
        formatter.write_str(&self.path)
    }
}

impl TryFrom<String> for PathPattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        Self::parse(&text)
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, path: &str) -> bool {
        PathPattern::parse(pattern).unwrap().allows(Method::Get, &ApiPath::parse(path).unwrap())
    }

    #[test]
    fn a_star_is_one_part_and_two_stars_are_any_number_of_them() {
        for (pattern, path) in [
            ("sites/*/points", "sites/a/points"),
            ("/sites/", "sites?page=1"),
            ("sites", "sites/?page=1"),
            ("sites/**", "sites/a"),
            ("sites/**", "sites/a/b/c/"),
            ("points/**/timeseries", "points/client/site/dev-1/timeseries"),
            ("**/weather/current", "sites/a/weather/current"),
            ("**", "anything"),
            ("**", "any/thing"),
        ] {
            assert!(allows(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("sites/*/points", "sites/a/points/b"),
            ("sites/*/points", "sites/points"),
            ("sites/*/points", "sites/a/b/points"),
            ("sites", "sites/a"),
            ("sites/**", "sites"),
            ("sites/**", "sitesx/a"),
            ("points/**/timeseries", "points/timeseries"),
            ("points/**/timeseries", "points/a/timeseries/b"),
            ("**/weather/current", "weather/current"),
        ] {
            assert!(!allows(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn another_spelling_of_a_path_is_not_taken_for_it() {
        assert!(!allows("sites/*", "%73ites/a"));
        assert!(!allows("sites/*", "Sites/a"));
    }

    #[test]
    fn a_method_in_front_allows_that_one_only() {
        let pattern = PathPattern::parse("POST  /points/get_timeseries").unwrap();
        let path = ApiPath::parse("points/get_timeseries").unwrap();
        assert!(pattern.allows(Method::Post, &path) && !pattern.allows(Method::Get, &path));
        assert_eq!(String::from(pattern), "POST points/get_timeseries");
    }

    #[test]
    fn a_pattern_that_says_nothing_or_two_things_is_refused() {
        let long = "a".repeat(201);
        for (text, error) in [
            ("", PatternError::Length),
            (long.as_str(), PatternError::Length),
            ("FETCH sites", PatternError::Method),
            ("a//b", PatternError::Part),
            ("a/../b", PatternError::Part),
            ("a?b", PatternError::Part),
            ("a/b c", PatternError::Method),
            ("a/b*", PatternError::Star),
            ("a/***", PatternError::Star),
            ("**/a/**", PatternError::Star),
        ] {
            assert_eq!(PathPattern::parse(text).unwrap_err(), error, "{text:?}");
        }
    }
}
