//! The half of a vault's key that the server keeps for one browser of a person, and releases to their sessions only.

use serde::{Deserialize, Serialize};

use super::route;
use crate::id::{HalfId, TenantId};
use crate::secret::Secret;

/// Which vault a half is wanted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewHalf {
    /// The vault's tenant; one of the person's own.
    pub tenant: TenantId,
}

/// A half of a vault's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VaultHalf {
    /// Its identifier.
    pub id: HalfId,
    /// 256 random bits as 64 hexadecimal digits. By itself it opens nothing.
    pub half: Secret,
}

route!("Makes the server's half of the key for a vault in this browser.", MakeVaultHalf, Post "/api/v1/vault/halves", SignedIn, NewHalf => VaultHalf);
route!("The server's half of a vault's key, for the person it was made for.", GetVaultHalf { id: HalfId }, Get "/api/v1/vault/halves/{id}", SignedIn, () => VaultHalf);
route!("Lets a half go: what it was part of can't be opened any more.", DropVaultHalf { id: HalfId }, Delete "/api/v1/vault/halves/{id}", SignedIn, () => ());
