use serde::{Deserialize, Serialize};

use crate::api::Problem;
use crate::time::Timestamp;

/// Why no new token came, and what is next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What the server, the provider or the network said.
    pub problem: Problem,
    /// When.
    pub at: Timestamp,
    /// What is done about it.
    pub remedy: Remedy,
}

/// What is done about a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Remedy {
    /// Tried again by itself.
    Retry {
        /// When.
        at: Timestamp,
        /// Which attempt that will be, from 2.
        attempt: u32,
    },
    /// Tried again when the network is back.
    WaitForNetwork,
    /// A person must change something: the credential is refused, or the request can't be right.
    Person,
    /// A person must sign in again.
    SignIn,
}
