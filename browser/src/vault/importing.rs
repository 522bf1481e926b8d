//! Several connections at once, all or none.

use domain::audit::Report;
use domain::transfer::Chosen;
use domain::vault::{StoreError, StoreName};

use super::Vault;
use super::records::Change;

impl Vault {
    /// Writes connections, where they are to be kept their credentials, and what the audit log is `told`, all in one transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::KeyRefused`] for a private key that can't be used; else as the place gives it. Nothing is written then.
    pub async fn write_connections(&self, chosen: &[Chosen], told: &[Report]) -> Result<(), StoreError> {
        let (mut changes, mut keys, mut in_memory) = (Vec::new(), Vec::new(), Vec::new());
        for Chosen { connection, credential } in chosen {
            let plan = self.plan(connection, credential.as_ref()).await?;
            changes.push(Change::put(StoreName::Connections, connection.id.as_str(), connection));
            changes.extend(plan.change);
            keys.extend(plan.keys);
            in_memory.push((&connection.id, plan.in_memory));
        }
        self.change_telling(self.epoch.get(), changes, &keys, told).await?;
        in_memory.into_iter().for_each(|(id, credential)| self.remember(id, credential));
        Ok(())
    }
}
