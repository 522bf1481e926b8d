//! Reports to the audit log that are not known to have arrived. Those of one deed lie in one record, or in a few, written in the
//! deed's own transaction: whichever tab sends them erases it.

use std::rc::Rc;

use domain::audit::{MOST_REPORTS, Report};
use domain::id::ReportId;
use domain::vault::{StorageLevel, StoreError, StoreName};
use serde::{Deserialize, Serialize};

use super::Vault;
use super::place::KeyWrite;
use super::records::Change;

/// Reports that lie in one record and are sent together: of one deed, so of one tenant; 1 to [`MOST_REPORTS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel(Vec<Report>);

/// Hears what was written with a deed.
pub type OnTold = Rc<dyn Fn(Vec<Parcel>)>;

/// How they lie there. An older build wrote each alone, and can read none but those.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Lying {
    One(Box<Report>),
    Several(Vec<Report>),
}

impl Parcel {
    /// The reports of one deed, in as few parcels as they fit into.
    pub fn pack(reports: &[Report]) -> Vec<Self> {
        reports.chunks(MOST_REPORTS).map(|some| Self(some.to_vec())).collect()
    }

    /// Its record's id: the first report's.
    pub fn id(&self) -> &str {
        self.0.first().map_or("", |report| report.id.as_str())
    }

    /// What is in it.
    pub fn reports(&self) -> &[Report] {
        &self.0
    }

    fn kept(&self) -> Change {
        let lying = match self.0.as_slice() {
            [report] => Lying::One(Box::new(report.clone())),
            reports => Lying::Several(reports.to_vec()),
        };
        Change::put(StoreName::Reports, self.id(), &lying)
    }

    fn order(&self) -> Option<(domain::time::Timestamp, &ReportId)> {
        self.0.first().map(|report| (report.happened_at, &report.id))
    }
}

impl From<Lying> for Parcel {
    fn from(lying: Lying) -> Self {
        match lying {
            Lying::One(report) => Self(vec![*report]),
            Lying::Several(reports) => Self(reports),
        }
    }
}

impl Vault {
    /// Has this told of reports each time they were written with a deed.
    pub fn on_told(&self, then: impl Fn(Vec<Parcel>) + 'static) {
        self.on_told.replace(Some(Rc::new(then)));
    }

    /// Makes all changes, and writes what the audit log is told of them, in one transaction. Gives the ids of the changes with the
    /// generations they have now. In a place that goes with the tab reports are not kept a second time.
    pub(super) async fn change_telling(
        &self,
        epoch: u64,
        mut changes: Vec<Change>,
        keys: &[KeyWrite],
        told: &[Report],
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let parcels = Parcel::pack(told);
        if self.level() != StorageLevel::Memory {
            changes.extend(parcels.iter().map(Parcel::kept));
        }
        let written = self.changed(epoch, &changes, keys).await?;
        let then = self.on_told.borrow().clone().filter(|_| !parcels.is_empty());
        if let Some(then) = then {
            then(parcels);
        }
        Ok(written)
    }

    /// Keeps reports of what is no write to the vault until they are taken.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it, also while the vault is locked.
    pub async fn keep_reports(&self, parcels: &[Parcel]) -> Result<(), StoreError> {
        if self.level() == StorageLevel::Memory {
            return Ok(());
        }
        self.change(self.epoch.get(), &parcels.iter().map(Parcel::kept).collect::<Vec<_>>(), &[]).await
    }

    /// All that are kept, the oldest first. What a newer build wrote is left to that.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn kept_reports(&self) -> Result<Vec<Parcel>, StoreError> {
        let (kept, _) = self.readable::<Lying>(StoreName::Reports).await?;
        let mut kept: Vec<Parcel> = kept.into_values().map(Parcel::from).collect();
        kept.sort_by(|one, other| one.order().cmp(&other.order()));
        Ok(kept)
    }

    /// Erases those that were taken, or that are too many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn erase_reports(&self, parcels: &[Parcel]) -> Result<(), StoreError> {
        let remove = |parcel: &Parcel| Change::remove(StoreName::Reports, parcel.id());
        self.change(self.epoch.get(), &parcels.iter().map(remove).collect::<Vec<_>>(), &[]).await
    }
}
