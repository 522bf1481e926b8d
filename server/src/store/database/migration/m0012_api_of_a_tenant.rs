//! The one API a tenant works with.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::tenant;

/// Adds the column.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0012_api_of_a_tenant"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Without one a tenant works with every API, as all did before.
        let api = ColumnDef::new(tenant::Column::Api).text().to_owned();
        manager.alter_table(Table::alter().table(tenant::Entity).add_column(api).to_owned()).await
    }
}
