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

pub(crate) const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

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

pub(crate) async fn a_link_makes_one_person_once(store: &dyn Store) {
    let person = invite(store, "bob", Role::Auditor).await;
    assert_eq!((person.username.as_str(), person.role, person.disabled), ("bob", Role::Auditor, false));
    let again = store.accept_invitation(&Digest::of_text("bob"), &new_person("eve"), &note()).await;
    assert!(matches!(again, Err(AcceptError::Invalid)));
    let key = Digest::of_text("late");
    store.add_invitation(&key, Role::User, NOON, NOON, &note()).await.unwrap();
    assert!(!store.link_is_valid(&key, false, NOON).await.unwrap());
}

pub(crate) async fn a_taken_name_leaves_the_link_as_it_was(store: &dyn Store) {
    invite(store, "bob", Role::User).await;
    let key = Digest::of_text("another");
    store.add_invitation(&key, Role::User, NOON, NOON + Span::from_seconds(60), &note()).await.unwrap();
    let taken = store.accept_invitation(&key, &new_person("bob"), &note()).await;
    assert!(matches!(taken, Err(AcceptError::NameTaken)));
    assert!(store.link_is_valid(&key, false, NOON).await.unwrap());
}

pub(crate) async fn setup_is_for_the_first_admin_only(store: &dyn Store) {
    assert!(!store.admin_exists().await.unwrap());
    make_admin(store).await;
    assert!(store.admin_exists().await.unwrap());
    assert!(!store.renew_setup_link(&Digest::of_text("late"), NOON).await.unwrap());
    let late = store.complete_setup(&Digest::of_text("late"), &new_person("eve"), &note()).await;
    assert!(matches!(late, Err(AcceptError::SetupDone)));
}

pub(crate) async fn a_session_is_found_by_its_cookie_until_it_ends(store: &dyn Store) {
    let ada = make_admin(store).await;
    let (one, two) = (open(store, &ada, "one", NOON).await, open(store, &ada, "two", NOON).await);
    let (found, person) = store.session(&Digest::of_text("one")).await.unwrap().unwrap();
    assert_eq!((&found.id, &person.id, person.last_sign_in_at), (&one, &ada.id, Some(NOON)));
    let later = trace(NOON + Span::from_seconds(60));
    store.touch_session(&one, &later).await.unwrap();
    assert_eq!(store.session(&Digest::of_text("one")).await.unwrap().unwrap().0.last, later);
    assert!(!store.end_session(&UserId::new("somebody else"), &one, &note()).await.unwrap());
    assert!(store.end_session(&ada.id, &one, &note()).await.unwrap());
    assert!(store.session(&Digest::of_text("one")).await.unwrap().is_none());
    assert_eq!(store.sessions(&ada.id).await.unwrap()[0].id, two);
    store.end_sessions(&ada.id, &note()).await.unwrap();
    assert!(store.sessions(&ada.id).await.unwrap().is_empty());
}

pub(crate) async fn a_new_password_keeps_one_session_under_a_new_cookie(store: &dyn Store) {
    let ada = make_admin(store).await;
    let kept = open(store, &ada, "one", NOON).await;
    open(store, &ada, "two", NOON).await;
    store.change_password(&ada.id, &Secret::new("$new"), &kept, &Digest::of_text("fresh"), &note()).await.unwrap();
    for gone in ["one", "two"] {
        assert!(store.session(&Digest::of_text(gone)).await.unwrap().is_none(), "{gone}");
    }
    let (found, person) = store.session(&Digest::of_text("fresh")).await.unwrap().unwrap();
    assert_eq!((found.id, person.password_hash), (kept, Secret::new("$new")));
}

