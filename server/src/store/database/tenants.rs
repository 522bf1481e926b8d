use async_trait::async_trait;
use domain::audit::Entry;
use domain::id::{ProviderId, TenantId};
use domain::tenant::{AllowedSites, MOST_TENANTS, OWN_NAME, Tenant, TenantForm, findings};
use domain::time::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::entity::tenant;
use super::{Database, StoreError};
use crate::store::{ChangeTenantError, Person, Tenants};

const UNREADABLE: StoreError = StoreError::Unreadable("tenants");

#[async_trait]
impl Tenants for Database {
    async fn tenants(&self, person: &Person) -> Result<Vec<Tenant>, StoreError> {
        all(&self.connection, person).await
    }

    async fn tenant(&self, person: &Person, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let found = tenant::Entity::find_by_id(id.as_str()).filter(theirs(person)).one(&self.connection).await?;
        match found {
            Some(row) => read(row, person).map(Some),
            None => Ok((*id == person.tenant).then(|| unnamed(person))),
        }
    }

    async fn add_tenant(
        &self,
        person: &Person,
        id: &TenantId,
        form: &TenantForm,
        now: Timestamp,
        note: &Entry,
    ) -> Result<Tenant, ChangeTenantError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await.map_err(StoreError::from)?;
        let others = all(&transaction, person).await?;
        if others.len() >= MOST_TENANTS {
            return Err(ChangeTenantError::TooMany);
        }
        let new = checked(form, &others, id, now, false)?;
        let insert = tenant::Entity::insert(row(&new, person)?);
        insert.exec_without_returning(&transaction).await.map_err(StoreError::from)?;
        self.append(&transaction, &[about(note, &new)]).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(new)
    }

    async fn change_tenant(
        &self,
        person: &Person,
        id: &TenantId,
        form: &TenantForm,
        note: &Entry,
    ) -> Result<Tenant, ChangeTenantError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await.map_err(StoreError::from)?;
        let mut others = all(&transaction, person).await?;
        let at = others.iter().position(|tenant| tenant.id == *id).ok_or(ChangeTenantError::Unknown)?;
        let old = others.remove(at);
        let changed = checked(form, &others, id, old.created_at, old.is_own)?;
        // The person's own tenant has no row until it is changed for the first time.
        let replaced = OnConflict::column(tenant::Column::Id)
            .update_columns([
                tenant::Column::Name,
                tenant::Column::Api,
                tenant::Column::Sites,
                tenant::Column::DefaultSite,
            ])
            .to_owned();
        let write = tenant::Entity::insert(row(&changed, person)?).on_conflict(replaced);
        write.exec_without_returning(&transaction).await.map_err(StoreError::from)?;
        self.append(&transaction, &[about(note, &changed)]).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(changed)
    }

    async fn remove_tenant(&self, person: &Person, id: &TenantId, note: &Entry) -> Result<(), ChangeTenantError> {
        let _moves_on = self.epoch.moves_on();
        if *id == person.tenant {
            return Err(ChangeTenantError::Own);
        }
        let transaction = self.write().await.map_err(StoreError::from)?;
        let others = all(&transaction, person).await?;
        let gone = others.iter().find(|tenant| tenant.id == *id).ok_or(ChangeTenantError::Unknown)?;
        let removed = tenant::Entity::delete_by_id(id.as_str()).filter(theirs(person));
        removed.exec(&transaction).await.map_err(StoreError::from)?;
        super::sync::delete_of(&transaction, &person.id, id).await?;
        super::vault_halves::delete_of(&transaction, &person.id, id).await?;
        super::token_counts::delete_of(&transaction, &person.id, id).await?;
        self.append(&transaction, &[about(note, gone)]).await?;
        Ok(transaction.commit().await.map_err(StoreError::from)?)
    }
}

fn about(note: &Entry, tenant: &Tenant) -> Entry {
    note.clone().in_tenant(&tenant.id).named(&tenant.name)
}

fn theirs(person: &Person) -> sea_orm::sea_query::SimpleExpr {
    tenant::Column::UserId.eq(person.id.as_str())
}

async fn all(connection: &impl ConnectionTrait, person: &Person) -> Result<Vec<Tenant>, StoreError> {
    let rows = tenant::Entity::find().filter(theirs(person)).all(connection).await?;
    let mut tenants = rows.into_iter().map(|row| read(row, person)).collect::<Result<Vec<_>, _>>()?;
    if !tenants.iter().any(|tenant| tenant.is_own) {
        tenants.push(unnamed(person));
    }
    tenants.sort_by_cached_key(|tenant| (!tenant.is_own, tenant.name.to_lowercase()));
    Ok(tenants)
}

/// A person's own tenant before they change anything about it.
fn unnamed(person: &Person) -> Tenant {
    Tenant {
        id: person.tenant.clone(),
        name: OWN_NAME.to_owned(),
        is_own: true,
        api: None,
        sites: AllowedSites::All,
        default_site: None,
        created_at: person.created_at,
    }
}

/// The tenant a form asks for, if it can be kept beside the others.
fn checked(
    form: &TenantForm,
    others: &[Tenant],
    id: &TenantId,
    created_at: Timestamp,
    is_own: bool,
) -> Result<Tenant, ChangeTenantError> {
    let errors = findings(form, others.iter().map(|other| other.name.as_str()));
    if !errors.is_empty() {
        return Err(ChangeTenantError::Form(errors));
    }
    let TenantForm { name, api, sites, default_site } = form.clone().tidied();
    Ok(Tenant { id: id.clone(), name, is_own, api, sites, default_site, created_at })
}

fn row(tenant: &Tenant, person: &Person) -> Result<tenant::ActiveModel, StoreError> {
    Ok(tenant::ActiveModel {
        id: Set(tenant.id.to_string()),
        user_id: Set(person.id.to_string()),
        name: Set(tenant.name.clone()),
        api: Set(tenant.api.as_ref().map(ToString::to_string)),
        sites: Set(serde_json::to_string(&tenant.sites).map_err(|_| UNREADABLE)?),
        default_site: Set(tenant.default_site.clone().map(String::from)),
        created_at: Set(tenant.created_at.millis()),
    })
}

fn read(row: tenant::Model, person: &Person) -> Result<Tenant, StoreError> {
    let default_site = row.default_site.map(TryInto::try_into).transpose().map_err(|_| UNREADABLE)?;
    Ok(Tenant {
        is_own: row.id == person.tenant.as_str(),
        id: TenantId::new(row.id),
        name: row.name,
        api: row.api.map(ProviderId::new),
        sites: serde_json::from_str(&row.sites).map_err(|_| UNREADABLE)?,
        default_site,
        created_at: Timestamp::from_millis(row.created_at),
    })
}
