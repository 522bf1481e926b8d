//! What is tried on each route.

use domain::api::sync::{NewSyncCopy, SyncKeyringChange};
use domain::api::vault::NewHalf;
use domain::id::SyncKeyId;
use domain::site::TokenCounts;

use super::bobs::{Bobs, form, push, report};
use super::*;

/// What a route could give away.
pub(super) enum Reach {
    /// Nothing that is anybody's own.
    Nobodys,
    /// One's own, found by the session alone.
    OnesOwn,
    /// What admins keep for all, and auditors read; the audit log is of this kind.
    Shared,
    /// What somebody names: refused to everybody but whom it belongs to, with this code; or, without one, answered as if it
    /// were gone already.
    Named(Vec<Attempt>, Option<Code>),
    /// A visitor's, opened by their key.
    Visitors,
}

/// One request for something of bob's.
pub(super) struct Attempt {
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Attempt {
    fn at(path: String) -> Self {
        Self { path, headers: Vec::new(), body: String::new() }
    }

    fn with<T: serde::Serialize>(self, body: &T) -> Self {
        Self { body: serde_json::to_string(body).unwrap(), ..self }
    }
}

/// What is tried on a route. Whoever adds a route says here what it could give away.
pub(super) fn case(route: &Route, bobs: &Bobs, provider: &str) -> Reach {
    let tenants = || [&bobs.clinics, &bobs.own].into_iter();
    let here = |id: &dyn std::fmt::Display| Attempt::at(route.template.replace("{id}", &id.to_string()));
    let name = format!("{} {}", route.method.name(), route.template);
    match name.as_str() {
        "GET /api/v1/setup"
        | "POST /api/v1/setup"
        | "POST /api/v1/session"
        | "GET /api/bootloader"
        | "POST /api/v1/invitations/accept"
        | "POST /api/v1/widget/conversations"
        | "GET /api/v1/default-token"
        | "POST /api/v1/token"
        | "POST /api/v1/token/verification"
        | "POST /api/v1/introspect"
        | "POST /api/v1/revoke"
        | "POST /api/v1/sandbox/clients"
        | "POST /api/v1/sandbox/site-tokens" => Reach::Nobodys,
        "GET /api/v1/session"
        | "DELETE /api/v1/session"
        | "POST /api/v1/account/password"
        | "GET /api/v1/sessions"
        | "DELETE /api/v1/sessions"
        | "GET /api/v1/tenants"
        | "POST /api/v1/tenants" => Reach::OnesOwn,
        "GET /api/v1/users"
        | "PATCH /api/v1/users/{id}"
        | "POST /api/v1/invitations"
        | "GET /api/v1/providers"
        | "POST /api/v1/providers"
        | "PUT /api/v1/providers/{id}"
        | "DELETE /api/v1/providers/{id}"
        | "POST /api/v1/providers/discovery"
        | "GET /api/v1/org-keys"
        | "POST /api/v1/org-keys"
        | "PUT /api/v1/org-keys/{id}"
        | "DELETE /api/v1/org-keys/{id}"
        | "POST /api/v1/org-keys/{id}/rotation"
        | "GET /api/v1/signing-keys"
        | "POST /api/v1/signing-keys/rotation"
        | "GET /api/v1/conversations"
        | "GET /api/v1/conversations/{id}"
        | "POST /api/v1/conversations/{id}/closure"
        | "POST /api/v1/conversations/{id}/messages"
        | "POST /api/v1/conversations/{id}/read"
        | "GET /api/v1/audit/events"
        | "GET /api/v1/audit/events.csv"
        | "GET /api/v1/audit/events.jsonl"
        | "GET /api/v1/audit/alerts"
        | "POST /api/v1/audit/alerts/{id}/acknowledgement" => Reach::Shared,
        "GET /api/v1/widget/conversations/{id}" | "POST /api/v1/widget/conversations/{id}/messages" => Reach::Visitors,
        "PUT /api/v1/tenants/{id}" => {
            Reach::Named(tenants().map(|id| here(id).with(&form("Mine now"))).collect(), Some(Code::TenantUnknown))
        }
        "PUT /api/v1/tenants/{id}/token-counts" => {
            let body = TokenCounts { active: 1, ..TokenCounts::default() };
            Reach::Named(tenants().map(|id| here(id).with(&body)).collect(), Some(Code::TenantUnknown))
        }
        "DELETE /api/v1/tenants/{id}" | "GET /api/v1/sync/{id}" | "DELETE /api/v1/sync/{id}" => {
            Reach::Named(tenants().map(|id| here(id)).collect(), Some(Code::TenantUnknown))
        }
        "POST /api/v1/sync/{id}" => {
            let body = push(&bobs.copy, &bobs.key);
            Reach::Named(tenants().map(|id| here(id).with(&body)).collect(), Some(Code::TenantUnknown))
        }
        "POST /api/v1/sync/{id}/copy" => {
            let body = NewSyncCopy { key: SyncKeyId::from_random(9), keyring: "mine".to_owned() };
            Reach::Named(tenants().map(|id| here(id).with(&body)).collect(), Some(Code::TenantUnknown))
        }
        "PUT /api/v1/sync/{id}/keyring" => {
            let (replaces, keyring) = ("canary-keyring".to_owned(), "mine".to_owned());
            let body = SyncKeyringChange { copy: bobs.copy.clone(), key: bobs.key.clone(), replaces, keyring };
            Reach::Named(tenants().map(|id| here(id).with(&body)).collect(), Some(Code::TenantUnknown))
        }
        "DELETE /api/v1/sessions/{id}" => Reach::Named(vec![here(&bobs.session)], Some(Code::NotFound)),
        "GET /api/v1/vault/halves/{id}" => Reach::Named(vec![here(&bobs.half)], Some(Code::VaultHalfUnknown)),
        "DELETE /api/v1/vault/halves/{id}" => Reach::Named(vec![here(&bobs.half)], None),
        "POST /api/v1/vault/halves" => {
            let body = |tenant: &TenantId| NewHalf { tenant: tenant.clone() };
            let all = tenants().map(|id| Attempt::at(route.template.to_owned()).with(&body(id)));
            Reach::Named(all.collect(), Some(Code::TenantUnknown))
        }
        "POST /api/v1/audit/reports" => {
            let all = tenants().map(|id| Attempt::at(route.template.to_owned()).with(&report(99, id)));
            Reach::Named(all.collect(), Some(Code::TenantUnknown))
        }
        "GET /api/v1/gateway/{provider}/{*path}"
        | "POST /api/v1/gateway/{provider}/{*path}"
        | "PUT /api/v1/gateway/{provider}/{*path}"
        | "PATCH /api/v1/gateway/{provider}/{*path}"
        | "DELETE /api/v1/gateway/{provider}/{*path}" => {
            let call = |tenant: &TenantId| {
                let mut attempt = Attempt::at(format!("/api/v1/gateway/{provider}/things"));
                let header = |name, value: &str| (name, value.to_owned());
                attempt.headers.push(header(domain::api::gateway::TENANT_HEADER, tenant.as_str()));
                attempt.headers.push(header(domain::api::gateway::TOKEN_HEADER, "eves-token"));
                attempt
            };
            Reach::Named(tenants().map(call).collect(), Some(Code::TenantUnknown))
        }
        _ => panic!("{name} is named in no case: say in isolation/cases.rs what it could give away, and try it"),
    }
}

pub(super) fn plain(route: &Route, bobs: &Bobs) -> Attempt {
    let path = route.template.replace("/conversations/{id}", &format!("/conversations/{}", bobs.conversation));
    let path = path.replace("{id}", "nobody").replace("{provider}", "nobody").replace("{*path}", "things");
    Attempt { body: "[]".to_owned(), ..Attempt::at(path) }
}
