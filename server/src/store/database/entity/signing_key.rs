use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kid: String,
    /// JSON (RFC 7517).
    pub public_jwk: String,
    /// PKCS#8, sealed under the server's secret.
    pub sealed: Vec<u8>,
    pub created_at: i64,
    /// Empty for the key that signs now.
    pub retired_at: Option<i64>,
    pub published_until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
