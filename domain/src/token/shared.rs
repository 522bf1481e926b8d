//! What the tabs of a browser have to know together. It travels with the records of a renewal, which are written under the lock and
//! read by whoever gets it next, so that it costs no write of its own.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::time::Timestamp;

/// What tabs share through the records of one connection. Builds from before it wrote none, and leave it alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// When tokens of this connection were asked for within the last minute, by whatever tab and with whatever outcome; by this
    /// browser's clock, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Timestamp>,
    /// The server's clock, as it was measured last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockOffset>,
}

/// The server's clock as it was measured from this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// Server clock minus this browser's, in milliseconds.
    pub offset: i64,
    /// How far the truth may be off on either side, in milliseconds.
    pub error: i64,
    /// When it was measured, by this browser's clock.
    pub at: Timestamp,
}

impl Shared {
    /// Whether there is nothing to share.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.clock.is_none()
    }

    /// Reads what another build wrote there; what this one can't read is nothing, and costs no token.
    pub(crate) fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(serde_json::from_value(value).unwrap_or_default())
    }
}
