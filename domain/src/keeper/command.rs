use crate::connection::{Connection, Credential};
use crate::id::ConnectionId;
use crate::settings::WorkerTokenSettings;

/// One caller that waits for a token; counted by the tab that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaiterId(pub u64);

/// What a person or a caller wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Write a connection, new or changed; `credential` is `None` to leave the one kept as it is.
    Save {
        /// The connection as it shall be.
        connection: Connection,
        /// The credential entered, if one was.
        credential: Option<Credential>,
        /// Whether to obtain a token at once.
        obtain: bool,
    },
    /// Make a connection the current one.
    Choose(ConnectionId),
    /// Remove a connection: hidden at once, gone after ten seconds.
    Remove(ConnectionId),
    /// Bring a removed connection back, within the ten seconds.
    Restore(ConnectionId),
    /// Obtain a token now, though the one there may still be good.
    Obtain(ConnectionId),
    /// As `Obtain`, without a word about it: whoever asks watches the view.
    Retrieve(ConnectionId),
    /// A caller needs a valid token: at once if there is one, else after the renewal it starts or joins.
    Need {
        /// Whose token.
        connection: ConnectionId,
        /// The caller.
        waiter: WaiterId,
    },
    /// A caller no longer waits.
    Cancel(WaiterId),
    /// Show a token's text.
    Reveal(ConnectionId),
    /// Show no token's text.
    Conceal,
    /// Put a token's text on the clipboard.
    Copy(ConnectionId),
    /// Take a notice away.
    Dismiss(u64),
    /// Set how worker tokens behave, in every tab.
    Set(WorkerTokenSettings),
    /// Lock the vault, here and in every other tab: nothing is given out or renewed until it is unlocked.
    Lock,
    /// Forget everything held in memory, here and in every other tab.
    SignOut,
}
