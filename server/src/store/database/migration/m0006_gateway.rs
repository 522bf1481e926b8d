//! The gateway's rules of each provider.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::provider;

/// Adds the column.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_gateway"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // An empty object is the default rules: what held before there were any.
        let rules = ColumnDef::new(provider::Column::Gateway).text().not_null().default("{}").to_owned();
        manager.alter_table(Table::alter().table(provider::Entity).add_column(rules).to_owned()).await
    }
}
