//! Finds a secret in a stream of bytes, wherever it is cut into pieces (Knuth, Morris and Pratt, 1977).

use domain::secret::Secret;

/// Looks for one secret. Nothing that was seen is kept.
#[derive(Debug)]
pub struct Echo {
    secret: Secret,
    /// For each length of a beginning of the secret: how much of it is also its own end.
    falls: Vec<usize>,
    matched: usize,
}

impl Echo {
    /// Looks for `secret`, which has at least one byte.
    pub fn of(secret: &Secret) -> Self {
        let bytes = secret.expose().as_bytes();
        let mut falls = vec![0; bytes.len()];
        let mut length = 0;
        for at in 1..bytes.len() {
            while length > 0 && bytes[at] != bytes[length] {
                length = falls[length - 1];
            }
            length += usize::from(bytes[at] == bytes[length]);
            falls[at] = length;
        }
        Self { secret: secret.clone(), falls, matched: 0 }
    }

    /// Whether the secret ends within these bytes, which follow those seen before.
    pub fn is_in(&mut self, bytes: &[u8]) -> bool {
        let secret = self.secret.expose().as_bytes();
        for byte in bytes {
            while self.matched > 0 && *byte != secret[self.matched] {
                self.matched = self.falls[self.matched - 1];
            }
            self.matched += usize::from(*byte == secret[self.matched]);
            if self.matched == secret.len() {
                self.matched = 0;
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(secret: &str, pieces: &[&str]) -> bool {
        let mut echo = Echo::of(&Secret::new(secret));
        pieces.iter().any(|piece| echo.is_in(piece.as_bytes()))
    }

    #[test]
    fn a_secret_is_found_however_it_is_cut() {
        let text = "x{\"token\":\"aabaabaac\"}";
        for cut in 0..text.len() {
            let (one, two) = text.split_at(cut);
            assert!(finds("aabaabaac", &[one, two]), "{cut}");
        }
        let letters: Vec<String> = text.chars().map(String::from).collect();
        assert!(finds("aabaabaac", &letters.iter().map(String::as_str).collect::<Vec<_>>()));
    }

    #[test]
    fn a_beginning_that_starts_anew_within_itself_is_not_missed() {
        assert!(finds("abab", &["aab", "abx"]));
        assert!(finds("aaab", &["aaaaab"]));
        assert!(!finds("aaab", &["aaa", "caab"]));
    }
}
