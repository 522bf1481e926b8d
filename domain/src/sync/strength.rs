//! How good a passphrase is for a copy that lies on a server.

use crate::connection::validation::Severity;
use crate::transfer::remarks;

/// What is to be said of a sync passphrase and its repetition, worst first. With an error in it nothing is begun.
pub fn passphrase_remarks(passphrase: &str, again: &str) -> Vec<(Severity, &'static str)> {
    let of_a_copy = |(severity, text)| match severity {
        Severity::Warning => {
            (severity, "Fair: whoever copies the server's data can guess at it for years. A longer one holds longer.")
        }
        severity => (severity, text),
    };
    remarks(passphrase, again).into_iter().map(of_a_copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fair_one_is_said_to_be_fair_and_a_short_one_is_refused() {
        let fair = passphrase_remarks("a horse again", "a horse again");
        assert!(fair.iter().any(|(severity, text)| *severity == Severity::Warning && text.starts_with("Fair")));
        assert_eq!(passphrase_remarks("short", "short")[0].0, Severity::Error);
        assert_eq!(passphrase_remarks("correct horse battery", "correct horse battery"), []);
    }
}
