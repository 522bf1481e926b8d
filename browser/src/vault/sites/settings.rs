//! What is kept about site tokens beside them.

use domain::audit::Report;
use domain::id::SiteTokenId;
use domain::site::{Chosen, Setup};
use domain::time::Timestamp;
use domain::vault::{StoreError, StoreName};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::Vault;
use super::super::newer::or_none;
use super::super::records::Change;

/// The ids of the records in [`StoreName::Settings`] about site tokens.
pub const DEFAULT: &str = domain::sync::DEFAULT_SITE;
const CHOSEN: &str = "site_chosen";
const SETUP: &str = "site_setup";
/// Until when a person wants no word of the operator's default token.
const QUIET: &str = "site_quiet_operators";

/// What is kept about site tokens beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteSettings {
    /// The token of the default site.
    pub default: Option<SiteTokenId>,
    /// What the site selector stands at.
    pub chosen: Option<Chosen>,
    /// How far the first-time setup is.
    pub setup: Setup,
    /// Until when a person wants no word of the operator's default token.
    pub quiet_operators: Option<Timestamp>,
}

impl Vault {
    /// What is kept about site tokens beside them, as the place has it now.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn site_settings(&self) -> Result<SiteSettings, StoreError> {
        Ok(SiteSettings {
            default: self.site_setting::<Option<SiteTokenId>>(DEFAULT).await?.flatten(),
            chosen: self.site_setting(CHOSEN).await?,
            setup: self.site_setting(SETUP).await?.unwrap_or_default(),
            quiet_operators: self.site_setting(QUIET).await?,
        })
    }

    /// Makes a token's site the default one, and writes what the audit log is `told` of it in the same transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_default_site(&self, id: Option<&SiteTokenId>, told: &[Report]) -> Result<(), StoreError> {
        let change = Change::put(StoreName::Settings, DEFAULT, &id);
        self.change_telling(self.epoch.get(), vec![change], &[], told).await.map(drop)
    }

    /// Notes what the site selector stands at.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_chosen_site(&self, chosen: &Chosen) -> Result<(), StoreError> {
        self.write_site_setting(CHOSEN, chosen).await
    }

    /// Notes how far the first-time setup is.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_site_setup(&self, setup: &Setup) -> Result<(), StoreError> {
        self.write_site_setting(SETUP, setup).await
    }

    /// Notes until when a person wants no word of the operator's default token.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_quiet_operators(&self, until: Timestamp) -> Result<(), StoreError> {
        self.write_site_setting(QUIET, &until).await
    }

    pub(super) async fn site_setting<T: DeserializeOwned>(&self, id: &str) -> Result<Option<T>, StoreError> {
        or_none(self.fresh(StoreName::Settings, id).await)
    }

    async fn write_site_setting(&self, id: &str, value: &impl Serialize) -> Result<(), StoreError> {
        self.change(self.epoch.get(), &[Change::put(StoreName::Settings, id, value)], &[]).await
    }
}
