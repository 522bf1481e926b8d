//! Ten thousand browsers full of tabs, each from its seed.

use domain::keeper::simulation::{Broken, Flaw, Report, Trial, run, try_out};

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

/// A part of the ten thousand: tests run side by side.
fn a_quarter(from: u64) {
    match run_all(from..from + 2_500, Flaw::None) {
        Ok(total) => {
            let hostile = total.killed > 1_000 && total.frozen > 100 && total.slept > 100 && total.stolen > 10;
            let lines = total.heard > 10_000 && total.workers > 200;
            assert!(
                hostile && lines && total.cancelled > 100 && total.locked > 1_000 && total.served > 10_000,
                "the worlds were too kind: {total:?}"
            );
        }
        Err(broken) => panic!("{broken}"),
    }
}

#[test]
fn every_tab_keeps_every_promise_in_hostile_worlds_1() {
    a_quarter(0);
}

#[test]
fn every_tab_keeps_every_promise_in_hostile_worlds_2() {
    a_quarter(2_500);
}

#[test]
fn every_tab_keeps_every_promise_in_hostile_worlds_3() {
    a_quarter(5_000);
}

#[test]
fn every_tab_keeps_every_promise_in_hostile_worlds_4() {
    a_quarter(7_500);
}

/// What each of them showed has a test of its own beside the keeper or the line.
#[test]
fn worlds_that_broke_a_promise_once_keep_every_one() {
    let once = [
        60_504, 81_187, 143_592, 148_020, 149_505, 155_025, 160_345, 180_270, 207_572, 226_382, 250_956, 265_264,
        302_812, 460_244, 530_353, 732_917,
    ];
    let broken = once.into_iter().find_map(|seed| run(seed, Flaw::None).err());
    assert!(broken.is_none(), "{}", broken.map(|broken| broken.to_string()).unwrap_or_default());
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let [first, second] = [(); 2].map(|()| run(7, Flaw::None).map_err(|broken| broken.to_string()));
    assert!(first.is_ok() && first == second, "{first:?}, {second:?}");
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

#[test]
fn a_record_that_is_not_read_again_under_the_lock_is_noticed() {
    let noticed = first_broken(Flaw::Rereads);
    assert!(noticed.contains("issued twice") || noticed.contains("back from generation"), "{noticed}");
}

#[test]
fn intents_that_are_not_durable_are_noticed() {
    let noticed = first_broken(Flaw::Intents);
    assert!(noticed.contains("issued twice"), "{noticed}");
}

#[test]
fn news_of_tokens_that_nobody_takes_are_noticed() {
    let noticed = first_broken(Flaw::News);
    assert!(noticed.contains("which it was told of"), "{noticed}");
}

#[test]
fn callers_that_are_let_go_out_of_turn_are_noticed() {
    let noticed = first_broken(Flaw::Order);
    assert!(noticed.contains("go before"), "{noticed}");
}

#[test]
fn a_holder_that_is_not_told_that_its_lock_was_taken_away_is_noticed() {
    let noticed = first_broken_in(Trial::FrozenHolder, Flaw::Steals).map(|broken| broken.promise).unwrap_or_default();
    assert!(noticed.contains("under a lock that is another's"), "{noticed}");
}

#[test]
fn a_server_clock_that_nobody_measures_is_noticed() {
    let noticed = first_broken(Flaw::Clock);
    let expected = ["which expired", "did not recover", "would do"];
    assert!(expected.iter().any(|words| noticed.contains(words)), "{noticed}");
}

#[test]
fn a_refused_credential_that_is_asked_for_again_is_noticed() {
    let noticed = first_broken(Flaw::Refusals);
    assert!(noticed.contains("asks again for"), "{noticed}");
}

#[test]
fn a_network_error_that_marks_a_credential_is_noticed() {
    let noticed = first_broken(Flaw::NetworkErrors);
    assert!(noticed.contains("which nobody refused"), "{noticed}");
}

#[test]
fn a_tab_that_does_not_notice_that_the_shared_worker_is_dead_is_noticed() {
    let noticed = first_broken(Flaw::SteppingDown);
    assert!(noticed.contains("has not heard message"), "{noticed}");
}

#[test]
fn messages_that_are_not_known_again_are_noticed() {
    let noticed = first_broken(Flaw::Copies);
    assert!(noticed.contains("a second time"), "{noticed}");
}

/// The first promise that three hundred worlds of a trial break.
fn first_broken_in(trial: Trial, flaw: Flaw) -> Option<Broken> {
    (0..300).find_map(|seed| try_out(trial, seed, flaw).err())
}

#[test]
fn a_provider_that_is_only_slow_lets_nobody_wait() {
    let broken = first_broken_in(Trial::SlowProvider, Flaw::None);
    assert!(broken.is_none(), "{}", broken.map(|broken| broken.to_string()).unwrap_or_default());
}

#[test]
fn renewals_planned_as_if_the_provider_were_quick_are_noticed() {
    let noticed = first_broken_in(Trial::SlowProvider, Flaw::Margin).map(|broken| broken.promise).unwrap_or_default();
    assert!(noticed.contains("only slow"), "{noticed}");
}

#[test]
fn tokens_that_live_a_second_are_asked_for_a_dozen_times_a_minute_at_most_over_all_tabs() {
    let broken = first_broken_in(Trial::BriefTokens, Flaw::None);
    assert!(broken.is_none(), "{}", broken.map(|broken| broken.to_string()).unwrap_or_default());
}

#[test]
fn tokens_that_nobody_counts_are_noticed() {
    let noticed = first_broken_in(Trial::BriefTokens, Flaw::Budget).map(|broken| broken.promise).unwrap_or_default();
    assert!(noticed.contains("within a minute"), "{noticed}");
}

#[test]
fn tabs_that_count_only_what_they_saw_themselves_are_noticed() {
    let noticed = first_broken_in(Trial::BriefTokens, Flaw::Sharing).map(|broken| broken.promise).unwrap_or_default();
    assert!(noticed.contains("within a minute"), "{noticed}");
}

#[test]
fn a_server_clock_that_each_tab_keeps_to_itself_is_noticed() {
    let noticed = first_broken(Flaw::Sharing);
    assert!(noticed.contains("does not know the server's clock"), "{noticed}");
}

#[test]
fn a_holder_that_is_frozen_for_minutes_costs_no_caller_its_token() {
    let broken = first_broken_in(Trial::FrozenHolder, Flaw::None);
    assert!(broken.is_none(), "{}", broken.map(|broken| broken.to_string()).unwrap_or_default());
}

#[test]
fn locks_that_nobody_takes_from_a_frozen_holder_are_noticed() {
    let noticed = first_broken_in(Trial::FrozenHolder, Flaw::Bounds).map(|broken| broken.promise).unwrap_or_default();
    assert!(noticed.contains("only a holder is frozen"), "{noticed}");
}
