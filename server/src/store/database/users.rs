use async_trait::async_trait;
use domain::api::account::Role;
use domain::api::users::UserChange;
use domain::audit::Entry;
use domain::id::{TenantId, UserId};
use domain::secret::Secret;
use domain::time::Timestamp;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, Set,
};

use super::entity::{session, user};
use super::{Database, StoreError};
use crate::store::{ChangeUserError, Person, Users};

#[async_trait]
impl Users for Database {
    async fn admin_exists(&self) -> Result<bool, StoreError> {
        Ok(admin_exists(&self.connection).await?)
    }

    async fn users(&self) -> Result<Vec<Person>, StoreError> {
        let rows = user::Entity::find().order_by_asc(user::Column::Username).all(&self.connection).await?;
        rows.into_iter().map(person).collect()
    }

    async fn user_by_name(&self, username: &str) -> Result<Option<Person>, StoreError> {
        let row = user::Entity::find().filter(user::Column::Username.eq(username)).one(&self.connection).await?;
        row.map(person).transpose()
    }

    async fn change_user(&self, id: &UserId, change: &UserChange, note: &Entry) -> Result<Person, ChangeUserError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await.map_err(StoreError::from)?;
        let row = user::Entity::find_by_id(id.as_str()).one(&transaction).await.map_err(StoreError::from)?;
        let row = row.ok_or(ChangeUserError::Unknown)?;
        let role = change.role.map_or(row.role.clone(), |role| role.name().to_owned());
        let disabled = change.disabled.unwrap_or(row.disabled);
        let ends_admin = is_admin(&row.role, row.disabled) && !is_admin(&role, disabled);
        if ends_admin && other_active_admins(&transaction, id).await.map_err(StoreError::from)? == 0 {
            return Err(ChangeUserError::LastAdmin);
        }
        let mut note = note.clone().about(id.as_str()).named(&row.username);
        if disabled {
            let theirs = session::Entity::delete_many().filter(session::Column::UserId.eq(id.as_str()));
            let ended = theirs.exec(&transaction).await.map_err(StoreError::from)?.rows_affected;
            note = note.counting(u32::try_from(ended).unwrap_or(u32::MAX));
        }
        let mut model = row.into_active_model();
        model.role = Set(role);
        model.disabled = Set(disabled);
        let changed = model.update(&transaction).await.map_err(StoreError::from)?;
        self.append(&transaction, &[note]).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(person(changed)?)
    }
}

pub(super) async fn admin_exists(connection: &impl ConnectionTrait) -> Result<bool, sea_orm::DbErr> {
    let admins = user::Entity::find().filter(user::Column::Role.eq(Role::Admin.name()));
    Ok(admins.count(connection).await? > 0)
}

async fn other_active_admins(connection: &impl ConnectionTrait, id: &UserId) -> Result<u64, sea_orm::DbErr> {
    let others = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin.name()))
        .filter(user::Column::Disabled.eq(false))
        .filter(user::Column::Id.ne(id.as_str()));
    others.count(connection).await
}

fn is_admin(role: &str, disabled: bool) -> bool {
    role == Role::Admin.name() && !disabled
}

pub(super) fn role(name: &str) -> Result<Role, StoreError> {
    match name {
        "admin" => Ok(Role::Admin),
        "user" => Ok(Role::User),
        "auditor" => Ok(Role::Auditor),
        _ => Err(StoreError::Unreadable("users")),
    }
}

pub(super) fn person(row: user::Model) -> Result<Person, StoreError> {
    Ok(Person {
        role: role(&row.role)?,
        id: UserId::new(row.id),
        username: row.username,
        password_hash: Secret::new(row.password_hash),
        tenant: TenantId::new(row.tenant_id),
        disabled: row.disabled,
        created_at: Timestamp::from_millis(row.created_at),
        last_sign_in_at: row.last_sign_in_at.map(Timestamp::from_millis),
    })
}
