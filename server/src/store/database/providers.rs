use async_trait::async_trait;
use domain::audit::Entry;
use domain::id::ProviderId;
use domain::provider::Provider;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::Serialize;

use super::entity::provider;
use super::{Database, StoreError};
use crate::store::{ChangeProviderError, Providers};

#[async_trait]
impl Providers for Database {
    async fn providers(&self) -> Result<Vec<Provider>, StoreError> {
        let rows = provider::Entity::find().order_by_asc(provider::Column::FoldedName).all(&self.connection).await?;
        rows.into_iter().map(read).collect()
    }

    async fn provider(&self, id: &ProviderId) -> Result<Option<Provider>, StoreError> {
        let row = provider::Entity::find_by_id(id.as_str()).one(&self.connection).await?;
        row.map(read).transpose()
    }

    async fn add_provider(&self, provider: &Provider, note: &Entry) -> Result<(), ChangeProviderError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await.map_err(StoreError::from)?;
        check_name(&transaction, provider).await?;
        let insert = provider::Entity::insert(row(provider)?);
        insert.exec_without_returning(&transaction).await.map_err(StoreError::from)?;
        self.append(&transaction, &[about(note, provider)]).await?;
        Ok(transaction.commit().await.map_err(StoreError::from)?)
    }

    async fn change_provider(&self, provider: &Provider, note: &Entry) -> Result<(), ChangeProviderError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await.map_err(StoreError::from)?;
        let found = provider::Entity::find_by_id(provider.id.as_str()).one(&transaction).await;
        found.map_err(StoreError::from)?.ok_or(ChangeProviderError::Unknown)?;
        check_name(&transaction, provider).await?;
        provider::Entity::update(row(provider)?).exec(&transaction).await.map_err(StoreError::from)?;
        self.append(&transaction, &[about(note, provider)]).await?;
        Ok(transaction.commit().await.map_err(StoreError::from)?)
    }

    async fn remove_provider(&self, id: &ProviderId, note: &Entry) -> Result<bool, StoreError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await?;
        let found = provider::Entity::find_by_id(id.as_str()).one(&transaction).await?;
        let Some(found) = found else { return Ok(false) };
        provider::Entity::delete_by_id(id.as_str()).exec(&transaction).await?;
        let note = note.clone().with_provider(id).named(&found.name);
        self.append(&transaction, &[note]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn about(note: &Entry, provider: &Provider) -> Entry {
    note.clone().with_provider(&provider.id).named(&provider.name)
}

async fn check_name(connection: &impl ConnectionTrait, new: &Provider) -> Result<(), ChangeProviderError> {
    let same = provider::Entity::find()
        .filter(provider::Column::FoldedName.eq(new.name.to_lowercase()))
        .filter(provider::Column::Id.ne(new.id.as_str()));
    match same.one(connection).await.map_err(StoreError::from)? {
        None => Ok(()),
        Some(_) => Err(ChangeProviderError::NameTaken),
    }
}

fn row(provider: &Provider) -> Result<provider::ActiveModel, StoreError> {
    Ok(provider::ActiveModel {
        id: Set(provider.id.to_string()),
        name: Set(provider.name.clone()),
        folded_name: Set(provider.name.to_lowercase()),
        enabled: Set(provider.enabled),
        kind: Set(text(&provider.kind)?),
        assertion_audience: Set(text(&provider.assertion_audience)?),
        gateway: Set(text(&provider.gateway)?),
    })
}

fn text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable("providers"))
}

fn read(row: provider::Model) -> Result<Provider, StoreError> {
    let unreadable = |_| StoreError::Unreadable("providers");
    Ok(Provider {
        kind: serde_json::from_str(&row.kind).map_err(unreadable)?,
        assertion_audience: serde_json::from_str(&row.assertion_audience).map_err(unreadable)?,
        gateway: serde_json::from_str(&row.gateway).map_err(unreadable)?,
        id: ProviderId::new(row.id),
        name: row.name,
        enabled: row.enabled,
    })
}
