//! Each browser's counts stand in a row of their own. What was told before holds for a day only, and is told anew.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{token_count, user};

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
        manager.drop_table(Table::drop().table(token_count::Entity).to_owned()).await?;
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
    let mut key = Index::create();
    for column in [Column::UserId, Column::TenantId, Column::Teller] {
        table.col(ColumnDef::new(column).text().not_null());
        key.col(column);
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
    table.primary_key(&mut key).foreign_key(&mut owner.clone());
    table.to_owned()
}
