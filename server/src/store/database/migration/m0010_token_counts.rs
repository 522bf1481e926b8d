//! How many site tokens people's browsers keep.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{token_count, user};

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
        manager.create_table(counts()).await
    }
}

/// A person's tenant of their own stands in no table, so only the person is referred to.
fn counts() -> TableCreateStatement {
    use token_count::{Column, Entity};
    let owner = ForeignKey::create()
        .from(Entity, Column::UserId)
        .to(user::Entity, user::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    let mut table = Table::create();
    table.table(Entity);
    for key in [Column::UserId, Column::TenantId] {
        table.col(ColumnDef::new(key).text().not_null());
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
    table.primary_key(Index::create().col(Column::UserId).col(Column::TenantId)).foreign_key(&mut owner.clone());
    table.to_owned()
}
