//! One style sheet from the files that `@import` each other, without comments and needless space.
//!
//! Only what can't change a meaning is removed, so no CSS parser is needed: comments, and space beside `{ } ; ,` and
//! after `:`. Strings are left as they are.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

/// The style sheet `main` with every `@import "file.css";` and `@import "file.css" layer(name);` replaced by the file.
///
/// # Errors
/// If a file can't be read, imports itself, or imports in another way than these two.
pub fn joined(main: &Path) -> anyhow::Result<String> {
    join(main, &mut Vec::new())
}

fn join(file: &Path, open: &mut Vec<PathBuf>) -> anyhow::Result<String> {
    ensure!(!open.contains(&file.to_owned()), "{} imports itself", file.display());
    let text = fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    open.push(file.to_owned());
    let mut css = String::new();
    for piece in pieces(&without_comments(&text)) {
        match piece {
            Piece::Css(plain) => css.push_str(plain),
            Piece::Import(rule) => {
                let import = Import::parse(rule).with_context(|| format!("in {}", file.display()))?;
                let inner = join(&file.with_file_name(import.path), open)?;
                css.push_str(&import.around(&inner));
            }
        }
    }
    open.pop();
    Ok(css)
}

enum Piece<'a> {
    Css(&'a str),
    /// What stands between `@import` and its `;`.
    Import(&'a str),
}

fn pieces(css: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("@import") {
        let (rule, next) = after.split_once(';').unwrap_or((after, ""));
        pieces.extend([Piece::Css(before), Piece::Import(rule)]);
        rest = next;
    }
    pieces.push(Piece::Css(rest));
    pieces
}

struct Import<'a> {
    path: &'a str,
    layer: Option<&'a str>,
}

impl<'a> Import<'a> {
    fn parse(rule: &'a str) -> anyhow::Result<Self> {
        let rule = rule.trim();
        let bare = rule.strip_prefix("url(").unwrap_or(rule);
        let Some((path, after)) = quoted(bare) else { bail!("@import {rule}: the file must stand in quotes") };
        let after = if bare.len() == rule.len() { after } else { after.strip_prefix(')').unwrap_or(after) };
        let after = after.trim();
        let layer = after.strip_prefix("layer(").and_then(|name| name.strip_suffix(')'));
        ensure!(after.is_empty() || layer.is_some(), "@import {rule}: only layer(name) may follow the file");
        Ok(Self { path, layer })
    }

    fn around(&self, css: &str) -> String {
        match self.layer {
            Some(layer) => format!("@layer {layer} {{\n{css}\n}}\n"),
            None => format!("{css}\n"),
        }
    }
}

/// The text in quotes at the start of `text`, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    text[1..].split_once(quote)
}

/// `css` without comments and without space that means nothing.
pub fn minified(css: &str) -> String {
    let mut small = String::with_capacity(css.len());
    for token in tokens(css) {
        match token {
            Token::Space => push_space(&mut small),
            Token::Text(text) => {
                drop_before(&mut small, text);
                small.push_str(text);
            }
            Token::Comment => {}
        }
    }
    small.trim_end().to_owned()
}

fn without_comments(css: &str) -> String {
    tokens(css).map(|token| if let Token::Text(text) = token { text } else { " " }).collect()
}

/// A space, unless it stands where it means nothing.
fn push_space(small: &mut String) {
    if !small.is_empty() && !small.ends_with([' ', '{', '}', ';', ',', ':']) {
        small.push(' ');
    }
}

/// Takes back what means nothing before `text`.
fn drop_before(small: &mut String, text: &str) {
    if text.starts_with(['{', '}', ';', ',']) && small.ends_with(' ') {
        small.pop();
    }
    if text.starts_with('}') && small.ends_with(';') {
        small.pop();
    }
}

enum Token<'a> {
    /// One or more white-space characters.
    Space,
    Comment,
    /// A whole string with its quotes, an escaped character, or any other single character.
    Text(&'a str),
}

fn tokens(css: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = css;
    std::iter::from_fn(move || {
        let (token, tail) = first_token(rest)?;
        rest = tail;
        Some(token)
    })
}

/// The first token of `css`, and what follows it.
fn first_token(css: &str) -> Option<(Token<'_>, &str)> {
    let first = css.chars().next()?;
    if css.starts_with("/*") {
        return Some((Token::Comment, css.split_once("*/").map_or("", |(_, after)| after)));
    }
    if first.is_ascii_whitespace() {
        return Some((Token::Space, css.trim_ascii_start()));
    }
    let length = match first {
        '"' | '\'' => string_length(css, first),
        '\\' => 1 + css[1..].chars().next().map_or(0, char::len_utf8),
        _ => first.len_utf8(),
    };
    let (text, rest) = css.split_at(length);
    Some((Token::Text(text), rest))
}

/// The length in bytes of the string at the start of `text`, with both quotes.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests;
