use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub org_id: String,
    pub begin_key_sha256: String,
    /// What the visitor key is derived with, beside the key it was begun with.
    pub salt: String,
    pub visitor_key_sha256: String,
    pub created_at: i64,
    pub last_at: i64,
    pub last_from: Option<String>,
    pub snippet: String,
    pub messages: i64,
    pub read_to: i64,
    pub unread: i64,
    pub closed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
