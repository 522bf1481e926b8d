//! Reports to the audit log that are not known to have arrived, each a record of its own: whichever tab sends one erases it.

use domain::audit::Report;
use domain::id::ReportId;
use domain::vault::{StorageLevel, StoreError, StoreName};

use super::Vault;
use super::records::Change;

impl Vault {
    /// Keeps reports until they are taken. In a place that goes with the tab they are not kept a second time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it, also while the vault is locked.
    pub async fn keep_reports(&self, reports: &[Report]) -> Result<(), StoreError> {
        if self.level() == StorageLevel::Memory {
            return Ok(());
        }
        let put = |report: &Report| Change::put(StoreName::Reports, report.id.as_str(), report);
        self.change(self.epoch.get(), &reports.iter().map(put).collect::<Vec<_>>(), &[]).await
    }

    /// All that are kept, the oldest first. What a newer build wrote is left to that.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn kept_reports(&self) -> Result<Vec<Report>, StoreError> {
        let (kept, _) = self.readable::<Report>(StoreName::Reports).await?;
        let mut kept: Vec<Report> = kept.into_values().collect();
        kept.sort_by(|one, other| (one.happened_at, &one.id).cmp(&(other.happened_at, &other.id)));
        Ok(kept)
    }

    /// Erases those that were taken, or that are too many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn erase_reports(&self, ids: &[ReportId]) -> Result<(), StoreError> {
        let remove = |id: &ReportId| Change::remove(StoreName::Reports, id.as_str());
        self.change(self.epoch.get(), &ids.iter().map(remove).collect::<Vec<_>>(), &[]).await
    }
}