pub(crate) async fn the_last_active_admin_stays(store: &dyn Store) {
    let (ada, bob) = (make_admin(store).await, invite(store, "bob", Role::Admin).await);
    open(store, &bob, "bob", NOON).await;
    let disable = UserChange { role: None, disabled: Some(true) };
    assert!(store.change_user(&bob.id, &disable, &note()).await.unwrap().disabled);
    assert!(store.sessions(&bob.id).await.unwrap().is_empty(), "disabling ends sessions");
    let demote = UserChange { role: Some(Role::User), disabled: None };
    assert!(matches!(store.change_user(&ada.id, &demote, &note()).await, Err(ChangeUserError::LastAdmin)));
    assert_eq!(store.user_by_name("ada").await.unwrap().unwrap().role, Role::Admin);
    let nobody = store.change_user(&UserId::new("nobody"), &demote, &note()).await;
    assert!(matches!(nobody, Err(ChangeUserError::Unknown)));
}

pub(crate) async fn provider_names_are_unlike_whatever_their_case(store: &dyn Store) {
    store.add_provider(&provider("1", "Ünique"), &note()).await.unwrap();
    let same = store.add_provider(&provider("2", "üNIQUE"), &note()).await;
    assert!(matches!(same, Err(ChangeProviderError::NameTaken)));
    let renamed = provider("1", "ünique");
    store.change_provider(&renamed, &note()).await.unwrap();
    assert_eq!(store.providers().await.unwrap(), std::slice::from_ref(&renamed));
    assert_eq!(store.provider(&renamed.id).await.unwrap(), Some(renamed.clone()));
    let unknown = store.change_provider(&provider("2", "Other"), &note()).await;
    assert!(matches!(unknown, Err(ChangeProviderError::Unknown)));
    assert!(
        store.remove_provider(&renamed.id, &note()).await.unwrap()
            && !store.remove_provider(&renamed.id, &note()).await.unwrap()
    );
}

pub(crate) async fn attempts_are_counted_one_after_the_other(store: &dyn Store) {
    let pace = |before: Option<Attempt>| {
        let failures = before.map_or(0, |before| before.failures) + 1;
        let attempt = Attempt { failures, last_at: NOON, blocked_until: NOON };
        if failures > 3 { Err(Span::from_seconds(7)) } else { Ok(attempt) }
    };
    let tries = (0..10).map(|_| store.begin_attempt("ada", &pace));
    let begun = futures::future::join_all(tries).await;
    let refused = begun.into_iter().filter(|begun| *begun.as_ref().unwrap() == Err(Span::from_seconds(7)));
    assert_eq!(refused.count(), 7);
    store.forgive_attempt("ada").await.unwrap();
    assert_eq!(store.begin_attempt("ada", &pace).await.unwrap(), Ok(()));
    store.forget_attempts("ada").await.unwrap();
    store.forgive_attempt("ada").await.unwrap();
    assert_eq!(store.begin_attempt("ada", &|before| before.ok_or(Span::ZERO)).await.unwrap(), Err(Span::ZERO));
}

/// A run of a session that exists.
pub(crate) async fn run(store: &dyn Store) -> RunKey {
    let ada = make_admin(store).await;
    RunKey { session: open(store, &ada, "one", NOON).await, key: Digest::of_text("key") }
}

pub(crate) const MINUTE: Span = Span::from_seconds(60);

pub(crate) async fn a_key_is_held_then_answers_then_is_free(store: &dyn Store) {
    let (run, body, other) = (run(store).await, Digest::of_text("body"), Digest::of_text("other"));
    let begin = async |body: &Digest, now| store.begin_run(&run, body, now, now + MINUTE).await.unwrap();
    assert_eq!(begin(&body, NOON).await, Begun::First);
    assert_eq!(begin(&body, NOON).await, Begun::Running);
    assert_eq!(begin(&other, NOON).await, Begun::OtherBody);
    store.finish_run(&run, vec![1, 2], NOON + MINUTE, &note()).await.unwrap();
    assert_eq!(begin(&body, NOON).await, Begun::Done(vec![1, 2]));
    assert_eq!(begin(&other, NOON).await, Begun::OtherBody);
    assert_eq!(begin(&other, NOON + MINUTE).await, Begun::First);
    store.release_run(&run, &note()).await.unwrap();
    assert_eq!(begin(&body, NOON).await, Begun::First);
}

