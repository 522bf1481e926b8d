use domain::connection::Credential;
use domain::keeper::{Command, Effect, Event, News, Phase, WaiterId};
use domain::secret::Secret;
use domain::vault::StoreError;

use crate::rig::*;

fn save(name: &str, obtain: bool) -> Command {
    let credential = Some(Credential::ClientSecret(Secret::new("obviously-made-up-secret")));
    Command::Save { connection: connection(name), credential, obtain }
}

fn writes(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::WriteConnection { .. })).count()
}

#[test]
fn a_saved_connection_obtains_its_token_only_when_it_is_durable() {
    let (mut rig, _) = Rig::open(vec![]);
    let effects = rig.command(save("Work", true));
    assert_eq!(writes(&effects), 1);
    assert!(!wants_lock(&effects));
    let effects = rig.event(Event::Saved(id()));
    assert_eq!(effects[0], Effect::Tell(News::Connection { connection: id() }));
    assert!(wants_lock(&effects));
    assert_eq!(rig.keeper.view().notices[0].text, "Work is saved.");
}

#[test]
fn saving_without_obtaining_asks_nobody() {
    let (mut rig, _) = Rig::open(vec![]);
    rig.command(save("Work", false));
    assert!(!wants_lock(&rig.event(Event::Saved(id()))));
}

#[test]
fn a_new_credential_renews_the_token_there_and_lifts_the_mark_of_a_refusal() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 600.0)), None)]);
    rig.command(save("Work", false));
    assert!(wants_lock(&rig.event(Event::Saved(id()))));
}

#[test]
fn what_could_not_be_saved_is_read_again_and_said() {
    let (mut rig, _) = Rig::open(vec![]);
    rig.command(save("Work", true));
    let effects = rig.event(Event::NotSaved(id(), StoreError::QuotaExceeded));
    assert_eq!(effects, [Effect::Read(id())]);
    rig.event(Event::Read { connection: id(), held: None });
    assert_eq!(rig.keeper.view().connections, []);
    assert!(rig.keeper.view().notices[0].text.starts_with("Work could not be saved: the browser has no room left"));
}

#[test]
fn a_removed_connection_is_hidden_at_once_and_comes_back_whole() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 600.0)), None)]);
    let effects = rig.command(Command::Remove(id()));
    assert_eq!(writes(&effects), 1);
    assert!(effects.contains(&Effect::WriteCurrent(None)));
    let view = rig.keeper.view();
    assert_eq!(
        (view.connections.len(), view.removed.len(), view.current),
        (0, 0, None),
        "said only when it is durable"
    );
    rig.event(Event::Saved(id()));
    assert_eq!(rig.keeper.view().removed[0].1, at(10.0));
    rig.second = 9.0;
    assert_eq!(writes(&rig.command(Command::Restore(id()))), 1);
    assert_eq!(rig.keeper.view().notices, [], "said only when it is durable");
    rig.event(Event::Saved(id()));
    let view = rig.keeper.view();
    assert_eq!((view.connections[0].token.is_some(), view.removed.len(), view.current), (true, 0, Some(id())));
    assert_eq!(view.notices[0].text, "Work is back.");
    assert_eq!(rig.wake(60.0).iter().filter(|effect| matches!(effect, Effect::Erase(_))).count(), 0);
}

#[test]
fn a_removed_connection_is_erased_after_ten_seconds() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 600.0)), None)]);
    rig.command(Command::Remove(id()));
    assert_eq!(wake_at(&rig.event(Event::Saved(id()))), Some(at(10.0)));
    assert!(!rig.wake(9.9).contains(&Effect::Erase(id())));
    assert!(rig.wake(10.0).contains(&Effect::Erase(id())));
    assert_eq!(errors(&rig.need(1)), [domain::api::Code::NotFound]);
}

#[test]
fn any_tab_purges_what_a_closed_tab_removed() {
    let mut gone = held(None, None);
    gone.connection.removed_at = Some(at(-3_600.0));
    let (_, effects) = Rig::open(vec![gone]);
    assert!(effects.contains(&Effect::Erase(id())));
}

#[test]
fn removing_lets_its_callers_go() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    assert_eq!(errors(&rig.command(Command::Remove(id()))), [domain::api::Code::NotFound]);
}

#[test]
fn a_token_is_shown_only_while_it_is_wanted_and_follows_a_renewal() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 600.0)), None)]);
    let text = || Secret::new("opaque-token-for-tests");
    rig.event(Event::Revealed(id(), text()));
    assert_eq!(rig.keeper.view().revealed, None, "nobody asked");
    assert_eq!(rig.command(Command::Reveal(id())), [Effect::Reveal(id())]);
    rig.event(Event::Revealed(id(), text()));
    assert!(rig.keeper.view().revealed.is_some());
    let newer = Some(held(Some(token(2, 0.0, 600.0)), None));
    let effects = rig.event(Event::Read { connection: id(), held: newer });
    assert!(effects.contains(&Effect::Reveal(id())));
    rig.command(Command::Conceal);
    rig.event(Event::Revealed(id(), text()));
    assert_eq!(rig.keeper.view().revealed, None);
}

