//! Filters in SCIM's language (RFC 7644 §3.4.2.2), as far as PingOne takes it: `username eq "x" and enabled eq true`,
//! `not (…)`, `memberOfGroups[id eq "…"]`, `action.type in ("A","B")`.

use serde_json::json;

use super::error::ApiError;
use crate::world::dates;

mod words;

use words::{Word, words};

/// The longest filter, in bytes.
const LONGEST: usize = 4_096;

/// The most brackets within brackets.
const DEEPEST: usize = 16;

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// Equal, whatever the case.
    Eq,
    /// One of several.
    In,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Contains.
    Co,
    /// Later or greater.
    Gt,
    /// The same, or later or greater.
    Ge,
    /// Earlier or less.
    Lt,
    /// The same, or earlier or less.
    Le,
}

const OPERATORS: [(&str, Operator); 9] = [
    ("eq", Operator::Eq),
    ("in", Operator::In),
    ("sw", Operator::Sw),
    ("ew", Operator::Ew),
    ("co", Operator::Co),
    ("gt", Operator::Gt),
    ("ge", Operator::Ge),
    ("lt", Operator::Lt),
    ("le", Operator::Le),
];

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Test {
    /// The attribute, with dots between its parts.
    pub(super) attribute: String,
    /// The comparison.
    pub(super) operator: Operator,
    /// What it is compared with: one value, more with `in`.
    pub(super) values: Vec<String>,
}

/// A filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// A comparison.
    Is(Test),
    /// All of them.
    All(Vec<Filter>),
    /// At least one of them.
    Any(Vec<Filter>),
    /// Not this one.
    Not(Box<Filter>),
}

/// An attribute that may be asked for, with the operators it takes.
pub(super) type Allowed = (&'static str, &'static [Operator]);

impl Filter {
    /// Reads a filter and checks that it asks for what may be asked.
    ///
    /// # Errors
    ///
    /// 400 `INVALID_FILTER`, with what could be asked instead.
    pub(super) fn read(text: &str, allowed: &[Allowed]) -> Result<Self, ApiError> {
        let unreadable = |words: &str| ApiError::filter(format!("The filter can't be read: {words}."), &json!(null));
        if text.len() > LONGEST {
            return Err(unreadable("it is longer than 4096 bytes"));
        }
        let words = words(text).map_err(unreadable)?;
        let mut reader = Reader { words: &words, at: 0, depth: 0 };
        let filter = reader.any("").map_err(unreadable)?;
        if reader.at != words.len() {
            return Err(unreadable("there is more than one expression"));
        }
        for test in filter.tests() {
            check(test, allowed)?;
        }
        Ok(filter)
    }

    /// Every comparison in it.
    pub(super) fn tests(&self) -> Vec<&Test> {
        match self {
            Self::Is(test) => vec![test],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::tests).collect(),
            Self::Not(part) => part.tests(),
        }
    }

    /// Whether it is nothing but comparisons that must all hold.
    pub(super) fn is_a_conjunction(&self) -> bool {
        match self {
            Self::Is(_) => true,
            Self::All(parts) => parts.iter().all(Self::is_a_conjunction),
            Self::Any(_) | Self::Not(_) => false,
        }
    }

    /// Whether it holds for something whose attributes `of` gives.
    pub(super) fn holds(&self, of: &dyn Fn(&str) -> Vec<String>) -> bool {
        match self {
            Self::Is(test) => of(&test.attribute).iter().any(|value| test.holds(value)),
            Self::All(parts) => parts.iter().all(|part| part.holds(of)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(of)),
            Self::Not(part) => !part.holds(of),
        }
    }
}

impl Test {
    fn holds(&self, value: &str) -> bool {
        let lower = value.to_lowercase();
        self.values.iter().any(|wanted| {
            let order = || match (dates::read(value), dates::read(wanted)) {
                (Some(value), Some(wanted)) => value.cmp(&wanted),
                _ => lower.cmp(&wanted.to_lowercase()),
            };
            match self.operator {
                Operator::Eq | Operator::In => lower == wanted.to_lowercase(),
                Operator::Sw => lower.starts_with(&wanted.to_lowercase()),
                Operator::Ew => lower.ends_with(&wanted.to_lowercase()),
                Operator::Co => lower.contains(&wanted.to_lowercase()),
                Operator::Gt => order().is_gt(),
                Operator::Ge => order().is_ge(),
                Operator::Lt => order().is_lt(),
                Operator::Le => order().is_le(),
            }
        })
    }
}