pub(crate) async fn a_lease_that_ran_out_is_taken_over(store: &dyn Store) {
    let (run, body) = (run(store).await, Digest::of_text("body"));
    store.begin_run(&run, &body, NOON, NOON + MINUTE).await.unwrap();
    let later = NOON + MINUTE;
    assert_eq!(store.begin_run(&run, &body, later, later + MINUTE).await.unwrap(), Begun::First);
    assert_eq!(store.begin_run(&run, &body, later, later + MINUTE).await.unwrap(), Begun::Running);
}

pub(crate) async fn results_end_with_their_session(store: &dyn Store) {
    let (run, body) = (run(store).await, Digest::of_text("body"));
    store.begin_run(&run, &body, NOON, NOON + MINUTE).await.unwrap();
    store.end_sessions(&UserId::new("id of ada"), &note()).await.unwrap();
    let person = store.user_by_name("ada").await.unwrap().unwrap();
    open(store, &person, "one", NOON).await;
    assert_eq!(store.begin_run(&run, &body, NOON, NOON + MINUTE).await.unwrap(), Begun::First);
}

pub(crate) async fn the_sweep_removes_what_has_ended_and_nothing_else(store: &dyn Store) {
    let ada = make_admin(store).await;
    open(store, &ada, "old", NOON).await;
    let living = open(store, &ada, "new", NOON + MINUTE).await;
    let key = Digest::of_text("invitation");
    store.add_invitation(&key, Role::User, NOON, NOON + MINUTE + MINUTE, &note()).await.unwrap();
    let now = NOON + MINUTE;
    store.sweep(Cutoffs { now, last_used: now, begun: NOON, attempts: NOON, conversations: NOON }).await.unwrap();
    let left: Vec<_> = store.sessions(&ada.id).await.unwrap().into_iter().map(|session| session.id).collect();
    assert_eq!(left, [living]);
    assert!(store.link_is_valid(&key, false, now).await.unwrap());
}

fn origin(host: &str) -> Origin {
    Origin::parse(&format!("https://{host}")).unwrap()
}

