//! The tables, step by step. A step that has been released is never changed; the next one changes what it made.

use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod m0001_first_tables;
mod m0002_organizations;
mod m0003_tenants;
mod m0004_audit;
mod m0006_gateway;
mod m0007_sync;
mod m0008_alerts;
mod m0009_vault_half;
mod m0010_token_counts;
mod m0011_counts_of_each_browser;
mod m0012_api_of_a_tenant;

/// All steps, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first_tables::Migration),
            Box::new(m0002_organizations::Migration),
            Box::new(m0003_tenants::Migration),
            Box::new(m0004_audit::Migration),
            Box::new(m0006_gateway::Migration),
            Box::new(m0007_sync::Migration),
            Box::new(m0008_alerts::Migration),
            Box::new(m0009_vault_half::Migration),
            Box::new(m0010_token_counts::Migration),
            Box::new(m0011_counts_of_each_browser::Migration),
            Box::new(m0012_api_of_a_tenant::Migration),
        ]
    }
}
