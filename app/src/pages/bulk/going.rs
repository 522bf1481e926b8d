//! Carrying out: what the lookup wants next, again and again, until it wants to wait.

use std::time::Duration;

use domain::management::bulk::{Call, Job, Next};
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::lookup::Lookup;
use crate::Ports;

/// The longest wait without looking again, as clocks jump.
const LONGEST: u64 = 30_000;

/// Does what the lookup wants.
pub(super) fn go_on(lookup: Lookup) {
    let Some(clock) = lookup.ports.try_with_value(|ports| ports.desk.clock.clone()) else { return };
    let before = lookup.job.try_with_untracked(|job| job.as_ref().map(|job| job.phase().clone())).flatten();
    loop {
        let next = lookup.job.try_update_untracked(|job| job.as_mut().map(|job| job.next(clock())));
        match next.flatten() {
            Some(Next::Ask(call)) => ask(lookup, call),
            Some(Next::At(at)) => {
                wake(lookup, at, clock());
                break;
            }
            Some(Next::Answer | Next::Rest) | None => break,
        }
    }
    let after = lookup.job.try_with_untracked(|job| job.as_ref().map(|job| job.phase().clone())).flatten();
    if before != after {
        lookup.keep();
    }
    tell(lookup);
}

/// Has everyone see it as it is now.
fn tell(lookup: Lookup) {
    // Nobody is left to see it when the page is.
    lookup.job.try_update(|_| ());
}

fn ask(lookup: Lookup, call: Call) {
    let Some(gateway) = lookup.gateway.try_get_value() else { return };
    let id = lookup.job.with_untracked(|job| job.as_ref().map(|job| job.id().to_owned()));
    spawn_local(async move {
        let answer = gateway.get(call.route(gateway.environment())).await;
        let Some(clock) = lookup.ports.try_with_value(|ports| ports.desk.clock.clone()) else { return };
        let taken = lookup.job.try_update_untracked(|job| {
            let job = job.as_mut().filter(|job| Some(job.id()) == id.as_deref())?;
            job.take(call.ticket, answer, clock());
            Some(())
        });
        if taken.flatten().is_some() {
            lookup.keep_now_and_then();
            go_on(lookup);
        }
    });
}

fn wake(lookup: Lookup, at: Timestamp, now: Timestamp) {
    let Some(number) = lookup.wakes.try_update_value(|wakes| {
        *wakes += 1;
        *wakes
    }) else {
        return;
    };
    let wait = Duration::from_millis(at.since(now).millis().clamp(10, LONGEST));
    set_timeout(
        move || {
            if lookup.wakes.try_get_value() == Some(number) {
                go_on(lookup);
            }
        },
        wait,
    );
}

/// A deed of a person.
pub(super) fn deed(lookup: Lookup, change: impl FnOnce(&mut Job)) {
    lookup.job.update_untracked(|job| {
        if let Some(job) = job {
            change(job);
        }
    });
    lookup.keep();
    go_on(lookup);
}

/// Hears when the network goes and comes back.
pub(super) fn hear_network(lookup: Lookup) {
    let view = expect_context::<Ports>().desk.view;
    let online = Memo::new(move |_| view.with(|view| view.online));
    Effect::new(move |before: Option<bool>| {
        let is_online = online.get();
        if before.is_some_and(|before| before != is_online) {
            let now = lookup.ports.with_value(|ports| (ports.desk.clock)());
            deed(lookup, |job| job.network(is_online, now));
        }
        is_online
    });
}
