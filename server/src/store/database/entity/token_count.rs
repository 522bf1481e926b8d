use sea_orm::entity::prelude::*;

/// How many site tokens a person's browsers last told of one tenant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "token_counts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: String,
    /// The session of the browser that told; empty for all that take part in the synced copy.
    #[sea_orm(primary_key, auto_increment = false)]
    pub teller: String,
    pub told_at: i64,
    pub active: i64,
    pub expiring: i64,
    pub expired: i64,
    pub invalid: i64,
    pub revoked: i64,
    /// The average, in hours.
    pub age_hours: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
