//! What any page can ask of the worker-token service, and what it is told.

use serde_json::Value;

use super::given::{GivenToken, TokenRefused};
use super::status::Status;
use crate::api::gateway::ApiPath;
use crate::api::introspection::{Introspection, Revocation};
use crate::api::{Code, Problem};
use crate::calls::CallRecord;
use crate::connection::{Connection, Credential};
use crate::id::ConnectionId;
use crate::keeper::Failure;
use crate::storage::StorageMetrics;
use crate::tabs::TabsReport;
use crate::token::{StoredToken, TokenFacts};
use crate::vault::StoreError;

/// Who is told what came of a request.
pub type Done<T> = Box<dyn FnOnce(T)>;

/// Whose worker token is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The current connection's, whichever that is when the request is taken.
    Current,
    /// That connection's.
    Of(ConnectionId),
}

/// A connection with its credential, as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Credentials {
    /// The connection.
    pub connection: Connection,
    /// The client secret; `None` where none is kept, or a private key, which nobody can read again.
    pub credential: Option<Credential>,
}

/// One call to a provider's API, which takes no part of the token with it.
#[derive(Clone, Debug)]
pub struct ApiCall {
    /// What is called.
    pub at: At,
    /// The JSON body of a `POST`; `None` for a `GET`.
    pub body: Option<Value>,
}

/// What is called of a provider's API.
#[derive(Clone, Debug)]
pub enum At {
    /// A path below the API's base.
    Path(ApiPath),
    /// A link the API gave, such as that to the next page.
    Link(String),
}

/// One request to the service; it is taken at once, and answered by calling `done`.
pub enum Request {
    /// Keep these credentials; answered when they are durable.
    SaveCredentials {
        /// The connection as it shall be.
        connection: Connection,
        /// The credential entered; `None` to leave the one kept as it is.
        credential: Option<Credential>,
        /// Hears how it ended.
        done: Done<Result<(), Refusal>>,
    },
    /// The credentials kept, if there are any.
    LoadCredentials {
        /// Whose.
        whose: Whose,
        /// Gets them.
        done: Done<Result<Option<Credentials>, Refusal>>,
    },
    /// Keep a token that came another way; answered when it is durable.
    SaveToken {
        /// Whose.
        whose: Whose,
        /// The token, and what is known of it.
        token: GivenToken,
        /// Gets the facts it is kept with.
        done: Done<Result<TokenFacts, Refusal>>,
    },
    /// The token there is, if it is valid; none is asked for.
    GetToken {
        /// Whose.
        whose: Whose,
        /// Gets it.
        done: Done<Result<Option<StoredToken>, Refusal>>,
    },
    /// A valid token: the one cached, else the one stored, else a new one, asked for once however many want it.
    GetWorkerToken {
        /// Whose.
        whose: Whose,
        /// Gets it.
        done: Done<Result<StoredToken, Refusal>>,
    },
    /// How it stands.
    GetStatus {
        /// Whose.
        whose: Whose,
        /// Gets it.
        done: Done<Status>,
    },
    /// Forget the credentials, with their token; for ten seconds a person can bring them back.
    ClearCredentials {
        /// Whose.
        whose: Whose,
        /// Hears how it ended.
        done: Done<Result<(), Refusal>>,
    },
    /// Forget the token in every tab; the credentials stay, and no new one is asked for until somebody needs it.
    ClearToken {
        /// Whose.
        whose: Whose,
        /// Hears how it ended.
        done: Done<Result<(), Refusal>>,
    },
    /// A call to the provider's API, with the token put in on the way. A token the API refuses is renewed, and the call made
    /// once more.
    Call {
        /// Whose token, and so which provider's API.
        whose: Whose,
        /// The call.
        call: ApiCall,
        /// Gets the body of the answer.
        done: Done<Result<Value, Problem>>,
    },
    /// Keep what a page works on, sealed in the vault, to go on with it after a reload.
    KeepWork {
        /// Which work; one of a name replaces the one before.
        name: &'static str,
        /// The work; `None` when it is over.
        work: Option<Value>,
        /// Hears how it ended, once it is durable.
        done: Done<Result<(), StoreError>>,
    },
    /// The work kept under a name.
    RecallWork {
        /// Which.
        name: &'static str,
        /// Gets it.
        done: Done<Result<Option<Value>, StoreError>>,
    },
    /// What the provider says of the token there is (RFC 7662). Token and credential go from the vault to our server, and
    /// not by the page.
    Introspect {
        /// Whose token.
        whose: Whose,
        /// Gets it.
        done: Done<Result<Introspection, Problem>>,
    },
    /// End the token at its provider (RFC 7009), then forget it in every tab. It stays when the provider does not say that it
    /// ended it.
    Revoke {
        /// Whose token.
        whose: Whose,
        /// Hears how it ended.
        done: Done<Result<Revocation, Problem>>,
    },
    /// The last calls of this page, the newest first; there is no secret in them.
    RecentCalls {
        /// Gets them.
        done: Done<Vec<CallRecord>>,
    },
    /// Which tabs there are, and what they say to each other; `None` while the vault is not open.
    GetTabs {
        /// Whether to ask the others first who is there, and how long it takes to them and back.
        call: bool,
        /// Gets it.
        done: Done<Option<TabsReport>>,
    },
    /// What storage did in this page.
    GetMetrics {
        /// Gets it.
        done: Done<StorageMetrics>,
    },
}

/// Why a request was not fulfilled; the text is for a person.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// There is no such connection, or none is current.
    #[error("There are no worker token credentials. Enter them, then try again.")]
    NoCredentials,
    /// The token in storage was not what its provider issues. It is removed.
    #[error("Invalid worker token format. The token was removed from this browser: generate a new one.")]
    InvalidFormat,
    /// The token given can't be kept.
    #[error("{0}")]
    TokenRefused(TokenRefused),
    /// The vault is locked.
    #[error("The vault is locked. Unlock it, then try again.")]
    Locked,
    /// Storage refused.
    #[error("This browser's storage can't be used: {0}.")]
    NotStored(StoreError),
    /// No token came: why, and what is next.
    #[error("{}. {}", .0.problem.title, .0.problem.detail)]
    Failed(Box<Failure>),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match &refusal {
            Refusal::Failed(failure) => return failure.problem.clone(),
            Refusal::Locked => Code::VaultLocked,
            Refusal::NotStored(_) => Code::NotStored,
            Refusal::NoCredentials | Refusal::InvalidFormat | Refusal::TokenRefused(_) => Code::NoCredential,
        };
        Self::new(code).with_detail(refusal.to_string())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Locked => Self::Locked,
            error => Self::NotStored(error),
        }
    }
}
