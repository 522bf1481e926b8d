//! Two thousand browsers full of tabs, each from its seed.

use domain::keeper::simulation::{Broken, Flaw, Report, run};

/// Runs worlds until one breaks a promise.
fn run_all(seeds: std::ops::Range<u64>, flaw: Flaw) -> Result<Report, Broken> {
    let mut total = Report::default();
    for seed in seeds {
        total += run(seed, flaw)?;
    }
    Ok(total)
}

fn first_broken(flaw: Flaw) -> String {
    run_all(0..300, flaw).map_or_else(|broken| broken.promise, |_| "nothing was noticed".to_owned())
}

#[test]
fn every_tab_keeps_every_promise_in_two_thousand_hostile_worlds() {
    match run_all(0..2_000, Flaw::None) {
        Ok(total) => assert!(total.killed > 1_000 && total.served > 10_000, "the worlds were too kind: {total:?}"),
        Err(broken) => panic!("{broken}"),
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(run(7, Flaw::None).unwrap(), run(7, Flaw::None).unwrap());
}

#[test]
fn locks_that_are_given_to_everybody_are_noticed() {
    let noticed = first_broken(Flaw::Locks);
    assert!(noticed.contains("issued twice"), "{noticed}");
}

#[test]
fn a_server_that_forgets_idempotency_keys_is_noticed() {
    let noticed = first_broken(Flaw::IdempotencyKeys);
    assert!(noticed.contains("issued twice"), "{noticed}");
}

#[test]
fn commits_that_check_nothing_are_noticed() {
    let noticed = first_broken(Flaw::Fences);
    assert!(noticed.contains("issued twice") || noticed.contains("back from generation"), "{noticed}");
}
