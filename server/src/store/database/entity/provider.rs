use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "providers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    /// The name in lower case: names are unique whatever their case.
    #[sea_orm(unique)]
    pub folded_name: String,
    pub enabled: bool,
    /// The kind as JSON text.
    pub kind: String,
    /// The assertion audience as JSON text.
    pub assertion_audience: String,
    /// The gateway's rules as JSON text.
    pub gateway: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
