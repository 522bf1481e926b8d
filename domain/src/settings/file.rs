//! Settings as a file: ours with its version, and that of an older app, which has none.

use serde_json::{Map, Value, json};

use super::{Number, WorkerTokenSettings};

/// The version we write, and the newest we read.
const VERSION: u64 = 1;
const KIND: &str = "tokenkeep.worker-token-settings";
/// A file of settings is small; what is larger is something else.
pub const MOST_BYTES: usize = 64 * 1024;

/// Why a file was not taken. Nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Larger than any file of settings.
    #[error("This file is too large to be a file of settings.")]
    TooLarge,
    /// A web page, saved by mistake.
    #[error(
        "This is a web page, not a file of settings. Export the settings again, and choose the file that was downloaded."
    )]
    WebPage,
    /// No JSON at all.
    #[error("This is no JSON file: {0}.")]
    NotJson(String),
    /// JSON of another kind.
    #[error("This file holds no worker-token settings.")]
    OtherKind,
    /// Written by a newer Tokenkeep.
    #[error("This file was written by a newer Tokenkeep (version {0}). Update this one first.")]
    Newer(u64),
    /// A value that can't be.
    #[error("The file's {name} is not usable. {reason}")]
    Value {
        /// The setting, as the file names it.
        name: String,
        /// What it should be.
        reason: String,
    },
}

/// The file's text.
pub fn write(settings: &WorkerTokenSettings) -> String {
    let file = json!({
        "kind": KIND,
        "version": VERSION,
        "settings": {
            "auto_renewal": settings.auto_renewal,
            "renewal_threshold_seconds": settings.renewal_threshold.seconds(),
            "retry_attempts": settings.retry_attempts,
            "retry_delay_milliseconds": settings.retry_delay.millis(),
            "silent_retrieval": settings.silent_retrieval,
            "show_token_at_end": settings.show_token_at_end,
            "issue_shown_seconds": settings.issue_shown.seconds(),
            "expiry_warnings": settings.expiry_warnings,
        },
    });
    format!("{file:#}\n")
}

/// The settings in a file's text; what it does not name stays as it is in `present`.
///
/// Read are our own files, and the configuration of the older app (`workerToken` with names in camel case, no version),
/// whose other parts are none of ours.
///
/// # Errors
///
/// [`FileError`]; then nothing is to be changed.
pub fn read(text: &str, present: WorkerTokenSettings) -> Result<WorkerTokenSettings, FileError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.len() > MOST_BYTES {
        return Err(FileError::TooLarge);
    }
    if text.starts_with('<') {
        return Err(FileError::WebPage);
    }
    let file: Value = serde_json::from_str(text).map_err(|error| FileError::NotJson(error.to_string()))?;
    if file.get("kind").and_then(Value::as_str) == Some(KIND) {
        let version = file.get("version").and_then(Value::as_u64).ok_or(FileError::OtherKind)?;
        if version > VERSION {
            return Err(FileError::Newer(version));
        }
        return taken(file.get("settings"), &OURS, present);
    }
    taken(file.get("workerToken"), &OLDER, present)
}

