//! How many site tokens people's browsers keep.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::token_count::{Column, Entity};
use crate::store::database::entity::user;

/// Makes the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0010_token_counts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(counts(&[Column::UserId, Column::TenantId])).await
    }
}

/// The table, with a row for each value of its key. A person's tenant of their own stands in no table, so only the person is
/// referred to.
pub(super) fn counts(key: &[Column]) -> TableCreateStatement {
    let owner = ForeignKey::create()
        .from(Entity, Column::UserId)
        .to(user::Entity, user::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    let mut table = Table::create();
    table.table(Entity);
    let mut primary = Index::create();
    for column in key {
        table.col(ColumnDef::new(*column).text().not_null());
        primary.col(*column);
    }
    for number in [
        Column::ToldAt,
        Column::Active,
        Column::Expiring,
        Column::Expired,
        Column::Invalid,
        Column::Revoked,
        Column::AgeHours,
    ] {
        table.col(ColumnDef::new(number).big_integer().not_null());
    }
    table.primary_key(&mut primary).foreign_key(&mut owner.clone());
    table.to_owned()
}
