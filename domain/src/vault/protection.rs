use serde::{Deserialize, Serialize};

/// How the key that seals a vault's records is itself kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// By this browser, as a key that can't be exported.
    Browser,
    /// By this browser together with a half that the server releases to a signed-in session.
    Session,
    /// By a passphrase; passkeys may open it as well.
    Passphrase,
}

impl Protection {
    /// All levels, the weakest first.
    pub const ALL: [Self; 3] = [Self::Browser, Self::Session, Self::Passphrase];

    /// Whether unlocking needs something this browser does not hold by itself. Else a lock would only be a curtain.
    pub const fn can_lock(self) -> bool {
        !matches!(self, Self::Browser)
    }

    /// The name in records and contexts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Session => "session",
            Self::Passphrase => "passphrase",
        }
    }
}
