//! Setup, sign-in, the account and its sessions.

use serde::{Deserialize, Serialize};

use super::route;
use crate::id::{SessionId, TenantId, UserId};
use crate::secret::Secret;
use crate::time::Timestamp;

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Everything, settings pages included.
    Admin,
    /// Obtain and use tokens.
    User,
    /// Read the admin pages; obtain nothing, change nothing.
    Auditor,
}

impl Role {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::User => "user",
            Self::Auditor => "auditor",
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// This session.
    pub id: SessionId,
    /// The person.
    pub user: UserId,
    /// The name they sign in with.
    pub username: String,
    /// What they may do.
    pub role: Role,
    /// The tenant whose vault this browser opens: the person's own.
    pub tenant: TenantId,
    /// When the session ends if nothing is asked before.
    pub expires_at: Timestamp,
}

/// Whether the first admin is still to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupState {
    /// True until the first admin exists.
    pub needed: bool,
}

/// A new account made through a one-time link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkAcceptance {
    /// The key in the link.
    pub key: Secret,
    /// The name to sign in with: 1 to 64 of `a-z 0-9 . _ - @ +`, case folded.
    pub username: String,
    /// The password: 12 to 256 characters.
    pub password: Secret,
}

/// A user name and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInForm {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Secret,
}

/// A change of one's own password; all other sessions end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    /// The password so far.
    pub current: Secret,
    /// The new one: 12 to 256 characters.
    pub new: Secret,
}

/// One of a person's sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionSummary {
    /// Its identifier.
    pub id: SessionId,
    /// Whether it is the one asking.
    pub current: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// The address it came from last.
    pub address: String,
    /// The browser, as its `User-Agent` says, at most 200 characters.
    pub user_agent: String,
}

route!("Whether the first admin is still to be made.", Setup, Get "/api/v1/setup", Public, () => SetupState);
route!("Makes the first admin with the setup link's key, and signs them in.", CompleteSetup, Post "/api/v1/setup", Public, LinkAcceptance => Session);
route!("Accepts an invitation, and signs the new person in.", AcceptInvitation, Post "/api/v1/invitations/accept", Public, LinkAcceptance => Session);
route!("Signs in.", SignIn, Post "/api/v1/session", Public, SignInForm => Session);
route!("Who is signed in.", CurrentSession, Get "/api/v1/session", SignedIn, () => Session);
route!("Signs out: ends this session.", SignOut, Delete "/api/v1/session", SignedIn, () => ());
route!("The sessions of the person signed in.", Sessions, Get "/api/v1/sessions", SignedIn, () => Vec<SessionSummary>);
route!("Signs out everywhere: ends all sessions of the person, this one included.", SignOutEverywhere, Delete "/api/v1/sessions", SignedIn, () => ());
route!("Ends one session of the person signed in.", EndSession { id: SessionId }, Delete "/api/v1/sessions/{id}", SignedIn, () => ());
route!("Changes one's own password and ends all other sessions.", ChangePassword, Post "/api/v1/account/password", SignedIn, PasswordChange => ());
