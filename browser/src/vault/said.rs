//! What a person was told already, so that it is told once.

use domain::monitoring::Told;
use domain::vault::{StoreError, StoreName};

use super::Vault;
use super::newer::or_none;
use super::records::Change;

/// The id of the record in [`StoreName::Settings`] that notes what was said of an older app's data.
const LEGACY_SAID: &str = "legacy_said";
/// The id of the one that notes of which tokens a person was warned.
const TOLD: &str = "told";

impl Vault {
    /// What was last said of an older app's data that stays.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn legacy_said(&self) -> Result<Option<String>, StoreError> {
        or_none(self.value(StoreName::Settings, LEGACY_SAID).await)
    }

    /// Notes what was said of it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_legacy_said(&self, said: &str) -> Result<(), StoreError> {
        self.change(self.epoch.get(), &[Change::put(StoreName::Settings, LEGACY_SAID, &said)], &[]).await
    }

    /// Of which tokens a person was warned, as the place has it now.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn told(&self) -> Result<Option<Told>, StoreError> {
        or_none(self.fresh(StoreName::Settings, TOLD).await)
    }

    /// Notes of which tokens a person was warned.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_told(&self, told: &Told) -> Result<(), StoreError> {
        self.change(self.epoch.get(), &[Change::put(StoreName::Settings, TOLD, told)], &[]).await
    }
}
