use domain::tabs::{LineInput, Way, Ways};
use domain::time::Span;
use proptest::prelude::*;

use crate::rig::{Browser, Worker, token};

#[derive(Clone, Copy, Debug)]
enum Turn {
    Opens(Way),
    Tells(usize),
    Leaves(usize),
    Fails(usize, Way),
    WorkerDies,
    WorkerIsWell,
    Calls(usize),
    Passes(u64),
}

fn way() -> impl Strategy<Value = Way> {
    prop::sample::select(Way::ALL.to_vec())
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        2 => way().prop_map(Turn::Opens),
        6 => (0..8_usize).prop_map(Turn::Tells),
        1 => (0..8_usize).prop_map(Turn::Leaves),
        1 => (0..8_usize, way()).prop_map(|(tab, way)| Turn::Fails(tab, way)),
        1 => Just(Turn::WorkerDies),
        1 => Just(Turn::WorkerIsWell),
        1 => (0..8_usize).prop_map(Turn::Calls),
        4 => (1..200_u64).prop_map(Turn::Passes),
    ]
}

proptest! {
    /// Storage never fails here, so every two tabs have a way in common.
    #[test]
    fn whatever_dies_everybody_hears_each_thing(turns in prop::collection::vec(turn(), 1..40)) {
        let mut browser = Browser::new();
        browser.opens(Ways::up_to(Way::Worker));
        let (mut generation, mut left, mut expected) = (0, Vec::new(), Vec::new());
        for turn in turns {
            let here = |tab: usize| Some(tab % browser.tabs.len()).filter(|tab| !left.contains(tab));
            match turn {
                Turn::Opens(best) => drop(browser.opens(Ways::up_to(best))),
                Turn::Tells(tab) => {
                    if let Some(tab) = here(tab) {
                        generation += 1;
                        let hearers: Vec<usize> = (0..browser.tabs.len()).filter(|it| *it != tab && !left.contains(it)).collect();
                        expected.push((generation, hearers));
                        browser.tells(tab, generation);
                    }
                }
                Turn::Leaves(tab) => {
                    if let Some(tab) = here(tab) {
                        // What it told last is on its way.
                        browser.passes(Span::from_seconds(10));
                        browser.tell(tab, LineInput::Leave);
                        left.push(tab);
                    }
                }
                Turn::Fails(tab, way) => {
                    if let Some(tab) = here(tab).filter(|_| way != Way::Storage) {
                        browser.tell(tab, LineInput::Failed(way));
                    }
                }
                Turn::WorkerDies => (browser.worker = Worker::Dead, browser.loses_worker()).0,
                Turn::WorkerIsWell => browser.worker = Worker::Well,
                Turn::Calls(tab) => {
                    if let Some(tab) = here(tab) {
                        browser.tell(tab, LineInput::Call);
                    }
                }
                Turn::Passes(seconds) => browser.passes(Span::from_seconds(seconds)),
            }
            browser.delivers_all();
        }
        browser.passes(Span::from_seconds(300));
        for (generation, hearers) in expected {
            for tab in hearers {
                let times = browser.tabs[tab].heard.iter().filter(|news| **news == token(generation)).count();
                prop_assert!(times >= 1, "tab {} never heard of generation {}", tab, generation);
            }
        }
    }
}
