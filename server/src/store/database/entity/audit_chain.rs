use sea_orm::entity::prelude::*;

/// How far the audit log reaches; one row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_chain")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub base_seq: i64,
    pub base_code: String,
    pub head_seq: i64,
    pub head_code: String,
    pub key_name: String,
    /// The code of all that.
    pub code: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
