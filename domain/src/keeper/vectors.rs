//! The decisions of this keeper as plain data, for the keeper in `embed/`, which is written in JavaScript because a page
//! with a strict policy compiles no WebAssembly. Its own tests run over the same file.
//!
//! `UPDATE_VECTORS=1 cargo test -p domain vectors` writes the file anew.

use serde_json::{Value, json};

use super::ClockSample;
use super::budget::Budget;
use super::outcome::{Outcome, backoff};
use super::server_clock::ServerClock;
use super::surroundings::{RecentRenewals, Retries};
use crate::api::Code;
use crate::time::{Span, Timestamp};
use crate::token::{RenewalPolicy, Stage, TokenFacts, expiry};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../embed/vectors/keeper.json");

#[test]
fn the_embedded_keeper_is_tested_against_what_this_one_decides() {
    let made = format!("{:#}\n", all());
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(FILE, &made).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(kept == made, "embed/vectors/keeper.json is out of date: UPDATE_VECTORS=1 cargo test -p domain vectors");
}

fn all() -> Value {
    json!({
        "margin": margins(),
        "renew_at": renewal_points(),
        "expiry": expiries(),
        "stage": stages(),
        "backoff": waits(),
        "outcome": outcomes(),
        "budget": budget(),
        "server_clock": clocks(),
        "p99": percentiles(),
    })
}

fn policy(floor: u64, share_percent: u64) -> RenewalPolicy {
    RenewalPolicy { floor: Span::from_seconds(floor), share_percent, ..RenewalPolicy::default() }
}

/// Times in milliseconds, as everywhere in this file; `floor` and `lifetime` in seconds, the share in percent.
fn margins() -> Vec<Value> {
    let cases = [
        (15, 10, 300, 0),
        (15, 5, 300, 0),
        (15, 0, 300, 0),
        (15, 50, 300, 0),
        (15, 7, 333, 0),
        (15, 10, 3_600, 0),
        (15, 10, 20, 0),
        (15, 10, 30, 0),
        (15, 10, 31, 0),
        (15, 10, 0, 0),
        (5, 0, 300, 0),
        (5, 10, 300, 0),
        (30, 5, 300, 0),
        (60, 10, 300, 0),
        (300, 10, 300, 0),
        (15, 10, 300, 9_999),
        (15, 10, 300, 20_000),
        (15, 10, 300, 60_000),
        (15, 10, 86_400, 1_500),
    ];
    let case = |(floor, share, lifetime, p99): (u64, u64, u64, u64)| {
        let margin = policy(floor, share).margin(Span::from_seconds(lifetime), Span::from_millis(p99));
        json!({ "floor": floor * 1_000, "share": share, "lifetime": lifetime * 1_000, "p99": p99, "is": margin })
    };
    cases.into_iter().map(case).collect()
}

fn renewal_points() -> Vec<Value> {
    let cases: [(u64, i64, i64, u64, u64); 10] = [
        (15, 0, 300_000, 0, 0),
        (15, 0, 300_000, 0, 500),
        (15, 0, 300_000, 0, 999),
        (15, 0, 300_000, 0, 4_294_967_295),
        (15, 1_700_000_000_000, 1_700_000_300_000, 20_000, 123),
        (15, 1_700_000_000_123, 1_700_000_020_123, 0, 999),
        (15, 1_700_000_000_000, 1_700_003_600_000, 0, 77),
        (30, 0, 300_000, 0, 1),
        (15, 5_000, 5_000, 0, 7),
        (15, 5_000, 4_000, 0, 7),
    ];
    let case = |(floor, received, expires, p99, random): (u64, i64, i64, u64, u64)| {
        let at = Timestamp::from_millis;
        let due = policy(floor, 10).renew_at(at(received), at(expires), Span::from_millis(p99), random);
        json!({
            "floor": floor * 1_000, "share": 10, "received_at": received, "expires_at": expires, "p99": p99, "random": random,
            "is": due
        })
    };
    cases.into_iter().map(case).collect()
}

fn expiries() -> Vec<Value> {
    type Case = (i64, Option<u64>, Option<(i64, i64)>);
    let cases: [Case; 8] = [
        (1_000_000, Some(300), None),
        (1_000_000, Some(300), Some((0, 60))),
        (1_000_000, None, Some((1_700_000_000, 1_700_000_300))),
        (1_000_000, Some(0), Some((50, 350))),
        (1_000_000, None, Some((350, 50))),
        (1_000_000, None, Some((50, 50))),
        (1_000_000, Some(0), None),
        (1_000_000, None, None),
    ];
    let case = |(received, expires_in, claims): Case| {
        let is = expiry(Timestamp::from_millis(received), expires_in, claims);
        json!({ "received_at": received, "expires_in": expires_in, "claims": claims, "is": is })
    };
    cases.into_iter().map(case).collect()
}

