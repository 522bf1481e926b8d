use proptest::prelude::*;
use serde_json::json;

use super::super::call::What;
use super::*;
use crate::api::UpstreamError;

const NOON: Timestamp = Timestamp::from_seconds(43_200);

fn job(texts: &[&str]) -> Job {
    let entries = texts.iter().map(|text| (*text).to_owned()).collect();
    Job::new("j".to_owned(), "e".to_owned(), List { entries, left_out: LeftOut::default() }, NOON)
}

fn many(count: usize) -> Job {
    let texts: Vec<String> = (0..count).map(|number| format!("user-{number}")).collect();
    job(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn refusal(status: u16) -> Problem {
    let upstream = UpstreamError {
        host: "h".to_owned(),
        status: Some(status),
        error: None,
        error_description: Some(format!("Because {status}.")),
        took_ms: 1,
        tries: 1,
    };
    Problem::new(Code::UpstreamRefused).with_upstream(upstream)
}

fn asked(job: &mut Job, now: Timestamp) -> Call {
    match job.next(now) {
        Next::Ask(call) => call,
        other => panic!("{other:?}"),
    }
}

fn users(list: &[(&str, &str, &str)]) -> Value {
    let users: Vec<Value> =
        list.iter().map(|(id, name, email)| json!({ "id": id, "username": name, "email": email })).collect();
    json!({ "_embedded": { "users": users } })
}

fn kinds(job: &Job) -> Vec<Kind> {
    job.entries().iter().map(|entry| entry.outcome.kind()).collect()
}

#[test]
fn outcomes_are_kept_apart() {
    let mut job = job(&["ada", "bo", "desk@mill.example"]);
    let (names, address) = (asked(&mut job, NOON), asked(&mut job, NOON));
    job.take(names.ticket, Ok(users(&[("1", "ada", "x")])), NOON);
    job.take(address.ticket, Ok(users(&[("2", "c", "desk@mill.example"), ("3", "d", "desk@mill.example")])), NOON);
    assert_eq!(kinds(&job), [Kind::Found, Kind::NotFound, Kind::Ambiguous]);
    assert_eq!(job.next(NOON), Next::Rest);
    assert_eq!((job.phase(), job.counts().ended()), (&Phase::Done, 3));
}

#[test]
fn no_more_than_four_calls_are_under_way_and_no_entry_is_in_two() {
    let mut job = many(200);
    let mut seen = BTreeSet::new();
    for _ in 0..4 {
        let call = asked(&mut job, NOON);
        assert!(call.entries.iter().all(|at| seen.insert(*at)));
    }
    assert_eq!((job.next(NOON), seen.len()), (Next::Answer, 80));
}

#[test]
fn too_many_calls_pause_it_for_as_long_as_was_said() {
    let mut job = many(200);
    let (one, other) = (asked(&mut job, NOON), asked(&mut job, NOON));
    job.take(one.ticket, Err(Problem::new(Code::UpstreamThrottled).with_retry_after(7)), NOON);
    job.take(other.ticket, Err(refusal(429).with_retry_after(3)), NOON);
    let until = NOON + Span::from_seconds(7);
    assert_eq!(*job.phase(), Phase::Paused(Pause::Throttled { until }));
    assert_eq!(job.next(NOON + Span::from_seconds(6)), Next::At(until));
    assert_eq!(asked(&mut job, until).entries, one.entries);
    assert_eq!(job.counts().of(Kind::Waiting), 200);
}

#[test]
fn without_network_it_pauses_and_goes_on_when_that_is_back() {
    let mut job = many(60);
    let call = asked(&mut job, NOON);
    job.take(call.ticket, Err(Problem::new(Code::Unreachable)), NOON);
    assert!(matches!(job.phase(), Phase::Paused(Pause::Offline { .. })));
    assert_eq!(job.next(NOON), Next::At(NOON + OFFLINE));
    job.network(true, NOON);
    assert_eq!(asked(&mut job, NOON).entries, call.entries);
    job.network(false, NOON);
    assert!(matches!(job.phase(), Phase::Paused(Pause::Offline { .. })));
}

#[test]
fn a_missing_role_stops_it_once_and_what_was_refused_is_asked_for_again() {
    let mut job = many(100);
    let (one, other) = (asked(&mut job, NOON), asked(&mut job, NOON));
    job.take(one.ticket, Err(refusal(403)), NOON);
    job.take(other.ticket, Ok(json!({})), NOON);
    assert!(matches!(job.phase(), Phase::Paused(Pause::Barred(_))));
    assert_eq!(job.counts().of(Kind::Refused), 20);
    assert!(matches!(&job.entries()[0].outcome, Outcome::Refused { reason, .. } if reason == "Because 403."));
    assert_eq!(job.next(NOON), Next::Rest);
    job.go_on();
    assert_eq!((job.counts().of(Kind::Refused), job.counts().of(Kind::NotFound)), (0, 20));
    assert_eq!(asked(&mut job, NOON).entries, one.entries);
}

#[test]
fn a_refusal_is_never_not_found() {
    for status in [400, 401, 403, 404, 429, 500] {
        let mut job = job(&["ada"]);
        let mut now = NOON;
        for _ in 0..20 {
            let Next::Ask(call) = job.next(now) else { break };
            job.take(call.ticket, Err(refusal(status)), now);
            now = now + Span::from_seconds(100);
        }
        assert_eq!(job.counts().of(Kind::NotFound), 0, "{status}");
    }
}

#[test]
fn a_provider_that_takes_no_or_is_asked_one_by_one() {
    let mut job = many(100);
    let calls = [asked(&mut job, NOON), asked(&mut job, NOON)];
    for call in calls {
        job.take(call.ticket, Err(refusal(400)), NOON);
    }
    for _ in 0..3 {
        assert_eq!(asked(&mut job, NOON).entries.len(), 1);
    }
    assert_eq!(job.counts().of(Kind::Refused), 0);
}

#[test]
fn an_entry_that_is_refused_by_itself_harms_no_other() {
    let mut job = many(40);
    let (first, second) = (asked(&mut job, NOON), asked(&mut job, NOON));
    job.take(first.ticket, Ok(json!({})), NOON);
    job.take(second.ticket, Err(refusal(400)), NOON);
    let mut now = NOON;
    loop {
        match job.next(now) {
            Next::Ask(call) => {
                let is_odd = call.entries == [30];
                job.take(call.ticket, if is_odd { Err(refusal(400)) } else { Ok(json!({})) }, now);
            }
            Next::At(at) => now = at,
            Next::Answer => panic!("nothing is under way"),
            Next::Rest => break,
        }
    }
    assert_eq!((job.phase(), job.counts().of(Kind::Refused), job.counts().of(Kind::NotFound)), (&Phase::Done, 1, 39));
    job.retry_refused();
    assert_eq!(asked(&mut job, now).entries, [30]);
}

#[test]
fn a_provider_that_is_away_is_tried_a_few_times_and_then_a_person_decides() {
    let mut job = many(100);
    let (mut now, mut tries) = (NOON, 0);
    loop {
        match job.next(now) {
            Next::Ask(call) => {
                tries += 1;
                job.take(call.ticket, Err(refusal(503)), now);
            }
            Next::At(at) => now = at,
            Next::Answer => panic!("nothing is under way"),
            Next::Rest => break,
        }
    }
    assert!(matches!(job.phase(), Phase::Paused(Pause::Barred(_))));
    assert_eq!(tries, 6);
    assert!(now.since(NOON) >= Span::from_seconds(60));
}

#[test]
fn a_provider_that_asks_for_an_endless_wait_is_tried_again_after_ten_minutes() {
    let mut job = many(20);
    let call = asked(&mut job, NOON);
    job.take(call.ticket, Err(refusal(503).with_retry_after(u64::MAX)), NOON);
    assert_eq!(job.next(NOON), Next::At(NOON + Span::from_seconds(600)));
}

#[test]
fn a_persons_pause_is_not_ended_by_anything_else() {
    let mut job = many(100);
    let call = asked(&mut job, NOON);
    job.pause();
    job.take(call.ticket, Err(refusal(429).with_retry_after(1)), NOON);
    job.network(true, NOON);
    assert_eq!(job.next(NOON + Span::from_seconds(600)), Next::Rest);
    assert_eq!(*job.phase(), Phase::Paused(Pause::Person));
    job.go_on();
    assert!(matches!(job.next(NOON), Next::Ask(_)));
}

#[test]
fn an_answer_that_comes_after_the_stop_still_counts() {
    let mut job = many(30);
    let call = asked(&mut job, NOON);
    job.stop();
    job.take(call.ticket, Ok(json!({})), NOON);
    assert_eq!(
        (job.phase(), job.counts().of(Kind::NotFound), job.counts().of(Kind::Waiting)),
        (&Phase::Stopped, 20, 10)
    );
    job.take(call.ticket, Ok(json!({})), NOON);
    assert_eq!(job.counts().all(), 30);
}

#[test]
fn alone_each_attribute_is_tried_in_turn() {
    let mut job = job(&["3fa85f64-5717-4562-b3fc-2c963f66afa6"]);
    let call = asked(&mut job, NOON);
    job.take(call.ticket, Err(refusal(400)), NOON);
    let call = asked(&mut job, NOON);
    assert!(matches!(&call.what, What::One(ask) if ask.attribute == Attribute::Id));
    job.take(call.ticket, Err(refusal(404)), NOON);
    let call = asked(&mut job, NOON);
    assert!(matches!(&call.what, What::One(ask) if ask.attribute == Attribute::Username));
    job.take(call.ticket, Ok(json!({})), NOON);
    assert_eq!(kinds(&job), [Kind::NotFound]);
}

#[test]
fn ten_thousand_entries_take_five_hundred_calls_and_little_more_than_a_minute() {
    let mut job = many(10_000);
    let (mut now, mut calls) = (NOON, 0);
    loop {
        match job.next(now) {
            Next::Ask(call) => {
                calls += 1;
                job.take(call.ticket, Ok(json!({})), now);
            }
            Next::At(at) => now = at,
            Next::Answer => panic!("nothing is under way"),
            Next::Rest => break,
        }
    }
    assert_eq!((calls, job.counts().of(Kind::NotFound)), (500, 10_000));
    assert!(now.since(NOON) <= Span::from_seconds(65));
}

/// What a made-up provider does with a call.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Answers,
    Refuses(u16),
    Loses,
    PersonPauses,
    IsReloaded,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => Just(Deed::Answers),
        1 => prop_oneof![Just(400), Just(401), Just(403), Just(429), Just(503)].prop_map(Deed::Refuses),
        1 => Just(Deed::Loses),
        1 => Just(Deed::PersonPauses),
        1 => Just(Deed::IsReloaded),
    ]
}

