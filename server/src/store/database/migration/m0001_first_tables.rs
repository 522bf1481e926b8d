//! People, sessions, links, providers, sign-in attempts, results of repeated requests.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{attempt, link, provider, result, session, user};

/// Makes the tables.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_first_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [users(), sessions(), links(), providers(), attempts(), results()] {
            manager.create_table(table).await?;
        }
        let by_user =
            Index::create().name("sessions_by_user").table(session::Entity).col(session::Column::UserId).to_owned();
        manager.create_index(by_user).await
    }
}

fn text(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).text().not_null().to_owned()
}

fn number(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).big_integer().not_null().to_owned()
}

fn flag(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).boolean().not_null().to_owned()
}

fn users() -> TableCreateStatement {
    use user::Column;
    Table::create()
        .table(user::Entity)
        .col(text(Column::Id).primary_key())
        .col(text(Column::Username).unique_key())
        .col(text(Column::PasswordHash))
        .col(text(Column::Role))
        .col(text(Column::TenantId).unique_key())
        .col(flag(Column::Disabled))
        .col(number(Column::CreatedAt))
        .col(ColumnDef::new(Column::LastSignInAt).big_integer())
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    use session::Column;
    let owner = ForeignKey::create()
        .from(session::Entity, Column::UserId)
        .to(user::Entity, user::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    Table::create()
        .table(session::Entity)
        .col(text(Column::Id).primary_key())
        .col(text(Column::UserId))
        .col(text(Column::CookieSha256).unique_key())
        .col(number(Column::CreatedAt))
        .col(number(Column::LastUsedAt))
        .col(text(Column::Address))
        .col(text(Column::UserAgent))
        .foreign_key(&mut owner.clone())
        .to_owned()
}

fn links() -> TableCreateStatement {
    use link::Column;
    Table::create()
        .table(link::Entity)
        .col(text(Column::KeySha256).primary_key())
        .col(text(Column::Purpose))
        .col(text(Column::Role))
        .col(number(Column::CreatedAt))
        .col(ColumnDef::new(Column::ExpiresAt).big_integer())
        .to_owned()
}

fn providers() -> TableCreateStatement {
    use provider::Column;
    Table::create()
        .table(provider::Entity)
        .col(text(Column::Id).primary_key())
        .col(text(Column::Name))
        .col(text(Column::FoldedName).unique_key())
        .col(flag(Column::Enabled))
        .col(text(Column::Kind))
        .col(text(Column::AssertionAudience))
        .to_owned()
}

fn attempts() -> TableCreateStatement {
    use attempt::Column;
    Table::create()
        .table(attempt::Entity)
        .col(text(Column::Subject).primary_key())
        .col(number(Column::Failures))
        .col(number(Column::LastAt))
        .col(number(Column::BlockedUntil))
        .to_owned()
}

fn results() -> TableCreateStatement {
    use result::Column;
    let session = ForeignKey::create()
        .from(result::Entity, Column::SessionId)
        .to(session::Entity, session::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    Table::create()
        .table(result::Entity)
        .col(text(Column::SessionId))
        .col(text(Column::KeySha256))
        .col(text(Column::Fingerprint))
        .col(ColumnDef::new(Column::Sealed).binary())
        .col(number(Column::ExpiresAt))
        .primary_key(Index::create().col(Column::SessionId).col(Column::KeySha256))
        .foreign_key(&mut session.clone())
        .to_owned()
}
