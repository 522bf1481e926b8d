//! Alerts, and the addresses tokens are used from.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{alert, token_use};

/// Makes the tables.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_alerts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(alerts()).await?;
        manager.create_table(token_uses()).await?;
        manager.create_index(by_what_is_watched()).await
    }
}

fn by_what_is_watched() -> IndexCreateStatement {
    Index::create()
        .name("alerts_by_what_is_watched")
        .table(alert::Entity)
        .col(alert::Column::Watched)
        .col(alert::Column::Rule)
        .to_owned()
}

fn text(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).text().not_null().to_owned()
}

fn number(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).big_integer().not_null().to_owned()
}

fn alerts() -> TableCreateStatement {
    use alert::Column;
    Table::create()
        .table(alert::Entity)
        .col(text(Column::Id).primary_key())
        .col(number(Column::At))
        .col(text(Column::Rule))
        .col(number(Column::Count))
        .col(text(Column::Watched))
        .col(ColumnDef::new(Column::Username).text())
        .col(text(Column::Addresses))
        .col(ColumnDef::new(Column::AcknowledgedAt).big_integer())
        .col(ColumnDef::new(Column::AcknowledgedBy).text())
        .to_owned()
}

fn token_uses() -> TableCreateStatement {
    use token_use::Column;
    Table::create()
        .table(token_use::Entity)
        .col(text(Column::TokenSha256))
        .col(text(Column::Address))
        .col(number(Column::LastAt))
        .primary_key(Index::create().col(Column::TokenSha256).col(Column::Address))
        .to_owned()
}
