use std::fmt;

use aws_lc_rs::hmac;
use domain::audit::{Event, chained_form};
use domain::secret::Secret;

use crate::seal::derived;

/// The code of an event: 256 bits.
pub type Code = [u8; 32];

/// What the first event is chained to.
pub const NOTHING: Code = [0; 32];

/// The key events are chained under, derived from the server's own secret.
#[derive(Clone)]
pub struct ChainKey {
    key: hmac::Key,
    name: String,
}

/// How far the log reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainState {
    /// The place before the oldest event that is kept; 0 while nothing was removed.
    pub base_seq: u64,
    /// The code of that event.
    pub base: Code,
    /// The place of the newest event; 0 before the first.
    pub head_seq: u64,
    /// Its code.
    pub head: Code,
}

impl ChainState {
    /// Before the first event.
    pub const EMPTY: Self = Self { base_seq: 0, base: NOTHING, head_seq: 0, head: NOTHING };
}

impl ChainKey {
    /// The key of a server with that secret.
    pub fn of(secret: &Secret) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*derived(secret, b"audit log: chain"));
        let name = hex(&code(&key, b"tokenkeep audit key 1"))[..16].to_owned();
        Self { key, name }
    }

    /// What it is known by; says nothing of it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The code of an event after another one.
    pub fn event(&self, event: &Event, previous: &Code) -> Code {
        code(&self.key, &chained_form(event, previous))
    }

    /// The code of how far the log reaches.
    pub fn state(&self, state: &ChainState) -> Code {
        let mut form = b"tokenkeep audit chain 1".to_vec();
        form.extend(state.base_seq.to_be_bytes());
        form.extend(state.base);
        form.extend(state.head_seq.to_be_bytes());
        form.extend(state.head);
        code(&self.key, &form)
    }
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ChainKey({})", self.name)
    }
}

fn code(key: &hmac::Key, form: &[u8]) -> Code {
    let mut code = [0; 32];
    code.copy_from_slice(hmac::sign(key, form).as_ref());
    code
}

/// 64 lower-case hexadecimal digits.
pub fn hex(code: &Code) -> String {
    crate::digest::Digest::from_bytes(*code).hex()
}

/// The code of 64 hexadecimal digits.
pub fn from_hex(text: &str) -> Option<Code> {
    let mut code = [0; 32];
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    for (byte, pair) in code.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use domain::audit::{Action, Entry, Outcome};
    use domain::time::Timestamp;

    use super::*;

    fn event() -> Event {
        Event { seq: 1, entry: Entry::by_server(Action::ServerStarted, Outcome::Done, Timestamp::from_seconds(1)) }
    }

    #[test]
    fn codes_differ_by_secret_by_event_and_by_what_came_before() {
        let (one, two) = (ChainKey::of(&Secret::new("1")), ChainKey::of(&Secret::new("2")));
        let code = one.event(&event(), &NOTHING);
        assert_eq!(code, ChainKey::of(&Secret::new("1")).event(&event(), &NOTHING));
        assert_ne!(code, two.event(&event(), &NOTHING));
        assert_ne!(code, one.event(&event(), &[1; 32]));
        assert_ne!(code, one.event(&Event { seq: 2, ..event() }, &NOTHING));
        assert_ne!(one.name(), two.name());
    }

    #[test]
    fn a_code_is_read_back_from_its_digits_and_nothing_else_is() {
        let code = ChainKey::of(&Secret::new("1")).state(&ChainState::EMPTY);
        assert_eq!(from_hex(&hex(&code)), Some(code));
        for text in ["", "ab", &"g".repeat(64), &"a".repeat(65), &"ä".repeat(32)] {
            assert_eq!(from_hex(text), None, "{text}");
        }
    }
}
