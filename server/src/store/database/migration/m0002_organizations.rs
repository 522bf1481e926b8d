//! Organizations with their keys and origins, the keys that sign org tokens, conversations and their messages.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{conversation, message, org, org_key, org_origin, signing_key};

/// Makes the tables.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_organizations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [orgs(), org_keys(), org_origins(), signing_keys(), conversations(), messages()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn indexes() -> [IndexCreateStatement; 5] {
    use conversation::Column;
    let begun = Index::create()
        .name("conversations_by_begin_key")
        .table(conversation::Entity)
        .col(Column::OrgId)
        .col(Column::BeginKeySha256)
        .unique()
        .to_owned();
    let latest =
        Index::create().name("conversations_by_age").table(conversation::Entity).col(Column::LastAt).to_owned();
    let sent = Index::create()
        .name("messages_by_client_id")
        .table(message::Entity)
        .col(message::Column::ConversationId)
        .col(message::Column::Author)
        .col(message::Column::ClientId)
        .unique()
        .to_owned();
    let keys = Index::create().name("org_keys_by_org").table(org_key::Entity).col(org_key::Column::OrgId).to_owned();
    let origins = Index::create()
        .name("org_origins_by_origin")
        .table(org_origin::Entity)
        .col(org_origin::Column::Origin)
        .to_owned();
    [begun, latest, sent, keys, origins]
}

fn text(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).text().not_null().to_owned()
}

fn number(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).big_integer().not_null().to_owned()
}

fn maybe_number(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).big_integer().to_owned()
}

/// Rows that go with their organization.
fn of_org(table: impl IntoIden, column: impl IntoIden) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, column)
        .to(org::Entity, org::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

fn orgs() -> TableCreateStatement {
    use org::Column;
    Table::create()
        .table(org::Entity)
        .col(text(Column::Id).primary_key())
        .col(text(Column::Name))
        .col(number(Column::LifetimeSeconds))
        .col(text(Column::Widget))
        .col(number(Column::ConfigVersion))
        .col(number(Column::CreatedAt))
        .col(maybe_number(Column::RevokedAt))
        .to_owned()
}

fn org_keys() -> TableCreateStatement {
    use org_key::Column;
    Table::create()
        .table(org_key::Entity)
        .col(text(Column::Key).primary_key())
        .col(text(Column::OrgId))
        .col(number(Column::CreatedAt))
        .col(maybe_number(Column::EndsAt))
        .foreign_key(&mut of_org(org_key::Entity, Column::OrgId))
        .to_owned()
}

fn org_origins() -> TableCreateStatement {
    use org_origin::Column;
    Table::create()
        .table(org_origin::Entity)
        .col(text(Column::OrgId))
        .col(text(Column::Origin))
        .primary_key(Index::create().col(Column::OrgId).col(Column::Origin))
        .foreign_key(&mut of_org(org_origin::Entity, Column::OrgId))
        .to_owned()
}

fn signing_keys() -> TableCreateStatement {
    use signing_key::Column;
    Table::create()
        .table(signing_key::Entity)
        .col(text(Column::Kid).primary_key())
        .col(text(Column::PublicJwk))
        .col(ColumnDef::new(Column::Sealed).binary().not_null())
        .col(number(Column::CreatedAt))
        .col(maybe_number(Column::RetiredAt))
        .col(maybe_number(Column::PublishedUntil))
        .to_owned()
}

fn conversations() -> TableCreateStatement {
    use conversation::Column;
    Table::create()
        .table(conversation::Entity)
        .col(text(Column::Id).primary_key())
        .col(text(Column::OrgId))
        .col(text(Column::BeginKeySha256))
        .col(text(Column::Salt))
        .col(text(Column::VisitorKeySha256))
        .col(number(Column::CreatedAt))
        .col(number(Column::LastAt))
        .col(ColumnDef::new(Column::LastFrom).text())
        .col(text(Column::Snippet))
        .col(number(Column::Messages))
        .col(number(Column::ReadTo))
        .col(number(Column::Unread))
        .col(maybe_number(Column::ClosedAt))
        .foreign_key(&mut of_org(conversation::Entity, Column::OrgId))
        .to_owned()
}

fn messages() -> TableCreateStatement {
    use message::Column;
    let conversation = ForeignKey::create()
        .from(message::Entity, Column::ConversationId)
        .to(conversation::Entity, conversation::Column::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    Table::create()
        .table(message::Entity)
        .col(text(Column::ConversationId))
        .col(number(Column::Seq))
        .col(text(Column::Author))
        .col(text(Column::ClientId))
        .col(text(Column::Text))
        .col(number(Column::SentAt))
        .primary_key(Index::create().col(Column::ConversationId).col(Column::Seq))
        .foreign_key(&mut conversation.clone())
        .to_owned()
}
