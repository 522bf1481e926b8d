//! The audit log: its events, and how far it reaches.

use sea_orm_migration::prelude::*;

use crate::store::database::entity::{audit_chain, audit_event};

/// Makes the tables.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_audit"
    }
}

/// An event is never changed, and goes only once the log's beginning has moved past it. The codes show what somebody does
/// who may do more; this keeps our own mistakes out.
const GUARDS: [&str; 2] = [
    "CREATE TRIGGER audit_events_stay_as_they_are BEFORE UPDATE ON audit_events \
     BEGIN SELECT RAISE(ABORT, 'an event of the audit log is never changed'); END",
    "CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events \
     WHEN OLD.seq > (SELECT base_seq FROM audit_chain) \
     BEGIN SELECT RAISE(ABORT, 'an event of the audit log is kept'); END",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [events(), chain()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        // Another database says this in its own way, when one is added.
        if manager.get_database_backend() == sea_orm::DbBackend::Sqlite {
            for guard in GUARDS {
                manager.get_connection().execute_unprepared(guard).await?;
            }
        }
        Ok(())
    }
}

fn indexes() -> [IndexCreateStatement; 2] {
    use audit_event::Column;
    let by_time = Index::create().name("audit_events_by_time").table(audit_event::Entity).col(Column::At).to_owned();
    let reported = Index::create()
        .name("audit_events_by_report")
        .table(audit_event::Entity)
        .col(Column::UserId)
        .col(Column::ReportId)
        .unique()
        .to_owned();
    [by_time, reported]
}

fn text(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).text().not_null().to_owned()
}

fn maybe_text(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).text().to_owned()
}

fn number(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).big_integer().not_null().to_owned()
}

fn maybe_number(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).big_integer().to_owned()
}

fn events() -> TableCreateStatement {
    use audit_event::Column;
    Table::create()
        .table(audit_event::Entity)
        .col(number(Column::Seq).primary_key())
        .col(number(Column::At))
        .col(maybe_number(Column::HappenedAt))
        .col(text(Column::Action))
        .col(text(Column::Outcome))
        .col(maybe_text(Column::Reason))
        .col(text(Column::Source))
        .col(maybe_text(Column::UserId))
        .col(maybe_text(Column::Username))
        .col(maybe_text(Column::TenantId))
        .col(maybe_text(Column::SiteId))
        .col(maybe_text(Column::ProviderId))
        .col(maybe_text(Column::ConnectionId))
        .col(maybe_text(Column::Subject))
        .col(maybe_text(Column::Label))
        .col(maybe_number(Column::Count))
        .col(text(Column::Address))
        .col(maybe_text(Column::RequestId))
        .col(maybe_text(Column::ReportId))
        .col(text(Column::KeyName))
        .col(text(Column::Code))
        .to_owned()
}

fn chain() -> TableCreateStatement {
    use audit_chain::Column;
    Table::create()
        .table(audit_chain::Entity)
        .col(number(Column::Id).primary_key())
        .col(number(Column::BaseSeq))
        .col(text(Column::BaseCode))
        .col(number(Column::HeadSeq))
        .col(text(Column::HeadCode))
        .col(text(Column::KeyName))
        .col(text(Column::Code))
        .to_owned()
}
