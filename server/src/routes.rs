//! The routes of the API, one module a subject, and the few routes around them.

mod account;
mod asked;
mod audit;
mod conversations;
mod default_token;
mod gateway;
mod health;
mod idempotency;
mod jwks;
mod links;
mod metrics;
mod mount;
pub mod openapi;
mod org_keys;
mod password;
mod provider_form;
mod providers;
mod sandbox_clients;
mod sync;
mod table;
mod tenants;
mod token;
mod users;
mod vault;
mod waiting;
mod widget;

pub use asked::{Asked, Reply};
pub use health::health;
pub use jwks::jwks;
pub use metrics::metrics;
pub use mount::Routes;
#[cfg(feature = "sandbox")]
pub(crate) use org_keys::new_key as new_org_key;
pub use table::Route;

use domain::api::Method;
use domain::api::{
    account as a, audit as log, conversations as c, default_token as d, introspection as i, org as o, providers as p,
    sync as y, tenants as n, token as t, users as u, vault as v, widget as w,
};

/// Every endpoint with what answers it.
pub fn api() -> Routes {
    Routes::default()
        .mount::<a::Setup, _, _>(links::setup)
        .mount::<a::CompleteSetup, _, _>(links::complete_setup)
        .mount::<a::AcceptInvitation, _, _>(links::accept_invitation)
        .mount::<a::SignIn, _, _>(account::sign_in)
        .mount::<a::CurrentSession, _, _>(account::current_session)
        .mount::<a::SignOut, _, _>(account::sign_out)
        .mount::<a::Sessions, _, _>(account::sessions)
        .mount::<a::SignOutEverywhere, _, _>(account::sign_out_everywhere)
        .mount::<a::EndSession, _, _>(account::end_session)
        .mount::<a::ChangePassword, _, _>(password::change_password)
        .mount::<u::Users, _, _>(users::users)
        .mount::<u::ChangeUser, _, _>(users::change_user)
        .mount::<u::Invite, _, _>(links::invite)
        .mount::<p::Providers, _, _>(providers::providers)
        .mount::<p::AddProvider, _, _>(providers::add_provider)
        .mount::<p::ChangeProvider, _, _>(providers::change_provider)
        .mount::<p::RemoveProvider, _, _>(providers::remove_provider)
        .mount::<p::LookUpIssuer, _, _>(providers::look_up_issuer)
        .mount::<p::AddSandboxClient, _, _>(sandbox_clients::add_sandbox_client)
        .mount::<p::AddSandboxSiteToken, _, _>(sandbox_clients::add_sandbox_site_token)
        .mount::<n::Tenants, _, _>(tenants::tenants)
        .mount::<n::AddTenant, _, _>(tenants::add_tenant)
        .mount::<n::ChangeTenant, _, _>(tenants::change_tenant)
        .mount::<n::RemoveTenant, _, _>(tenants::remove_tenant)
        .mount::<n::TellTokenCounts, _, _>(tenants::tell_token_counts)
        .mount::<y::ReadSync, _, _>(sync::read)
        .mount::<y::BeginSync, _, _>(sync::begin)
        .mount::<y::PushSync, _, _>(sync::push)
        .mount::<y::ChangeSyncKeyring, _, _>(sync::change_keyring)
        .mount::<y::DeleteSync, _, _>(sync::delete)
        .mount::<t::ObtainToken, _, _>(token::obtain_token)
        .mount::<t::VerifyToken, _, _>(token::verify_token)
        .mount::<i::IntrospectToken, _, _>(token::introspect_token)
        .mount::<i::RevokeToken, _, _>(token::revoke_token)
        .mount::<o::OrgKeys, _, _>(org_keys::org_keys)
        .mount::<o::AddOrgKey, _, _>(org_keys::add_org_key)
        .mount::<o::ChangeOrgKey, _, _>(org_keys::change_org_key)
        .mount::<o::RotateOrgKey, _, _>(org_keys::rotate_org_key)
        .mount::<o::RevokeOrgKey, _, _>(org_keys::revoke_org_key)
        .mount::<o::SigningKeys, _, _>(org_keys::signing_keys)
        .mount::<o::RotateSigningKey, _, _>(org_keys::rotate_signing_key)
        .mount::<w::Bootloader, _, _>(widget::bootloader)
        .mount::<w::BeginConversation, _, _>(widget::begin_conversation)
        .mount::<w::SendMessage, _, _>(widget::send_message)
        .mount::<w::ReadMessages, _, _>(widget::read_messages)
        .mount::<c::Conversations, _, _>(conversations::conversations)
        .mount::<c::OpenConversation, _, _>(conversations::open_conversation)
        .mount::<c::ReplyToVisitor, _, _>(conversations::reply)
        .mount::<c::MarkRead, _, _>(conversations::mark_read)
        .mount::<c::CloseConversation, _, _>(conversations::close_conversation)
        .mount::<d::ReadDefaultToken, _, _>(default_token::default_token)
        .mount::<log::AuditEvents, _, _>(audit::events)
        .mount::<log::ReportEvents, _, _>(audit::report)
        .mount::<log::Alerts, _, _>(audit::alerts)
        .mount::<log::AcknowledgeAlert, _, _>(audit::acknowledge)
        .pass(audit::csv(), audit::export)
        .pass(audit::json_lines(), audit::export)
        .mount::<v::MakeVaultHalf, _, _>(vault::make_half)
        .mount::<v::GetVaultHalf, _, _>(vault::half)
        .mount::<v::DropVaultHalf, _, _>(vault::drop_half)
        .pass(gateway::route(Method::Get), gateway::call)
        .pass(gateway::route(Method::Post), gateway::call)
        .pass(gateway::route(Method::Put), gateway::call)
        .pass(gateway::route(Method::Patch), gateway::call)
        .pass(gateway::route(Method::Delete), gateway::call)
}
