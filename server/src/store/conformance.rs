//! What every store must hold to, whatever database it is over. [`suite`] runs it all against one.

use domain::api::account::Role;
use domain::api::org::OrgKey;
use domain::api::users::UserChange;
use domain::api::widget::{Author, WidgetConfig};
use domain::audit::{Action, Entry, Outcome};
use domain::id::{ConversationId, OrgId, ProviderId, SessionId, TenantId, UserId};
use domain::org::Origin;
use domain::provider::{AssertionAudience, GatewayRules, PathPattern, Provider, ProviderKind, Region};
use domain::secret::Secret;
use domain::site::SiteId;
use domain::tenant::{AllowedSites, MOST_TENANTS, OWN_NAME, TenantForm};
use domain::time::{Span, Timestamp};

use super::{
    AcceptError, AddMessageError, Attempt, Begin, Begun, ChangeOrgError, ChangeProviderError, ChangeTenantError,
    ChangeUserError, Cutoffs, NewPerson, NewSession, OrgChange, Person, RunKey, SigningKeyRecord, Store, Trace,
    Writing,
};
use crate::digest::Digest;

mod conversations;
mod orgs;
mod people;
mod results;
mod tenants;

pub(crate) use conversations::*;
pub(crate) use orgs::*;
pub(crate) use people::*;
pub(crate) use results::*;
pub(crate) use tenants::*;

pub(crate) const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);
pub(crate) const MINUTE: Span = Span::from_seconds(60);

/// Writes one test for each rule; the argument makes a store and what must outlive it.
macro_rules! suite {
    ($make:ident) => {
        $crate::store::conformance::suite!($make:
            a_link_makes_one_person_once,
            a_taken_name_leaves_the_link_as_it_was,
            setup_is_for_the_first_admin_only,
            a_session_is_found_by_its_cookie_until_it_ends,
            a_new_password_keeps_one_session_under_a_new_cookie,
            the_last_active_admin_stays,
            provider_names_are_unlike_whatever_their_case,
            attempts_are_counted_one_after_the_other,
            a_key_is_held_then_answers_then_is_free,
            a_lease_that_ran_out_is_taken_over,
            results_end_with_their_session,
            the_sweep_removes_what_has_ended_and_nothing_else,
            an_org_key_works_until_its_overlap_ends,
            a_revoked_org_stays_and_changes_no_more,
            a_change_moves_the_orgs_version_and_its_origins,
            one_key_signs_at_a_time,
            a_conversation_begins_once_for_its_key,
            messages_are_written_once_and_in_order,
            what_an_admin_has_read_is_not_unread,
            a_closed_conversation_takes_repeats_only,
            quiet_conversations_are_removed_with_their_messages,
            everyone_has_a_tenant_of_their_own_that_stays,
            tenants_are_made_listed_changed_and_removed,
            a_tenant_of_somebody_else_is_as_if_it_were_not_there,
            tenant_names_of_one_person_are_unlike,
            tenants_have_an_end,
        );
    };
    ($make:ident: $($rule:ident,)*) => {
        $(#[tokio::test]
        async fn $rule() {
            let (_kept, store) = $make().await;
            $crate::store::conformance::$rule(&store).await;
        })*
    };
}
pub(crate) use suite;

fn new_person(name: &str) -> NewPerson {
    NewPerson {
        id: UserId::new(format!("id of {name}")),
        tenant: TenantId::new(format!("tenant of {name}")),
        username: name.to_owned(),
        password_hash: Secret::new("$hash"),
        at: NOON,
    }
}

fn trace(at: Timestamp) -> Trace {
    Trace { at, address: "192.0.2.1".to_owned(), user_agent: "Testfox".to_owned() }
}

fn provider(id: &str, name: &str) -> Provider {
    Provider {
        id: ProviderId::new(id),
        name: name.to_owned(),
        enabled: true,
        kind: ProviderKind::PingOne { regions: vec![Region::Eu], custom_domains: Vec::new() },
        assertion_audience: AssertionAudience::Exact("x".to_owned()),
        gateway: GatewayRules {
            paths: vec![PathPattern::parse("sites/*").expect("a pattern")],
            per_minute: Some(7),
            ..GatewayRules::default()
        },
    }
}

/// What a deed is recorded as; what it says is tested elsewhere.
pub(crate) fn note() -> Entry {
    Entry::by_server(Action::ServerStarted, Outcome::Done, NOON)
}

/// Makes the first admin.
pub(crate) async fn make_admin(store: &dyn Store) -> Person {
    let key = Digest::of_text("setup");
    assert!(store.renew_setup_link(&key, NOON).await.unwrap());
    store.complete_setup(&key, &new_person("ada"), &note()).await.unwrap()
}

async fn invite(store: &dyn Store, name: &str, role: Role) -> Person {
    let key = Digest::of_text(name);
    store.add_invitation(&key, role, NOON, NOON + Span::from_seconds(60), &note()).await.unwrap();
    store.accept_invitation(&key, &new_person(name), &note()).await.unwrap()
}

async fn open(store: &dyn Store, person: &Person, cookie: &str, at: Timestamp) -> SessionId {
    let (id, digest) = (SessionId::new(format!("id of {cookie}")), Digest::of_text(cookie));
    let session = NewSession { id: id.clone(), user: person.id.clone(), digest, trace: trace(at), replaces: None };
    store.open_session(&session, &note()).await.unwrap();
    id
}
