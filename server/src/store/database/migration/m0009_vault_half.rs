//! The halves of vaults' keys.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{user, vault_half};

/// Makes the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_vault_half"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use vault_half::{Column, Entity};
        manager.create_table(halves()).await?;
        let by_user = Index::create()
            .name("vault_halves_by_user")
            .table(Entity)
            .col(Column::UserId)
            .col(Column::TenantId)
            .to_owned();
        manager.create_index(by_user).await
    }
}

/// A person's tenant of their own stands in no table, so only the person is referred to.
fn halves() -> TableCreateStatement {
    use vault_half::{Column, Entity};
    let owner = ForeignKey::create()
        .from(Entity, Column::UserId)
        .to(user::Entity, user::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    Table::create()
        .table(Entity)
        .col(ColumnDef::new(Column::Id).text().not_null().primary_key())
        .col(ColumnDef::new(Column::UserId).text().not_null())
        .col(ColumnDef::new(Column::TenantId).text().not_null())
        .col(ColumnDef::new(Column::Sealed).binary().not_null())
        .col(ColumnDef::new(Column::CreatedAt).big_integer().not_null())
        .col(ColumnDef::new(Column::ReleasedAt).big_integer().not_null())
        .foreign_key(&mut owner.clone())
        .to_owned()
}
