//! How the text of a key becomes a value, or why it does not.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use domain::https_url::HttpsUrl;
use domain::time::Span;

use super::LogFormat;

pub(super) fn parse<T: FromStr>(text: &str, wanted: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("it must be {wanted}"))
}

pub(super) fn number<T: TryFrom<u64>>(text: &str, least: u64, most: u64) -> Result<T, String> {
    let wanted = || format!("it must be a whole number from {least} to {most}");
    let number = text.trim().parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(wanted)?;
    T::try_from(number).map_err(|_| wanted())
}

pub(super) fn days(text: &str, most: u64) -> Result<Span, String> {
    number(text, 1, most).map(|days: u64| Span::from_seconds(days * 86_400))
}

pub(super) fn seconds(text: &str, least: u64, most: u64) -> Result<Span, String> {
    number(text, least, most).map(Span::from_seconds)
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    optional_path(text)?.ok_or_else(|| "it must be a path".to_owned())
}

pub(super) fn optional_path(text: &str) -> Result<Option<PathBuf>, String> {
    Ok((!text.trim().is_empty()).then(|| PathBuf::from(text.trim())))
}

pub(super) fn items<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(read).collect()
}

pub(super) fn origin(text: &str) -> Result<HttpsUrl, String> {
    let url = HttpsUrl::parse(text).map_err(|error| error.to_string())?;
    let exact = url.is_loopback() && url.path().is_empty();
    if exact { Ok(url) } else { Err("it must be an exact loopback origin such as http://127.0.0.1:9000".to_owned()) }
}

pub(super) fn public_url(text: &str) -> Result<Option<String>, String> {
    let text = text.trim().trim_end_matches('/');
    if text.is_empty() {
        return Ok(None);
    }
    let wanted = "it must be an origin such as https://tokens.example.com, without a path";
    let url = url::Url::parse(text).map_err(|_| wanted.to_owned())?;
    let origin = url.origin().ascii_serialization();
    if matches!(url.scheme(), "http" | "https") && origin == text { Ok(Some(origin)) } else { Err(wanted.to_owned()) }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text.trim() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("it must be text or json".to_owned()),
    }
}

pub(super) fn log_level(text: &str) -> Result<String, String> {
    let filter = text.trim().parse::<tracing_subscriber::EnvFilter>();
    filter.map(|_| text.trim().to_owned()).map_err(|_| "it must be a level such as info".to_owned())
}

pub(super) fn sandbox(text: &str) -> Result<SocketAddr, String> {
    let wanted = "a loopback address and port such as 127.0.0.1:7430";
    let address: SocketAddr = parse(text, wanted)?;
    if address.ip().is_loopback() { Ok(address) } else { Err(format!("it must be {wanted}")) }
}

/// A text of at most `most` characters without control characters; `None` when nothing is left of it.
pub(super) fn words(text: &str, most: usize) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let fine = text.chars().count() <= most && !text.chars().any(char::is_control);
    if fine { Ok(Some(text.to_owned())) } else { Err(format!("it must have at most {most} characters in one line")) }
}
