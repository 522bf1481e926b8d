use super::{Content, Packed, Unusable};
use crate::connection::{Connection, Credential};
use crate::id::ConnectionId;
use crate::secret::Secret;
use crate::vault::StoreError;

/// Who is told what came of an errand.
pub type Done<T> = Box<dyn FnOnce(T)>;

/// What the app wants done with files, besides showing them: all that needs the vault or a passphrase. Secrets go straight
/// between vault and file; none comes by the app on its way out.
pub enum Errand {
    /// An encrypted file of these connections with their credentials.
    Export {
        /// Which.
        connections: Vec<ConnectionId>,
        /// What opens it again.
        passphrase: Secret,
        /// Gets the file.
        done: Done<Result<Exported, String>>,
    },
    /// What an encrypted file holds.
    Open {
        /// The file.
        file: Vec<u8>,
        /// What opens it.
        passphrase: Secret,
        /// Gets the connections.
        done: Done<Result<Vec<Packed>, Unusable>>,
    },
    /// Writes connections, all in one transaction.
    Import {
        /// Which.
        chosen: Vec<Chosen>,
        /// Hears whether all of them are there, or none.
        done: Done<Result<usize, StoreError>>,
    },
}

/// An encrypted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Its text: an armored age file.
    pub text: String,
    /// Connections whose private key this browser can use and can't read, so that it is not in the file.
    pub without_key: Vec<String>,
    /// Connections of which no credential is kept.
    pub without_credential: Vec<String>,
}

/// A connection to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// The connection as it shall be.
    pub connection: Connection,
    /// Its credential, if the file had one.
    pub credential: Option<Credential>,
}

/// What an encrypted file's content must be, once it is open.
pub fn opened(text: &[u8]) -> Result<Vec<Packed>, Unusable> {
    match super::read(text)? {
        Content::Connections(packed) => Ok(packed),
        Content::Encrypted => Err(Unusable::Unknown),
    }
}
