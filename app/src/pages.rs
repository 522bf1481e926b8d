//! The pages, one file each.

mod account;
mod alerts;
mod audit;
mod audit_activities;
mod bulk;
mod connection;
mod connections;
mod conversations;
mod identity_metrics;
mod licensing;
mod monitoring;
mod new_account;
mod not_found;
mod org_keys;
mod overview;
mod people;
mod providers;
mod settings;
mod sign_in;
mod site_points;
mod site_setup;
mod sites;
mod storage;
mod sync;
mod tabs;
mod tenants;
mod token_metrics;
mod users;
mod vault;

use crate::lazy::{Lazy, lazy};

pub(crate) use not_found::not_found;

/// For people who are not signed in: three small pages in one file.
pub(crate) const SETUP: Lazy = lazy!(outside, new_account::setup);
pub(crate) const INVITATION: Lazy = lazy!(outside, new_account::invitation);
pub(crate) const SIGN_IN: Lazy = lazy!(outside, sign_in::sign_in);

pub(crate) const OVERVIEW: Lazy = lazy!(overview, overview::overview);
pub(crate) const CONNECTIONS: Lazy = lazy!(inside, connections::connections);
pub(crate) const CONNECTION: Lazy = lazy!(inside, connection::connection);
pub(crate) const ACCOUNT: Lazy = lazy!(inside, account::account);
pub(crate) const SETTINGS: Lazy = lazy!(inside, settings::settings);
pub(crate) const AUDIT_ACTIVITIES: Lazy = lazy!(watching, audit_activities::audit_activities);
pub(crate) const MONITORING: Lazy = lazy!(watching, monitoring::monitoring);
pub(crate) const TABS: Lazy = lazy!(watching, tabs::tabs);
pub(crate) const TENANTS: Lazy = lazy!(inside, tenants::tenants);
pub(crate) const STORAGE: Lazy = lazy!(inside, storage::storage);
pub(crate) const SITES: Lazy = lazy!(sites, sites::sites);
pub(crate) const SITE_POINTS: Lazy = lazy!(sites, site_points::site_points);
pub(crate) const SITE_SETUP: Lazy = lazy!(sites, site_setup::site_setup);
pub(crate) const VAULT: Lazy = lazy!(vault, vault::vault);
/// What stands in place of every page while the vault is locked.
pub(crate) const UNLOCK: Lazy = lazy!(vault, vault::unlock);
pub(crate) const SYNC: Lazy = lazy!(sync, sync::sync);
pub(crate) const PEOPLE: Lazy = lazy!(people, people::people);
pub(crate) const BULK: Lazy = lazy!(people, bulk::bulk);
pub(crate) const USERS: Lazy = lazy!(inside, users::users);
pub(crate) const PROVIDERS: Lazy = lazy!(inside, providers::providers);
pub(crate) const ORG_KEYS: Lazy = lazy!(orgs, org_keys::org_keys);
pub(crate) const CONVERSATIONS: Lazy = lazy!(orgs, conversations::conversations);
pub(crate) const AUDIT: Lazy = lazy!(auditing, audit::audit);
pub(crate) const ALERTS: Lazy = lazy!(auditing, alerts::alerts);
pub(crate) const TOKEN_METRICS: Lazy = lazy!(auditing, token_metrics::token_metrics);
pub(crate) const IDENTITY_METRICS: Lazy = lazy!(figures, identity_metrics::identity_metrics);
pub(crate) const LICENSING: Lazy = lazy!(figures, licensing::licensing);

/// The page at a path, as the routes have it; `None` where there is none.
pub(crate) fn at(path: &str) -> Option<Lazy> {
    let page = match path {
        "/setup" => SETUP,
        "/invitation" => INVITATION,
        "/sign-in" => SIGN_IN,
        "/" => OVERVIEW,
        "/connections" => CONNECTIONS,
        "/account" => ACCOUNT,
        "/monitoring" => MONITORING,
        "/audit-activities" => AUDIT_ACTIVITIES,
        "/settings" => SETTINGS,
        "/settings/storage" => STORAGE,
        "/settings/vault" => VAULT,
        "/settings/sync" => SYNC,
        "/tabs" => TABS,
        "/tenants" => TENANTS,
        "/sites" => SITES,
        "/sites/points" => SITE_POINTS,
        "/sites/setup" => SITE_SETUP,
        "/people" => PEOPLE,
        "/people/bulk" => BULK,
        "/admin/users" => USERS,
        "/admin/providers" => PROVIDERS,
        "/admin/org-keys" => ORG_KEYS,
        "/admin/conversations" => CONVERSATIONS,
        "/admin/audit" => AUDIT,
        "/admin/alerts" => ALERTS,
        "/token-metrics" => TOKEN_METRICS,
        "/identity-metrics" => IDENTITY_METRICS,
        "/licensing" => LICENSING,
        _ if path.starts_with("/connections/") => CONNECTION,
        _ => return None,
    };
    Some(page)
}
