use async_trait::async_trait;
use domain::api::account::Role;
use domain::audit::{Entry, Outcome};
use domain::time::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::entity::{link, user};
use super::users::{admin_exists, person, role};
use super::write::Write;
use super::{Database, StoreError};
use crate::digest::Digest;
use crate::store::{AcceptError, Links, NewPerson, Person, column};

const SETUP: &str = "setup";
const INVITATION: &str = "invitation";

#[async_trait]
impl Links for Database {
    async fn renew_setup_link(&self, key: &Digest, now: Timestamp) -> Result<bool, StoreError> {
        let transaction = self.write().await?;
        link::Entity::delete_many().filter(link::Column::Purpose.eq(SETUP)).exec(&transaction).await?;
        let needed = !admin_exists(&transaction).await?;
        if needed {
            let row = row(key, SETUP, Role::Admin, now, None);
            link::Entity::insert(row).exec_without_returning(&transaction).await?;
        }
        transaction.commit().await?;
        Ok(needed)
    }

    async fn add_invitation(
        &self,
        key: &Digest,
        role: Role,
        now: Timestamp,
        expires_at: Timestamp,
        note: &Entry,
    ) -> Result<(), StoreError> {
        let transaction = self.write().await?;
        let row = row(key, INVITATION, role, now, Some(expires_at));
        link::Entity::insert(row).exec_without_returning(&transaction).await?;
        self.append(&transaction, std::slice::from_ref(note)).await?;
        Ok(transaction.commit().await?)
    }

    async fn link_is_valid(&self, key: &Digest, setup: bool, now: Timestamp) -> Result<bool, StoreError> {
        let purpose = if setup { SETUP } else { INVITATION };
        Ok(usable(&self.connection, key, purpose, now).await?.is_some())
    }

    async fn complete_setup(&self, key: &Digest, person: &NewPerson, note: &Entry) -> Result<Person, AcceptError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        if admin_exists(&transaction).await.map_err(StoreError::from)? {
            return Err(AcceptError::SetupDone);
        }
        self.accept(transaction, key, SETUP, (person, note)).await
    }

    async fn accept_invitation(&self, key: &Digest, person: &NewPerson, note: &Entry) -> Result<Person, AcceptError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        self.accept(transaction, key, INVITATION, (person, note)).await
    }
}

impl Database {
    async fn accept(
        &self,
        transaction: Write,
        key: &Digest,
        purpose: &str,
        (new, note): (&NewPerson, &Entry),
    ) -> Result<Person, AcceptError> {
        let link = usable(&transaction, key, purpose, new.at).await.map_err(StoreError::from)?;
        let role = role(&link.ok_or(AcceptError::Invalid)?.role)?;
        let same_name = user::Entity::find().filter(user::Column::Username.eq(new.username.as_str()));
        if same_name.one(&transaction).await.map_err(StoreError::from)?.is_some() {
            return Err(AcceptError::NameTaken);
        }
        link::Entity::delete_by_id(column(key)).exec(&transaction).await.map_err(StoreError::from)?;
        let made = made(new, role);
        let row = sea_orm::TryIntoModel::<user::Model>::try_into_model(made.clone()).map_err(StoreError::from)?;
        user::Entity::insert(made).exec_without_returning(&transaction).await.map_err(StoreError::from)?;
        let note = note.clone().about(new.id.as_str()).named(&new.username).ended(Outcome::Done, role.name());
        self.append(&transaction, &[note]).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(person(row)?)
    }
}

async fn usable(
    connection: &impl ConnectionTrait,
    key: &Digest,
    purpose: &str,
    now: Timestamp,
) -> Result<Option<link::Model>, sea_orm::DbErr> {
    let found = link::Entity::find_by_id(column(key)).one(connection).await?;
    Ok(found.filter(|link| link.purpose == purpose && link.expires_at.is_none_or(|end| now.millis() < end)))
}

fn row(key: &Digest, purpose: &str, role: Role, now: Timestamp, expires_at: Option<Timestamp>) -> link::ActiveModel {
    link::ActiveModel {
        key_sha256: Set(column(key)),
        purpose: Set(purpose.to_owned()),
        role: Set(role.name().to_owned()),
        created_at: Set(now.millis()),
        expires_at: Set(expires_at.map(Timestamp::millis)),
    }
}

fn made(new: &NewPerson, role: Role) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(new.id.to_string()),
        username: Set(new.username.clone()),
        password_hash: Set(new.password_hash.expose().to_owned()),
        role: Set(role.name().to_owned()),
        tenant_id: Set(new.tenant.to_string()),
        disabled: Set(false),
        created_at: Set(new.at.millis()),
        last_sign_in_at: Set(None),
    }
}