/// A user for each name with an even number, two for each address with an even number.
fn directory(job: &Job, call: &Call) -> Result<Value, Problem> {
    let mut found = Vec::new();
    for at in &call.entries {
        let text = job.entries()[*at].text.clone();
        if at % 2 == 0 && text.contains('@') {
            found.push((format!("{at}-a"), format!("x{at}"), text.clone()));
            found.push((format!("{at}-b"), format!("y{at}"), text));
        } else if at % 2 == 0 {
            found.push((at.to_string(), text.to_uppercase(), String::new()));
        }
    }
    let list: Vec<(&str, &str, &str)> = found.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
    Ok(users(&list))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_happens_on_the_way_each_entry_ends_as_it_should(
        shape in proptest::collection::vec(any::<bool>(), 1..120),
        deeds in proptest::collection::vec(deed(), 0..60),
    ) {
        let texts: Vec<String> = shape.iter().enumerate().map(|(at, mail)| if *mail { format!("u{at}@mill.example") } else { format!("u{at}") }).collect();
        let mut job = job(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let (mut now, mut deeds, mut rounds) = (NOON, deeds.into_iter(), 0);
        loop {
            rounds += 1;
            prop_assert!(rounds < 5_000, "it never ends");
            match job.next(now) {
                Next::Ask(call) => match deeds.next().unwrap_or(Deed::Answers) {
                    Deed::Answers => { let answer = directory(&job, &call); job.take(call.ticket, answer, now); }
                    Deed::Refuses(status) => job.take(call.ticket, Err(refusal(status)), now),
                    Deed::Loses => job.take(call.ticket, Err(Problem::new(Code::Unreachable)), now),
                    Deed::PersonPauses => { job.pause(); let answer = directory(&job, &call); job.take(call.ticket, answer, now); }
                    Deed::IsReloaded => {
                        let chunks = (0..kept::chunk_count(job.entries().len())).map(|chunk| Some(job.kept_chunk(chunk))).collect();
                        job = Job::restore(&job.kept_head(), chunks).unwrap();
                    }
                },
                Next::At(at) => now = at.max(now + Span::from_millis(1)),
                Next::Answer => prop_assert!(false, "nothing is under way"),
                Next::Rest if *job.phase() == Phase::Done && job.counts().of(Kind::Refused) == 0 => break,
                Next::Rest if *job.phase() == Phase::Done => job.retry_refused(),
                Next::Rest => job.go_on(),
            }
            prop_assert_eq!(job.counts().all(), shape.len());
        }
        for (at, mail) in shape.iter().enumerate() {
            let expected = match (at % 2, mail) { (1, _) => Kind::NotFound, (_, true) => Kind::Ambiguous, _ => Kind::Found };
            prop_assert_eq!(job.entries()[at].outcome.kind(), expected);
        }
    }
}
