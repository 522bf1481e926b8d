use async_trait::async_trait;
use domain::api::account::Role;
use domain::api::users::{User, UserChange};
use domain::audit::Entry;
use domain::id::{TenantId, UserId};
use domain::secret::Secret;
use domain::time::Timestamp;

use super::StoreError;

/// A person as the store keeps them.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their identifier.
    pub id: UserId,
    /// The name they sign in with, case folded.
    pub username: String,
    /// The password's hash as a PHC string.
    pub password_hash: Secret,
    /// What they may do.
    pub role: Role,
    /// The tenant whose vault they open.
    pub tenant: TenantId,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

/// Says in an event who did it.
pub trait ByPerson {
    /// With the person.
    #[must_use]
    fn by(self, person: &Person) -> Self;
}

impl ByPerson for Entry {
    fn by(mut self, person: &Person) -> Self {
        self.user = Some(person.id.clone());
        self.username = Some(person.username.clone());
        self
    }
}

impl Person {
    /// The person as admins see them.
    pub fn shown(self) -> User {
        User {
            id: self.id,
            username: self.username,
            role: self.role,
            disabled: self.disabled,
            created_at: self.created_at,
            last_sign_in_at: self.last_sign_in_at,
        }
    }
}

/// Why a person could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeUserError {
    /// Nobody has this identifier.
    #[error("there is no such person")]
    Unknown,
    /// Nobody would be left who may do everything.
    #[error("the last active admin can't be disabled or lose the role")]
    LastAdmin,
    /// The store failed.
    #[error("the person could not be changed")]
    Store(#[from] StoreError),
}

/// People who can sign in.
#[async_trait]
pub trait Users {
    /// Whether an admin was ever made.
    async fn admin_exists(&self) -> Result<bool, StoreError>;

    /// All people, by name.
    async fn users(&self) -> Result<Vec<Person>, StoreError>;

    /// The person with that folded name.
    async fn user_by_name(&self, username: &str) -> Result<Option<Person>, StoreError>;

    /// Changes a role, or disables a person and ends their sessions; all of it or nothing.
    ///
    /// # Errors
    ///
    /// [`ChangeUserError::LastAdmin`] when no active admin would be left.
    async fn change_user(&self, id: &UserId, change: &UserChange, note: &Entry) -> Result<Person, ChangeUserError>;
}
