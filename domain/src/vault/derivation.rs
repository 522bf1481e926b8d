use std::fmt;

use serde::{Deserialize, Serialize};

use super::bytes;

/// What one guess at a passphrase costs: Argon2id, version 1.3 (RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// How often that memory is gone through.
    pub passes: u32,
    /// Lanes. A browser computes them one after the other.
    pub lanes: u32,
}

/// How a key comes from a passphrase. Nothing in it is secret; it stands beside what the key opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// The cost.
    pub cost: Cost,
    /// The salt, drawn once: at least 16 bytes.
    #[serde(with = "bytes")]
    pub salt: Vec<u8>,
}

/// Why a key is not derived as a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CostRefused {
    /// Guessing would be cheap: whoever changed the record wants the passphrase tried that way.
    #[error("its parameters are weaker than Tokenkeep ever writes, so the passphrase is not tried with them")]
    TooWeak,
    /// No browser could do it.
    #[error("its parameters ask for more than a browser can do")]
    TooHard,
}

impl Cost {
    /// What a new passphrase gets: the second recommendation of RFC 9106 §4, on one lane.
    pub const USUAL: Self = Self { memory_kib: 64 * 1_024, passes: 3, lanes: 1 };
    /// The least that is ever used, where a browser has not that much memory: OWASP's floor, 19 MiB in two passes.
    pub const LEAST: Self = Self { memory_kib: 19 * 1_024, passes: 2, lanes: 1 };
    /// The most a record may ask for.
    const MOST: Self = Self { memory_kib: 1_024 * 1_024, passes: 16, lanes: 8 };

    /// Whether a key may be derived at this cost.
    ///
    /// # Errors
    ///
    /// [`CostRefused`] for what is weaker than [`Cost::LEAST`], or out of any browser's reach.
    pub fn check(self) -> Result<Self, CostRefused> {
        let Self { memory_kib, passes, lanes } = self;
        if memory_kib < Self::LEAST.memory_kib || passes < Self::LEAST.passes || lanes < Self::LEAST.lanes {
            return Err(CostRefused::TooWeak);
        }
        if memory_kib > Self::MOST.memory_kib || passes > Self::MOST.passes || lanes > Self::MOST.lanes {
            return Err(CostRefused::TooHard);
        }
        Ok(self)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lanes = if self.lanes == 1 { "lane" } else { "lanes" };
        write!(formatter, "Argon2id, {} MiB, {} passes, {} {lanes}", self.memory_kib / 1_024, self.passes, self.lanes)
    }
}

impl Derivation {
    /// The shortest salt that is accepted, in bytes (RFC 9106 §3.1 recommends 16).
    pub const SHORTEST_SALT: usize = 16;

    /// A new one with this salt.
    pub fn new(cost: Cost, salt: [u8; 16]) -> Self {
        Self { cost, salt: salt.to_vec() }
    }

    /// Whether a key may be derived this way.
    ///
    /// # Errors
    ///
    /// As [`Cost::check`]; a short salt is too weak as well.
    pub fn check(&self) -> Result<(), CostRefused> {
        if self.salt.len() < Self::SHORTEST_SALT {
            return Err(CostRefused::TooWeak);
        }
        self.cost.check().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_never_below_the_floor() {
        assert_eq!(Cost::USUAL.check(), Ok(Cost::USUAL));
        assert_eq!(Cost::LEAST.check(), Ok(Cost::LEAST));
    }

    #[test]
    fn a_record_that_was_made_weaker_is_refused() {
        for weaker in
            [Cost { memory_kib: 8, ..Cost::USUAL }, Cost { passes: 1, ..Cost::USUAL }, Cost { lanes: 0, ..Cost::USUAL }]
        {
            assert_eq!(weaker.check(), Err(CostRefused::TooWeak), "{weaker}");
        }
        let short = Derivation { cost: Cost::USUAL, salt: vec![1; 8] };
        assert_eq!(short.check(), Err(CostRefused::TooWeak));
    }

    #[test]
    fn a_record_that_would_hang_the_browser_is_refused() {
        assert_eq!(Cost { memory_kib: u32::MAX, ..Cost::USUAL }.check(), Err(CostRefused::TooHard));
        assert_eq!(Cost { passes: 1_000, ..Cost::USUAL }.check(), Err(CostRefused::TooHard));
    }

    #[test]
    fn its_words_name_every_parameter() {
        assert_eq!(Cost::USUAL.to_string(), "Argon2id, 64 MiB, 3 passes, 1 lane");
    }

    #[test]
    fn it_is_read_back_as_it_was_written() {
        let derivation = Derivation::new(Cost::USUAL, [7; 16]);
        let text = serde_json::to_string(&derivation).unwrap();
        assert!(text.contains("memory_kib") && text.contains("\"salt\":\"BwcH"), "{text}");
        assert_eq!(serde_json::from_str::<Derivation>(&text).unwrap(), derivation);
    }
}
