//! Each person's tenants.

use super::*;

fn tenant_form(name: &str) -> TenantForm {
    TenantForm { name: name.to_owned(), api: None, sites: AllowedSites::All, default_site: None }
}

/// Makes a tenant of that name and id.
async fn add_tenant(store: &dyn Store, person: &Person, name: &str) -> Result<TenantId, ChangeTenantError> {
    let id = TenantId::new(format!("{name} of {}", person.username));
    store.add_tenant(person, &id, &tenant_form(name), NOON, &note()).await.map(|tenant| tenant.id)
}

async fn tenant_names(store: &dyn Store, person: &Person) -> Vec<String> {
    store.tenants(person).await.unwrap().into_iter().map(|tenant| tenant.name).collect()
}

pub(crate) async fn everyone_has_a_tenant_of_their_own_that_stays(store: &dyn Store) {
    let ada = make_admin(store).await;
    let all = store.tenants(&ada).await.unwrap();
    let [own] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((&own.id, own.name.as_str(), own.is_own), (&ada.tenant, OWN_NAME, true));
    assert_eq!((&own.sites, own.created_at), (&AllowedSites::All, ada.created_at));
    let renamed = store.change_tenant(&ada, &ada.tenant, &tenant_form("Ada's"), &note()).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.is_own, renamed.created_at), ("Ada's", true, ada.created_at));
    assert_eq!(store.tenant(&ada, &ada.tenant).await.unwrap(), Some(renamed));
    let removed = store.remove_tenant(&ada, &ada.tenant, &note()).await;
    assert!(matches!(removed, Err(ChangeTenantError::Own)));
    assert_eq!(tenant_names(store, &ada).await, ["Ada's"]);
}

pub(crate) async fn tenants_are_made_listed_changed_and_removed(store: &dyn Store) {
    let ada = make_admin(store).await;
    let (zoo, bar) = (add_tenant(store, &ada, "zoo").await.unwrap(), add_tenant(store, &ada, "Bar").await.unwrap());
    assert_eq!(tenant_names(store, &ada).await, [OWN_NAME, "Bar", "zoo"]);
    let site = |text: &str| SiteId::parse(text).unwrap();
    let limited = TenantForm {
        name: " Foo ".to_owned(),
        api: Some(ProviderId::new("ace")),
        sites: AllowedSites::Only(vec![site("b"), site("a"), site("b")]),
        default_site: Some(site("b")),
    };
    let changed = store.change_tenant(&ada, &zoo, &limited, &note()).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.api.as_ref()), ("Foo", Some(&ProviderId::new("ace"))));
    assert_eq!(changed.sites, AllowedSites::Only(vec![site("a"), site("b")]));
    assert_eq!(store.tenant(&ada, &zoo).await.unwrap(), Some(changed));
    store.remove_tenant(&ada, &bar, &note()).await.unwrap();
    assert!(matches!(store.remove_tenant(&ada, &bar, &note()).await, Err(ChangeTenantError::Unknown)));
    assert_eq!(store.tenant(&ada, &bar).await.unwrap(), None);
    assert_eq!(tenant_names(store, &ada).await, [OWN_NAME, "Foo"]);
}

pub(crate) async fn a_tenant_of_somebody_else_is_as_if_it_were_not_there(store: &dyn Store) {
    let (ada, bob) = (make_admin(store).await, invite(store, "bob", Role::User).await);
    let clinics = add_tenant(store, &ada, "Clinics").await.unwrap();
    for foreign in [&clinics, &ada.tenant, &TenantId::new("nobody's")] {
        assert_eq!(store.tenant(&bob, foreign).await.unwrap(), None);
        let changed = store.change_tenant(&bob, foreign, &tenant_form("Mine"), &note()).await;
        assert!(matches!(changed, Err(ChangeTenantError::Unknown)));
        assert!(matches!(store.remove_tenant(&bob, foreign, &note()).await, Err(ChangeTenantError::Unknown)));
    }
    assert_eq!(tenant_names(store, &bob).await, [OWN_NAME]);
    assert_eq!(tenant_names(store, &ada).await, [OWN_NAME, "Clinics"]);
    add_tenant(store, &bob, "Clinics").await.unwrap();
}

pub(crate) async fn tenant_names_of_one_person_are_unlike(store: &dyn Store) {
    let ada = make_admin(store).await;
    let clinics = add_tenant(store, &ada, "Clinics").await.unwrap();
    for taken in ["cLINICS ", OWN_NAME] {
        let Err(ChangeTenantError::Form(errors)) = add_tenant(store, &ada, taken).await else { panic!("{taken}") };
        assert_eq!(errors[0].field, "name");
    }
    let own = store.change_tenant(&ada, &ada.tenant, &tenant_form("clinics"), &note()).await;
    assert!(matches!(own, Err(ChangeTenantError::Form(_))));
    assert_eq!(store.change_tenant(&ada, &clinics, &tenant_form("CLINICS"), &note()).await.unwrap().name, "CLINICS");
}

pub(crate) async fn tenants_have_an_end(store: &dyn Store) {
    let ada = make_admin(store).await;
    for number in 1..MOST_TENANTS {
        add_tenant(store, &ada, &format!("tenant {number}")).await.unwrap();
    }
    assert!(matches!(add_tenant(store, &ada, "one more").await, Err(ChangeTenantError::TooMany)));
    assert_eq!(store.tenants(&ada).await.unwrap().len(), MOST_TENANTS);
}
