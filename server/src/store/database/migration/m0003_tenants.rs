//! Tenants of people, beside the own one each of them has.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{tenant, user};

/// Makes the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_tenants"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(tenants()).await?;
        let by_user =
            Index::create().name("tenants_by_user").table(tenant::Entity).col(tenant::Column::UserId).to_owned();
        manager.create_index(by_user).await
    }
}

fn tenants() -> TableCreateStatement {
    use tenant::Column;
    let owner = ForeignKey::create()
        .from(tenant::Entity, Column::UserId)
        .to(user::Entity, user::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    Table::create()
        .table(tenant::Entity)
        .col(ColumnDef::new(Column::Id).text().not_null().primary_key())
        .col(ColumnDef::new(Column::UserId).text().not_null())
        .col(ColumnDef::new(Column::Name).text().not_null())
        .col(ColumnDef::new(Column::Sites).text().not_null())
        .col(ColumnDef::new(Column::DefaultSite).text())
        .col(ColumnDef::new(Column::CreatedAt).big_integer().not_null())
        .foreign_key(&mut owner.clone())
        .to_owned()
}