/// Keeps an organization with one origin.
async fn org(store: &dyn Store, id: &str) -> OrgKey {
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

/// Begins a conversation on a page of an organization that exists.
async fn begin(store: &dyn Store, org: &OrgKey, id: &str, key: &str) -> (ConversationId, bool) {
    let begin = Begin {
        id: ConversationId::new(id),
        org: org.id.clone(),
        begin_key: Digest::of_text(key),
        salt: format!("salt of {id}"),
        visitor_key: Digest::of_text(id),
        at: NOON,
    };
    let (begun, is_new) = store.begin_conversation(&begin).await.unwrap();
    (begun.id, is_new)
}

fn writing(conversation: &ConversationId, from: Author, id: &str, text: &str) -> Writing {
    let (conversation, client_id, text) = (conversation.clone(), id.to_owned(), text.to_owned());
    Writing { conversation, from, client_id, text, at: NOON + MINUTE }
}

pub(crate) async fn a_conversation_begins_once_for_its_key(store: &dyn Store) {
    let (a, b) = (org(store, "a").await, org(store, "b").await);
    let one = ConversationId::new("1");
    assert_eq!(begin(store, &a, "1", "key").await, (one.clone(), true));
    assert_eq!(begin(store, &a, "2", "key").await, (one.clone(), false));
    assert_eq!(begin(store, &b, "3", "key").await, (ConversationId::new("3"), true));
    let found = store.conversation(&one).await.unwrap().unwrap();
    assert_eq!((found.org, found.salt.as_str(), found.created_at), (a.id, "salt of 1", NOON));
}

pub(crate) async fn messages_are_written_once_and_in_order(store: &dyn Store) {
    let (id, _) = begin(store, &org(store, "a").await, "1", "key").await;
    let texts = (0..10).map(|number| writing(&id, Author::Visitor, &format!("m{}", number % 5), "text"));
    let writings: Vec<_> = texts.collect();
    let written = futures::future::join_all(writings.iter().map(|writing| store.add_message(writing))).await;
    assert!(written.iter().all(Result::is_ok));
    let places = async |after, most| {
        store.messages(&id, after, most).await.unwrap().into_iter().map(|message| message.seq).collect::<Vec<_>>()
    };
    assert_eq!(places(0, 100).await, [1, 2, 3, 4, 5]);
    assert_eq!(places(3, 1).await, [4]);
    let other = store.add_message(&writing(&id, Author::Visitor, "m0", "other")).await;
    assert!(matches!(other, Err(AddMessageError::OtherText)));
    let staff = store.add_message(&writing(&id, Author::Staff, "m0", "other")).await.unwrap();
    assert_eq!((staff.seq, staff.from), (6, Author::Staff));
    let nowhere = store.add_message(&writing(&ConversationId::new("2"), Author::Staff, "m0", "x")).await;
    assert!(matches!(nowhere, Err(AddMessageError::Unknown)));
}

pub(crate) async fn what_an_admin_has_read_is_not_unread(store: &dyn Store) {
    let org = org(store, "a").await;
    let (id, _) = begin(store, &org, "1", "key").await;
    begin(store, &org, "empty", "other key").await;
    for number in 1..=3 {
        let text = format!("message {number}");
        store.add_message(&writing(&id, Author::Visitor, &text, &text)).await.unwrap();
    }
    let unread = async || store.conversation_summary(&id).await.unwrap().unwrap().unread;
    assert_eq!(unread().await, 3);
    assert!(store.mark_read(&id, 2).await.unwrap());
    assert_eq!(unread().await, 1);
    assert!(store.mark_read(&id, 1).await.unwrap());
    assert_eq!(unread().await, 1, "what was read stays read");
    assert!(store.mark_read(&id, 99).await.unwrap());
    let listed = store.conversations(10).await.unwrap();
    assert_eq!(listed.len(), 1, "one without a message is not listed");
    let summary = &listed[0];
    assert_eq!((summary.unread, summary.messages, summary.snippet.as_str()), (0, 3, "message 3"));
    assert_eq!((summary.org.name.as_str(), summary.last_from), ("Name of a", Some(Author::Visitor)));
    assert!(!store.mark_read(&ConversationId::new("2"), 1).await.unwrap());
}

pub(crate) async fn a_closed_conversation_takes_repeats_only(store: &dyn Store) {
    let (id, _) = begin(store, &org(store, "a").await, "1", "key").await;
    let first = writing(&id, Author::Visitor, "first", "text");
    let written = store.add_message(&first).await.unwrap();
    assert!(store.close_conversation(&id, NOON).await.unwrap());
    assert_eq!(store.add_message(&first).await.unwrap(), written);
    let late = store.add_message(&writing(&id, Author::Visitor, "second", "text")).await;
    assert!(matches!(late, Err(AddMessageError::Closed)));
    assert!(store.conversation(&id).await.unwrap().unwrap().closed);
    assert!(!store.close_conversation(&ConversationId::new("2"), NOON).await.unwrap());
}

pub(crate) async fn quiet_conversations_are_removed_with_their_messages(store: &dyn Store) {
    let org = org(store, "a").await;
    let (quiet, _) = begin(store, &org, "1", "key").await;
    let (lively, _) = begin(store, &org, "2", "other key").await;
    store.add_message(&writing(&lively, Author::Visitor, "first", "text")).await.unwrap();
    let now = NOON + MINUTE;
    let cutoffs = Cutoffs { now, last_used: now, begun: NOON, attempts: NOON, conversations: now };
    store.sweep(cutoffs).await.unwrap();
    assert_eq!(store.conversation(&quiet).await.unwrap(), None);
    assert!(store.conversation(&lively).await.unwrap().is_some());
    let later = now + MINUTE;
    store.sweep(Cutoffs { conversations: later, ..cutoffs }).await.unwrap();
    assert!(store.messages(&lively, 0, 10).await.unwrap().is_empty());
}

fn tenant_form(name: &str) -> TenantForm {
    TenantForm { name: name.to_owned(), sites: AllowedSites::All, default_site: None }
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
        sites: AllowedSites::Only(vec![site("b"), site("a"), site("b")]),
        default_site: Some(site("b")),
    };
    let changed = store.change_tenant(&ada, &zoo, &limited, &note()).await.unwrap();
    assert_eq!(changed.name, "Foo");
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