fn stages() -> Vec<Value> {
    let facts = TokenFacts {
        generation: 1,
        token_type: "Bearer".to_owned(),
        scope: None,
        received_at: Timestamp::from_millis(0),
        expires_at: Timestamp::from_millis(300_000),
        renew_at: Timestamp::from_millis(270_000),
        floor: Span::from_seconds(15),
        lifetime_known: true,
        host: String::new(),
        took: Span::ZERO,
        tries: 1,
        shared: crate::token::Shared::default(),
    };
    let word = |stage| match stage {
        Stage::Fresh => "fresh",
        Stage::Due => "due",
        Stage::Expired => "expired",
    };
    let case = |now: i64| {
        let stage = word(facts.stage(Timestamp::from_millis(now)));
        json!({ "renew_at": facts.renew_at, "expires_at": facts.expires_at, "now": now, "is": stage })
    };
    [0, 269_999, 270_000, 284_999, 299_999, 300_000, 300_001, 900_000].map(case).into()
}

fn waits() -> Vec<Value> {
    let retries = Retries { quick: 3, delay: Span::from_seconds(1) };
    let cases = [
        (1, None, 0),
        (2, None, 0),
        (3, None, 0),
        (4, None, 0),
        (5, None, 0),
        (7, None, 0),
        (9, None, 0),
        (4_000_000, None, 0),
        (1, None, 499),
        (3, None, 250),
        (10, None, 499),
        (1, Some(90), 0),
        (1, Some(90), 1_234),
        (7, Some(1), 0),
        (1, Some(0), 0),
        (1, Some(1), 999),
        (1, Some(10_000_000), 0),
    ];
    let case = |(attempts, retry_after, random): (u32, Option<u64>, u64)| {
        let is = backoff(attempts, retries, retry_after, random);
        json!({ "attempts": attempts, "retry_after": retry_after, "random": random, "is": is })
    };
    cases.into_iter().map(case).collect()
}

/// Every code after which it is tried again, and some after which it is not. (All others are like these: a code that is not
/// known is a refusal.)
fn outcomes() -> Vec<Value> {
    let word = |outcome| match outcome {
        Outcome::Running => "running",
        Outcome::Unknown => "unknown",
        Outcome::Failed => "failed",
        Outcome::Refused => "refused",
        Outcome::SignedOut => "signed_out",
    };
    let some = [Code::NotAllowed, Code::NotFound, Code::InvalidFields, Code::MethodNotAllowed];
    let told = |code: &Code| some.contains(code) || Outcome::of(*code) != Outcome::Refused;
    let case = |code: &Code| json!({ "code": code, "status": code.status(), "is": word(Outcome::of(*code)) });
    Code::ALL.iter().filter(|code| told(code)).map(case).collect()
}

/// One budget: each step spends, asks, or is told that the clock went back.
fn budget() -> Vec<Value> {
    let mut budget = Budget::default();
    let mut steps = Vec::new();
    let seconds = (0..12).chain([12, 30, 59, 60]);
    for second in seconds {
        let now = Timestamp::from_seconds(second);
        let full_until = budget.full_until(now);
        if full_until.is_none() {
            budget.spend(now);
        }
        steps.push(json!({ "now": now, "full_until": full_until }));
    }
    steps
}

/// One clock that takes these samples, one after the other.
fn clocks() -> Vec<Value> {
    let mut clock = ServerClock::default();
    let samples = [
        (2_000, 1_000, 5_000),
        (0, 2_000, 10_000),
        (3_000, 3_100, 13_000),
        (5_000, 9_000, 16_000),
        (10_000, 12_000, 3_610_000),
        (20_000, 20_400, 3_620_000),
        (7_300_000, 7_309_000, 10_904_000),
    ];
    let case = |(sent, received, server): (i64, i64, i64)| {
        let at = Timestamp::from_millis;
        clock.note(ClockSample { sent_at: at(sent), received_at: at(received), server_date: at(server) });
        let earliest = clock.earliest(at(server));
        json!({ "sent_at": sent, "received_at": received, "server_date": server, "offset": clock.offset(), "earliest": earliest })
    };
    samples.into_iter().map(case).collect()
}

fn percentiles() -> Vec<Value> {
    let many: Vec<u64> = (1..=60).map(|nth| nth * 10).collect();
    let cases = [vec![], vec![9_000, 1_000], vec![7_200_000], many];
    let case = |times: Vec<u64>| {
        let mut recent = RecentRenewals::default();
        times.iter().for_each(|took| recent.note(Span::from_millis(*took)));
        json!({ "took": times, "is": recent.p99() })
    };
    cases.into_iter().map(case).collect()
}
