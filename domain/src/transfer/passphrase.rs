use crate::connection::validation::Severity;

/// Shorter ones are refused: scrypt makes each guess slow, and can't make few guesses many.
const SHORTEST: usize = 12;
const GOOD: usize = 20;

/// What is to be said of a passphrase and its repetition, worst first. With an error in it nothing is encrypted.
pub fn remarks(passphrase: &str, again: &str) -> Vec<(Severity, &'static str)> {
    let count = passphrase.chars().count();
    let mut different: Vec<char> = passphrase.chars().collect();
    different.sort_unstable();
    different.dedup();
    let mut remarks = Vec::new();
    if count < SHORTEST {
        remarks.push((Severity::Error, "Use at least 12 characters. Four or five words chosen by chance are best."));
    } else if different.len() < 6 {
        remarks.push((Severity::Error, "It repeats a few characters. Four or five words chosen by chance are best."));
    } else if passphrase != again {
        remarks.push((Severity::Error, "The two passphrases are not the same."));
    } else if count < GOOD {
        remarks
            .push((Severity::Warning, "whoever has the file can guess for years. A longer passphrase holds longer."));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_uniform_and_mistyped_ones_are_refused_and_long_ones_pass() {
        let worst = |one: &str, again: &str| remarks(one, again).first().map(|(severity, _)| *severity);
        assert_eq!(worst("short", "short"), Some(Severity::Error));
        assert_eq!(worst("aaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaa"), Some(Severity::Error));
        assert_eq!(worst("correct horse battery", "correct horse batterx"), Some(Severity::Error));
        assert_eq!(worst("a horse again", "a horse again"), Some(Severity::Warning));
        assert_eq!(worst("correct horse battery", "correct horse battery"), None);
    }
}