/// How a file names the settings.
struct Names {
    switches: [&'static str; 4],
    numbers: [(Number, &'static str); 4],
}

const OURS: Names = Names {
    switches: ["auto_renewal", "silent_retrieval", "show_token_at_end", "expiry_warnings"],
    numbers: [
        (Number::RenewalThreshold, "renewal_threshold_seconds"),
        (Number::RetryAttempts, "retry_attempts"),
        (Number::RetryDelay, "retry_delay_milliseconds"),
        (Number::IssueShown, "issue_shown_seconds"),
    ],
};
const OLDER: Names = Names {
    // It had no switch for warnings and no time for issues; ours by those names would do no harm.
    switches: ["autoRenewal", "silentApiRetrieval", "showTokenAtEnd", "expiryWarnings"],
    numbers: [
        (Number::RenewalThreshold, "renewalThreshold"),
        (Number::RetryAttempts, "retryAttempts"),
        (Number::RetryDelay, "retryDelay"),
        (Number::IssueShown, "issueShown"),
    ],
};

fn taken(part: Option<&Value>, names: &Names, present: WorkerTokenSettings) -> Result<WorkerTokenSettings, FileError> {
    let part = part.and_then(Value::as_object).ok_or(FileError::OtherKind)?;
    let mut settings = present;
    let [auto, silent, show, warnings] = names.switches;
    settings.auto_renewal = switch(part, auto, settings.auto_renewal)?;
    settings.silent_retrieval = switch(part, silent, settings.silent_retrieval)?;
    settings.show_token_at_end = switch(part, show, settings.show_token_at_end)?;
    settings.expiry_warnings = switch(part, warnings, settings.expiry_warnings)?;
    for (number, name) in names.numbers {
        let Some(value) = part.get(name) else { continue };
        let wrong = |reason: String| FileError::Value { name: name.to_owned(), reason };
        let value = value.as_u64().ok_or_else(|| wrong("A whole number is expected.".to_owned()))?;
        settings = number.set(settings, value).map_err(wrong)?;
    }
    Ok(settings)
}

fn switch(part: &Map<String, Value>, name: &str, present: bool) -> Result<bool, FileError> {
    let Some(value) = part.get(name) else { return Ok(present) };
    let reason = "It is either true or false.".to_owned();
    value.as_bool().ok_or_else(|| FileError::Value { name: name.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    fn unusual() -> WorkerTokenSettings {
        WorkerTokenSettings {
            auto_renewal: false,
            renewal_threshold: Span::from_seconds(77),
            retry_attempts: 5,
            retry_delay: Span::from_millis(2_500),
            silent_retrieval: false,
            show_token_at_end: false,
            issue_shown: Span::from_seconds(5),
            expiry_warnings: true,
        }
    }

    fn read_over_defaults(text: &str) -> Result<WorkerTokenSettings, FileError> {
        read(text, WorkerTokenSettings::default())
    }

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(read_over_defaults(&write(&unusual())), Ok(unusual()));
        assert_eq!(read_over_defaults(&format!("\u{feff}\r\n{}", write(&unusual()))), Ok(unusual()));
    }

    #[test]
    fn an_older_apps_configuration_is_taken_over_as_far_as_it_is_ours() {
        let text = r#"{"workerToken":{"autoRenewal":false,"renewalThreshold":600,"retryDelay":2000},"fido2":{"x":1}}"#;
        let read = read(text, unusual()).unwrap();
        assert!(!read.auto_renewal);
        assert_eq!((read.renewal_threshold, read.retry_delay), (Span::from_seconds(600), Span::from_seconds(2)));
        assert_eq!(read.retry_attempts, 5);
    }

    #[test]
    fn each_kind_of_wrong_file_is_told_apart() {
        let newer = write(&unusual()).replace("\"version\": 1", "\"version\": 9");
        let cases = [
            ("<!DOCTYPE html><p>hello", FileError::WebPage),
            ("{}", FileError::OtherKind),
            ("[1]", FileError::OtherKind),
            (newer.as_str(), FileError::Newer(9)),
            (&"x".repeat(MOST_BYTES + 1), FileError::TooLarge),
        ];
        for (text, error) in cases {
            assert_eq!(read_over_defaults(text), Err(error));
        }
        assert!(matches!(read_over_defaults("{\"kind\":"), Err(FileError::NotJson(_))));
    }

    #[test]
    fn one_wrong_value_refuses_the_whole_file_by_its_name() {
        for (from, to) in [("77", "-1"), ("77", "1e99"), ("77", "\"77\""), ("false", "\"no\""), ("2500", "5")] {
            let text = write(&unusual()).replacen(from, to, 1);
            assert!(matches!(read_over_defaults(&text), Err(FileError::Value { .. })), "{to}");
        }
    }
}
