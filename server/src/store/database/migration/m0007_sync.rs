//! Synced copies of tenants, sealed end to end.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{sync_copy, sync_item, user};

/// Makes the tables.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_sync"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(copies()).await?;
        manager.create_table(items()).await?;
        let by_user = Index::create()
            .name("sync_copies_by_user")
            .table(sync_copy::Entity)
            .col(sync_copy::Column::UserId)
            .to_owned();
        manager.create_index(by_user).await?;
        let in_order = Index::create()
            .name("sync_items_in_order")
            .table(sync_item::Entity)
            .col(sync_item::Column::TenantId)
            .col(sync_item::Column::Sequence)
            .unique()
            .to_owned();
        manager.create_index(in_order).await
    }
}

fn text(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).text().not_null().to_owned()
}

fn number(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).big_integer().not_null().to_owned()
}

fn copies() -> TableCreateStatement {
    use sync_copy::Column;
    let owner = ForeignKey::create()
        .from(sync_copy::Entity, Column::UserId)
        .to(user::Entity, user::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    Table::create()
        .table(sync_copy::Entity)
        .col(text(Column::TenantId).primary_key())
        .col(text(Column::UserId))
        .col(text(Column::CopyId))
        .col(text(Column::KeyId))
        .col(text(Column::Keyring))
        .col(number(Column::Sequence))
        .col(number(Column::Items))
        .col(number(Column::Bytes))
        .col(number(Column::CreatedAt))
        .foreign_key(&mut owner.clone())
        .to_owned()
}

fn items() -> TableCreateStatement {
    use sync_item::Column;
    let copy = ForeignKey::create()
        .from(sync_item::Entity, Column::TenantId)
        .to(sync_copy::Entity, sync_copy::Column::TenantId)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    Table::create()
        .table(sync_item::Entity)
        .col(text(Column::TenantId))
        .col(text(Column::ItemId))
        .col(number(Column::Generation))
        .col(ColumnDef::new(Column::Removed).boolean().not_null())
        .col(text(Column::Sealed))
        .col(number(Column::Sequence))
        .primary_key(Index::create().col(Column::TenantId).col(Column::ItemId))
        .foreign_key(&mut copy.clone())
        .to_owned()
}
