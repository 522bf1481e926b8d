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

lazy! {
    /// For people who are not signed in: three small pages in one file.
    pub(crate) fn setup = outside, new_account::setup;
    pub(crate) fn invitation = outside, new_account::invitation;
    pub(crate) fn sign_in = outside, sign_in::sign_in;

    pub(crate) fn overview = overview, overview::overview;
    pub(crate) fn connections = inside, connections::connections;
    pub(crate) fn connection = inside, connection::connection;
    pub(crate) fn account = inside, account::account;
    pub(crate) fn settings = inside, settings::settings;
    pub(crate) fn audit_activities = watching, audit_activities::audit_activities;
    pub(crate) fn monitoring = watching, monitoring::monitoring;
    pub(crate) fn tabs = watching, tabs::tabs;
    pub(crate) fn tenants = inside, tenants::tenants;
    pub(crate) fn storage = inside, storage::storage;
    pub(crate) fn sites = sites, sites::sites;
    pub(crate) fn site_points = sites, site_points::site_points;
    pub(crate) fn site_setup = sites, site_setup::site_setup;
    pub(crate) fn vault = vault, vault::vault;
    /// What stands in place of every page while the vault is locked.
    pub(crate) fn unlock = vault, vault::unlock;
    pub(crate) fn sync = sync, sync::sync;
    pub(crate) fn people = people, people::people;
    pub(crate) fn bulk = people, bulk::bulk;
    pub(crate) fn users = inside, users::users;
    pub(crate) fn providers = inside, providers::providers;
    pub(crate) fn org_keys = orgs, org_keys::org_keys;
    pub(crate) fn conversations = orgs, conversations::conversations;
    pub(crate) fn audit = auditing, audit::audit;
    pub(crate) fn alerts = auditing, alerts::alerts;
    pub(crate) fn token_metrics = auditing, token_metrics::token_metrics;
    pub(crate) fn identity_metrics = figures, identity_metrics::identity_metrics;
    pub(crate) fn licensing = figures, licensing::licensing;
}

/// The page at a path, as the routes have it; `None` where there is none.
pub(crate) fn at(path: &str) -> Option<Lazy> {
    let page = match path {
        "/setup" => setup(),
        "/invitation" => invitation(),
        "/sign-in" => sign_in(),
        "/" => overview(),
        "/connections" => connections(),
        "/account" => account(),
        "/monitoring" => monitoring(),
        "/audit-activities" => audit_activities(),
        "/settings" => settings(),
        "/settings/storage" => storage(),
        "/settings/vault" => vault(),
        "/settings/sync" => sync(),
        "/tabs" => tabs(),
        "/tenants" => tenants(),
        "/sites" => sites(),
        "/sites/points" => site_points(),
        "/sites/setup" => site_setup(),
        "/people" => people(),
        "/people/bulk" => bulk(),
        "/admin/users" => users(),
        "/admin/providers" => providers(),
        "/admin/org-keys" => org_keys(),
        "/admin/conversations" => conversations(),
        "/admin/audit" => audit(),
        "/admin/alerts" => alerts(),
        "/token-metrics" => token_metrics(),
        "/identity-metrics" => identity_metrics(),
        "/licensing" => licensing(),
        _ if path.starts_with("/connections/") => connection(),
        _ => return None,
    };
    Some(page)
}