#[test]
fn signing_out_forgets_everything_and_lets_all_go() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let intent = rig.ask(held(None, None));
    let effects = rig.command(Command::SignOut);
    let told = Effect::Tell(News::SignedOut { epoch: 1 });
    assert_eq!(effects[..3], [told, Effect::AdvanceEpoch, Effect::Unlock(id())]);
    assert_eq!(errors(&effects), [domain::api::Code::NotSignedIn]);
    let view = rig.keeper.view();
    assert_eq!((view.phase, view.connections.len(), view.current), (Phase::Leaving, 0, None));
    assert_eq!(rig.answered(&intent, Ok(answer(0.0, Some(60)))), []);
    assert_eq!(errors(&rig.need(2)), [domain::api::Code::NotSignedIn]);
}

#[test]
fn the_page_may_be_left_only_when_the_vault_knows_of_the_sign_out() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.command(Command::SignOut);
    assert_eq!(rig.event(Event::Woke), [Effect::WakeAt(at(rig.second + 5.0))]);
    assert_eq!(rig.keeper.view().phase, Phase::Leaving);
    rig.event(Event::EpochAdvanced);
    assert_eq!(rig.keeper.view().phase, Phase::SignedOut);
}

#[test]
fn a_vault_that_does_not_answer_keeps_nobody_signed_in() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.command(Command::SignOut);
    rig.second += 5.0;
    rig.event(Event::Woke);
    assert_eq!(rig.keeper.view().phase, Phase::SignedOut);
}

#[test]
fn a_sign_out_in_another_tab_forgets_this_tabs_memory_too() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    assert_eq!(rig.event(Event::Heard(News::SignedOut { epoch: 0 })), [], "an old one means nothing");
    assert_eq!(rig.event(Event::Heard(News::SignedOut { epoch: 1 })), [Effect::Forget]);
    assert_eq!(rig.keeper.view().phase, Phase::SignedOut);
}

#[test]
fn a_lock_granted_after_a_sign_out_elsewhere_shows_it() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    rig.need(1);
    let effects = rig.event(Event::Locked { connection: id(), held: Some(held(None, None)), epoch: 1 });
    assert!(effects.contains(&Effect::Unlock(id())) && effects.contains(&Effect::Forget));
}

#[test]
fn callers_from_before_the_vault_is_open_are_served_when_it_is() {
    let mut rig = Rig::new();
    assert_eq!(rig.need(1), [Effect::WakeAt(at(120.0))]);
    rig.command(Command::Need { connection: domain::id::ConnectionId::new("unknown"), waiter: WaiterId(2) });
    let storage = domain::vault::StorageLevel::IndexedDb;
    let held = vec![held(Some(token(1, 0.0, 600.0)), None)];
    let effects = rig.event(Event::Opened {
        storage,
        epoch: 0,
        held,
        current: None,
        settings: Some(settings()),
        set_aside: vec!["x".to_owned()],
    });
    assert_eq!(released(&effects), [(2, None), (1, Some(1))]);
    assert_eq!(rig.keeper.view().notices.len(), 1);
}

#[test]
fn a_vault_that_can_not_be_opened_lets_callers_go_and_says_why() {
    let mut rig = Rig::new();
    rig.need(1);
    let effects = rig.event(Event::NotOpened(StoreError::Unavailable("blocked".to_owned())));
    assert_eq!(errors(&effects), [domain::api::Code::NotStored]);
    assert!(matches!(rig.keeper.view().phase, Phase::Failed(text) if text.contains("blocked")));
}

#[test]
fn a_page_that_is_no_secure_context_says_exactly_that() {
    let mut rig = Rig::new();
    rig.event(Event::NotOpened(StoreError::InsecureContext));
    let Phase::Failed(text) = rig.keeper.view().phase else { panic!("the vault seems to be open") };
    assert!(text.starts_with("This page is not a secure context") && text.ends_with("on this machine."), "{text}");
}

#[test]
fn a_vault_that_lost_which_connection_is_current_takes_the_first_by_name() {
    let mut rig = Rig::new();
    rig.event(Event::Opened {
        storage: domain::vault::StorageLevel::IndexedDb,
        epoch: 0,
        held: vec![held(None, None)],
        current: None,
        settings: None,
        set_aside: Vec::new(),
    });
    assert_eq!(rig.keeper.view().current, Some(id()));
}

#[test]
fn what_a_person_saves_before_the_vault_is_open_is_saved_once_it_is() {
    let mut rig = Rig::new();
    assert_eq!(writes(&rig.command(save("Work", true))), 0);
    assert_eq!(writes(&rig.opened(vec![])), 1);
    assert!(wants_lock(&rig.event(Event::Saved(id()))));
    assert_eq!(writes(&rig.opened(vec![])), 0, "and not a second time");
}

#[test]
fn what_a_person_saves_is_forgotten_when_the_vault_can_not_be_opened() {
    let mut rig = Rig::new();
    rig.command(save("Work", true));
    rig.event(Event::NotOpened(StoreError::QuotaExceeded));
    assert_eq!(writes(&rig.opened(vec![])), 0);
}

#[test]
fn a_token_that_was_copied_after_its_end_is_said_to_be_over() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 600.0)), None)]);
    rig.second = 100.0;
    rig.event(Event::Copied(id(), Ok(at(600.0))));
    assert_eq!(rig.keeper.view().notices[0].text, "The token of Work is on the clipboard.");
    rig.event(Event::Copied(id(), Ok(at(100.0))));
    let said = rig.keeper.view().notices;
    assert_eq!(said[1].kind, domain::keeper::NoticeKind::Problem);
    assert!(said[1].text.contains("it has expired. Renew it"), "{}", said[1].text);
}