fn name(operator: Operator) -> &'static str {
    OPERATORS.iter().find(|(_, known)| *known == operator).map_or("", |(name, _)| name)
}

fn check(test: &Test, allowed: &[Allowed]) -> Result<(), ApiError> {
    let found = allowed.iter().find(|(name, _)| name.eq_ignore_ascii_case(&test.attribute));
    let Some((attribute, operators)) = found else {
        let names: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
        let words = format!("The attribute {} can't be used in a filter here.", test.attribute);
        return Err(ApiError::filter(words, &json!({ "supportedAttributes": names })));
    };
    if operators.contains(&test.operator) {
        return Ok(());
    }
    let names: Vec<&str> = operators.iter().map(|operator| name(*operator)).collect();
    let words = format!("{attribute} can't be compared with {}.", name(test.operator));
    Err(ApiError::filter(words, &json!({ "supportedOperators": names })))
}

/// Reads words into a filter; `prefix` is the attribute whose brackets we are in.
struct Reader<'a> {
    words: &'a [Word],
    at: usize,
    depth: usize,
}

type Read<T> = Result<T, &'static str>;

impl Reader<'_> {
    fn next(&mut self) -> Option<&Word> {
        self.at += 1;
        self.words.get(self.at - 1)
    }

    fn takes(&mut self, wanted: &Word) -> bool {
        let found = self.words.get(self.at).is_some_and(|word| word.is(wanted));
        self.at += usize::from(found);
        found
    }

    fn any(&mut self, prefix: &str) -> Read<Filter> {
        let mut parts = vec![self.all(prefix)?];
        while self.takes(&Word::name("or")) {
            parts.push(self.all(prefix)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) })
    }

    fn all(&mut self, prefix: &str) -> Read<Filter> {
        let mut parts = vec![self.part(prefix)?];
        while self.takes(&Word::name("and")) {
            parts.push(self.part(prefix)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
    }

    fn part(&mut self, prefix: &str) -> Read<Filter> {
        if self.takes(&Word::name("not")) {
            return Ok(Filter::Not(Box::new(self.part(prefix)?)));
        }
        if self.takes(&Word::Sign('(')) {
            return self.within(prefix, ')');
        }
        let Some(Word::Name(attribute)) = self.next() else { return Err("an attribute is missing") };
        let attribute = if prefix.is_empty() { attribute.clone() } else { format!("{prefix}.{attribute}") };
        if self.takes(&Word::Sign('[')) {
            return self.within(&attribute, ']');
        }
        let operator = self.operator()?;
        Ok(Filter::Is(Test { attribute, operator, values: self.values(operator)? }))
    }

    fn within(&mut self, prefix: &str, end: char) -> Read<Filter> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("it has too many brackets within brackets");
        }
        let filter = self.any(prefix)?;
        self.depth -= 1;
        if self.takes(&Word::Sign(end)) { Ok(filter) } else { Err("a bracket is not closed") }
    }

    fn operator(&mut self) -> Read<Operator> {
        let Some(Word::Name(word)) = self.next() else { return Err("an operator is missing") };
        let found = OPERATORS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        found.map(|(_, operator)| *operator).ok_or("an operator is not known")
    }

    fn values(&mut self, operator: Operator) -> Read<Vec<String>> {
        if operator != Operator::In {
            return Ok(vec![self.value()?]);
        }
        if !self.takes(&Word::Sign('(')) {
            return Err("in takes a list in brackets");
        }
        let mut values = vec![self.value()?];
        while self.takes(&Word::Sign(',')) {
            values.push(self.value()?);
        }
        if self.takes(&Word::Sign(')')) { Ok(values) } else { Err("a bracket is not closed") }
    }

    fn value(&mut self) -> Read<String> {
        match self.next() {
            Some(Word::Text(text)) => Ok(text.clone()),
            Some(Word::Name(word)) if word.parse::<f64>().is_ok() || matches!(word.as_str(), "true" | "false") => {
                Ok(word.clone())
            }
            _ => Err("a value is missing, or has no quotation marks"),
        }
    }
}

#[cfg(test)]
mod tests;
