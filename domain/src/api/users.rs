//! People: for admins (and, reading, auditors).

use serde::{Deserialize, Serialize};

use super::account::Role;
use super::route;
use crate::id::UserId;
use crate::secret::Secret;
use crate::time::Timestamp;

/// A person as admins see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Their identifier.
    pub id: UserId,
    /// The name they sign in with.
    pub username: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

/// A change of a person by an admin; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserChange {
    /// The new role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Disabling ends all sessions of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// What an invitation is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewInvitation {
    /// The role the new person gets.
    pub role: Role,
}

/// A one-time link; it is shown once and can't be read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// The path and fragment of the link, below the server's own address: the key stands in the fragment, so that it
    /// reaches no log and no `Referer`.
    pub link: Secret,
    /// When it stops working.
    pub expires_at: Timestamp,
}

route!("All people.", Users, Get "/api/v1/users", Auditing, () => Vec<User>);
route!("Changes a person's role, or disables them.", ChangeUser { id: UserId }, Patch "/api/v1/users/{id}", Admin, UserChange => User);
route!("Makes an invitation link.", Invite, Post "/api/v1/invitations", Admin, NewInvitation => Invitation);
