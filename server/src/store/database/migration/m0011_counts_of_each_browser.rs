//! Each browser's counts stand in a row of their own. What was told before holds for a day only, and is told anew.

use sea_orm_migration::prelude::*;

use super::m0010_token_counts::counts;
use crate::store::database::entity::token_count::{Column, Entity};

/// Makes the table anew.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_counts_of_each_browser"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Entity).to_owned()).await?;
        manager.create_table(counts(&[Column::UserId, Column::TenantId, Column::Teller])).await
    }
}
