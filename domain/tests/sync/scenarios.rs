use domain::sync::ItemKind;

use crate::devices::{Device, Fate, Server, id_of, setting};

const ONE: &str = r#"{"v":1}"#;
const TWO: &str = r#"{"v":2}"#;
const THREE: &str = r#"{"v":3}"#;

/// Two devices that agree on one item.
fn pair() -> (Server, Device, Device) {
    let (mut server, mut first, mut second) = (Server::default(), Device::default(), Device::default());
    first.write("a", ONE);
    first.sync(&mut server);
    second.sync(&mut server);
    assert_eq!(second.read("a"), Some(ONE));
    (server, first, second)
}

fn settle(server: &mut Server, first: &mut Device, second: &mut Device) {
    for _ in 0..2 {
        first.sync(server);
        second.sync(server);
    }
    assert_eq!(first.vault, second.vault, "the devices are alike");
}

#[test]
fn what_one_device_writes_the_other_has_and_a_quiet_round_writes_nothing() {
    let (mut server, mut first, mut second) = pair();
    second.write("a", TWO);
    settle(&mut server, &mut first, &mut second);
    assert_eq!(first.read("a"), Some(TWO));
    assert!(first.conflicts().is_empty());
    let before = server.sequence;
    let quiet = first.sync(&mut server);
    assert_eq!((quiet.pulled, quiet.pushed, server.sequence), (0, 0, before));
}

#[test]
fn of_two_edits_of_one_generation_the_first_stands_and_the_other_is_a_conflict_on_both() {
    let (mut server, mut first, mut second) = pair();
    first.write("a", TWO);
    second.write("a", THREE);
    settle(&mut server, &mut first, &mut second);
    assert_eq!(first.read("a"), Some(TWO));
    for device in [&first, &second] {
        let conflicts = device.conflicts();
        let [(_, conflict)] = conflicts.as_slice() else { panic!("{conflicts:?}") };
        assert_eq!((conflict.of.clone(), conflict.value.to_string().as_str()), (setting("a"), THREE));
    }
}

#[test]
fn a_device_that_made_more_versions_wins_and_what_stood_is_the_conflict() {
    let (mut server, mut first, mut second) = pair();
    second.write("a", THREE);
    // It looks, and is cut off before the push: so it has counted that version.
    for _ in 0..5 {
        second.step(&mut server, Fate::Done, 3, &mut Vec::new());
    }
    second.step(&mut server, Fate::CutBefore, 3, &mut Vec::new());
    assert_eq!(second.memory.known[&id_of(&setting("a"))].change.map(|(generation, _)| generation), Some(2));
    second.write("a", r#"{"v":4}"#);
    first.write("a", TWO);
    settle(&mut server, &mut first, &mut second);
    assert_eq!(first.read("a"), Some(r#"{"v":4}"#));
    assert_eq!(first.conflicts()[0].1.value.to_string(), TWO);
}

#[test]
fn deleted_means_deleted_everywhere_also_where_it_was_edited_meanwhile() {
    let (mut server, mut first, mut second) = pair();
    second.write("a", r#"{"secret":"canary","v":9}"#);
    first.remove("a");
    settle(&mut server, &mut first, &mut second);
    assert_eq!((first.read("a"), second.read("a")), (None, None));
    let (_, conflict) = &second.conflicts()[0];
    assert!(conflict.removed);
    assert_eq!(conflict.value.to_string(), r#"{"v":9}"#, "what was secret is not kept under another name");
}

#[test]
fn a_removal_that_comes_second_wins_too() {
    let (mut server, mut first, mut second) = pair();
    first.write("a", TWO);
    first.sync(&mut server);
    second.remove("a");
    settle(&mut server, &mut first, &mut second);
    assert_eq!(first.read("a"), None);
    assert_eq!(first.conflicts().len(), 1);
}

#[test]
fn a_device_that_was_away_for_long_brings_nothing_deleted_back() {
    let (mut server, mut first, mut second) = pair();
    first.remove("a");
    first.sync(&mut server);
    for number in 0..20 {
        first.write(&format!("other {number}"), ONE);
        first.sync(&mut server);
    }
    settle(&mut server, &mut first, &mut second);
    assert_eq!(second.read("a"), None);
    assert_eq!(second.vault.len(), 20);
    let mut third = Device::default();
    third.write("a", ONE);
    third.sync(&mut server);
    assert_eq!(third.read("a"), None, "nor does one that kept it without sync");
}

#[test]
fn what_was_deleted_can_be_made_anew() {
    let (mut server, mut first, mut second) = pair();
    first.remove("a");
    settle(&mut server, &mut first, &mut second);
    second.write("a", TWO);
    settle(&mut server, &mut first, &mut second);
    assert_eq!(first.read("a"), Some(TWO));
    assert!(first.conflicts().is_empty());
}

#[test]
fn a_push_whose_answer_is_lost_is_no_conflict_when_it_is_pushed_again() {
    let (mut server, mut first, mut second) = pair();
    first.write("a", TWO);
    while server.items[&id_of(&setting("a"))].0.generation < 2 {
        first.step(&mut server, Fate::Done, 3, &mut Vec::new());
        // The last step before the answer would be heard.
        let mut copy = server.clone();
        if first.step(&mut copy, Fate::CutBefore, 3, &mut Vec::new()).is_some() {
            break;
        }
        server.push(0, &[]);
        first.write("a", TWO);
        let mut late = Vec::new();
        for _ in 0..8 {
            first.step(&mut server, Fate::Done, 3, &mut late);
        }
    }
    settle(&mut server, &mut first, &mut second);
    assert_eq!(second.read("a"), Some(TWO));
    assert!(second.conflicts().is_empty());
}

#[test]
fn a_device_with_another_key_overwrites_nothing() {
    let (mut server, mut first, mut second) = pair();
    let before = server.items.clone();
    let mut stranger = Device { key: 7, ..Device::default() };
    stranger.write("a", THREE);
    for _ in 0..50 {
        stranger.step(&mut server, Fate::Done, 3, &mut Vec::new());
    }
    assert!(server.items == before, "something was overwritten");
    assert_eq!(stranger.read("a"), Some(THREE), "and it loses nothing of its own");
    settle(&mut server, &mut first, &mut second);
}

#[test]
fn a_server_that_went_back_to_a_backup_gets_what_the_devices_know() {
    let (mut server, mut first, mut second) = pair();
    let backup = server.clone();
    first.write("a", TWO);
    first.write("b", THREE);
    settle(&mut server, &mut first, &mut second);
    let mut server = backup;
    settle(&mut server, &mut first, &mut second);
    assert_eq!((first.read("a"), first.read("b")), (Some(TWO), Some(THREE)));
    assert!(first.conflicts().is_empty());
    let mut third = Device::default();
    third.sync(&mut server);
    assert_eq!(third.vault, first.vault);
}

#[test]
fn a_conflict_that_is_let_go_goes_from_every_device() {
    let (mut server, mut first, mut second) = pair();
    first.write("a", TWO);
    second.write("a", THREE);
    settle(&mut server, &mut first, &mut second);
    let (key, _) = first.conflicts().remove(0);
    assert_eq!(key.kind, ItemKind::Conflict);
    first.vault.remove(&key);
    settle(&mut server, &mut first, &mut second);
    assert!(second.conflicts().is_empty());
    assert_eq!(second.read("a"), Some(TWO));
}
