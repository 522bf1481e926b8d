use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub at: i64,
    pub happened_at: Option<i64>,
    pub action: String,
    pub outcome: String,
    pub reason: Option<String>,
    pub source: String,
    pub user_id: Option<String>,
    pub username: Option<String>,
    pub tenant_id: Option<String>,
    pub site_id: Option<String>,
    pub provider_id: Option<String>,
    pub connection_id: Option<String>,
    pub subject: Option<String>,
    pub label: Option<String>,
    pub count: Option<i64>,
    pub address: String,
    pub request_id: Option<String>,
    pub report_id: Option<String>,
    /// Which key its code is under.
    pub key_name: String,
    /// Its code, in hexadecimal digits.
    pub code: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
