//! What a person sets holds at once, in every tab.

use domain::keeper::{Command, Effect, Event, News};
use domain::settings::WorkerTokenSettings;
use domain::time::Span;
use domain::vault::StoreError;

use crate::rig::*;

fn threshold(seconds: u64) -> WorkerTokenSettings {
    WorkerTokenSettings { renewal_threshold: Span::from_seconds(seconds), ..WorkerTokenSettings::default() }
}

fn manual() -> WorkerTokenSettings {
    WorkerTokenSettings { auto_renewal: false, ..settings() }
}

#[test]
fn a_setting_is_shown_at_once_then_written_then_told() {
    let (mut rig, _) = Rig::open(vec![]);
    let effects = rig.command(Command::Set(threshold(600)));
    assert_eq!(rig.keeper.view().settings, threshold(600));
    assert_eq!(effects, [Effect::WriteSettings(threshold(600)), Effect::Tell(News::Settings)]);
}

#[test]
fn the_same_settings_again_write_nothing() {
    let (mut rig, _) = Rig::open(vec![]);
    assert_eq!(rig.command(Command::Set(settings())), []);
}

#[test]
fn another_tabs_settings_are_read_and_followed() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 3_600.0)), None)]);
    assert!(rig.event(Event::Heard(News::Settings)).contains(&Effect::ReadSettings));
    rig.event(Event::Settings(Some(threshold(1_200))));
    let renew_at = rig.keeper.view().connections[0].token.as_ref().unwrap().renew_at;
    assert!(renew_at <= at(2_400.0) && renew_at >= at(2_280.0), "{renew_at:?}");
}

#[test]
fn a_larger_threshold_makes_an_old_token_due() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 3_600.0)), None)]);
    rig.command(Command::Set(threshold(600)));
    assert!(!rig.wake(1_900.0).contains(&Effect::Lock(id())));
    let effects = rig.command(Command::Set(threshold(1_790)));
    assert!(effects.contains(&Effect::Lock(id())), "{effects:?}");
}

#[test]
fn without_auto_renewal_a_token_ends_and_only_a_caller_gets_a_new_one() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 60.0)), None)]);
    rig.command(Command::Set(manual()));
    assert!(!rig.wake(70.0).contains(&Effect::Lock(id())));
    assert!(
        rig.command(Command::Need { connection: id(), waiter: domain::keeper::WaiterId(1) })
            .contains(&Effect::Lock(id()))
    );
}

#[test]
fn auto_renewal_switched_on_again_renews_what_is_due() {
    let (mut rig, _) = Rig::open(vec![held(Some(token(1, 0.0, 60.0)), None)]);
    rig.command(Command::Set(manual()));
    rig.second = 70.0;
    assert!(rig.command(Command::Set(settings())).contains(&Effect::Lock(id())));
}

#[test]
fn a_silent_retrieval_says_nothing_whatever_comes_of_it() {
    let (mut rig, _) = Rig::open(vec![held(None, None)]);
    assert!(rig.command(Command::Retrieve(id())).contains(&Effect::Lock(id())));
    rig.event(Event::NotLocked { connection: id(), reason: "test".to_owned() });
    assert_eq!(rig.keeper.view().notices, []);
}

#[test]
fn settings_that_could_not_be_written_are_read_back() {
    let (mut rig, _) = Rig::open(vec![]);
    rig.command(Command::Set(threshold(600)));
    let effects = rig.event(Event::SettingsNotSaved(StoreError::QuotaExceeded));
    assert!(effects.contains(&Effect::ReadSettings));
    assert!(rig.keeper.view().notices[0].text.contains("could not be saved"));
    rig.event(Event::Settings(None));
    assert_eq!(rig.keeper.view().settings, WorkerTokenSettings::default());
}
