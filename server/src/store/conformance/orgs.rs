//! Organizations with their keys, and what signs for them.

use super::*;

pub(crate) fn origin(host: &str) -> Origin {
    Origin::parse(&format!("https://{host}")).unwrap()
}

/// Keeps an organization with one origin.
pub(crate) async fn org(store: &dyn Store, id: &str) -> OrgKey {
    let org = OrgKey {
        id: OrgId::new(id),
        name: format!("Name of {id}"),
        key: format!("key of {id}"),
        retiring: Vec::new(),
        origins: vec![origin(&format!("{id}.example"))],
        lifetime_seconds: 300,
        widget: WidgetConfig::default(),
        config_version: 1,
        created_at: NOON,
        revoked_at: None,
    };
    store.add_org(&org, &note()).await.unwrap();
    org
}

pub(crate) async fn an_org_key_works_until_its_overlap_ends(store: &dyn Store) {
    let org = org(store, "a").await;
    assert_eq!(store.org_of_key("key of a", NOON).await.unwrap(), Some(org.clone()));
    let rotated = store.rotate_org_key(&org.id, "new", NOON + MINUTE, NOON, &note()).await.unwrap();
    assert_eq!((rotated.key.as_str(), rotated.retiring[0].key.as_str()), ("new", "key of a"));
    let found = async |key: &str, now| store.org_of_key(key, now).await.unwrap().map(|org| org.id);
    assert_eq!(found("key of a", NOON).await, Some(org.id.clone()));
    assert_eq!(found("key of a", NOON + MINUTE).await, None);
    assert_eq!(found("new", NOON + MINUTE).await, Some(org.id.clone()));
    assert!(store.org(&org.id, NOON + MINUTE).await.unwrap().unwrap().retiring.is_empty());
}

pub(crate) async fn a_revoked_org_stays_and_changes_no_more(store: &dyn Store) {
    let (gone, stays) = (org(store, "a").await, org(store, "b").await);
    store.revoke_org(&gone.id, NOON, &note()).await.unwrap();
    store.revoke_org(&gone.id, NOON + MINUTE, &note()).await.unwrap();
    let all: Vec<_> = store.orgs(NOON).await.unwrap().into_iter().map(|org| (org.id, org.revoked_at)).collect();
    assert_eq!(all, [(stays.id, None), (gone.id.clone(), Some(NOON))]);
    let rotated = store.rotate_org_key(&gone.id, "new", NOON, NOON, &note()).await;
    assert!(matches!(rotated, Err(ChangeOrgError::Revoked)));
    assert!(store.is_origin_named("https://a.example").await.unwrap());
    assert!(matches!(store.revoke_org(&OrgId::new("c"), NOON, &note()).await, Err(ChangeOrgError::Unknown)));
}

pub(crate) async fn a_change_moves_the_orgs_version_and_its_origins(store: &dyn Store) {
    let org = org(store, "a").await;
    let change = OrgChange {
        name: "Other".to_owned(),
        origins: vec![origin("b.example"), origin("c.example")],
        lifetime_seconds: 20,
        widget: WidgetConfig { title: "Help".to_owned(), ..WidgetConfig::default() },
    };
    let changed = store.change_org(&org.id, &change, NOON, &note()).await.unwrap();
    let expected = OrgKey {
        name: "Other".to_owned(),
        origins: change.origins.clone(),
        lifetime_seconds: 20,
        widget: change.widget.clone(),
        config_version: 2,
        ..org
    };
    assert_eq!(changed, expected);
    assert!(!store.is_origin_named("https://a.example").await.unwrap());
    assert!(store.is_origin_named("https://c.example").await.unwrap());
}

fn signing_key(kid: &str, at: Timestamp) -> SigningKeyRecord {
    SigningKeyRecord {
        kid: kid.to_owned(),
        public_jwk: "{}".to_owned(),
        sealed: vec![1, 2],
        created_at: at,
        retired_at: None,
        published_until: None,
    }
}

pub(crate) async fn one_key_signs_at_a_time(store: &dyn Store) {
    let replace = async |kid: &str, instead_of, until| {
        store.replace_signing_key(&signing_key(kid, NOON), instead_of, until, &note()).await.unwrap()
    };
    assert!(replace("a", None, NOON).await);
    assert!(!replace("b", None, NOON).await, "somebody else was first");
    assert!(replace("c", Some("a"), NOON + MINUTE).await);
    let kids = async |now| store.signing_keys(now).await.unwrap().into_iter().map(|key| (key.kid, key.published_until));
    let both: Vec<_> = kids(NOON).await.collect();
    assert_eq!(both, [("c".to_owned(), None), ("a".to_owned(), Some(NOON + MINUTE))]);
    assert_eq!(kids(NOON + MINUTE).await.count(), 1);
}
