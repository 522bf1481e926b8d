use domain::management::bulk::{self, Job, Kind, Pause, Phase};
use domain::number::grouped;
use domain::time::date::Day;
use domain::time::{Timestamp, words};
use leptos::prelude::*;

use super::going::deed;
use super::lookup::Lookup;
use super::preview::{said, users};
use crate::components::{Button, Confirm, Icon, Look, icon};
use crate::dom;
use crate::gateway::refused;

/// How far it is, how fast it goes, why it waits, and what can be done.
pub(super) fn progress(lookup: Lookup) -> AnyView {
    let phase = Memo::new(move |_| lookup.job.with(|job| job.as_ref().map(|job| job.phase().clone())));
    let counts = Memo::new(move |_| lookup.job.with(|job| job.as_ref().map(Job::counts).unwrap_or_default()));
    let heading = move || {
        let all = users(counts.get().all());
        match phase.get() {
            Some(Phase::Running) => format!("Looking up {all}"),
            Some(Phase::Paused(_)) => format!("Lookup of {all}, paused"),
            Some(Phase::Stopped) => format!("Lookup of {all}, stopped"),
            Some(Phase::Done) | None => format!("{all} looked up"),
        }
    };
    let left_out = lookup.job.with_untracked(|job| job.as_ref().map(|job| job.left_out).unwrap_or_default());
    view! {
        <section class="card lookup" aria-label="Progress">
            <h2>{heading}</h2>
            <p class="hidden" role="status">{heading}</p>
            <progress
                class="progress"
                aria-label="Entries that have ended"
                max=move || counts.get().all().to_string()
                value=move || counts.get().ended().to_string()
            ></progress>
            <p>{move || told(lookup)}</p>
            {move || waiting(lookup, phase.get())}
            {elsewhere(lookup)}
            {said(left_out)}
            {buttons(lookup, phase)}
        </section>
    }
    .into_any()
}

/// How many have ended, the rate, and how long the rest takes.
fn told(lookup: Lookup) -> String {
    lookup.job.with(|job| {
        let Some(job) = job else { return String::new() };
        let counts = job.counts();
        let mut told = format!("{} of {}", grouped(counts.ended() as u64), grouped(counts.all() as u64));
        if *job.phase() != Phase::Running {
            return told;
        }
        if let Some(rate) = job.pace().per_minute() {
            told += &format!(" · {} a minute", grouped(rate));
        }
        if let Some(left) = job.pace().left(counts.of(Kind::Waiting)) {
            told += &format!(" · about {} left", words::span(left));
        }
        told
    })
}

/// Why it does not ask for now.
fn waiting(lookup: Lookup, phase: Option<Phase>) -> AnyView {
    let Some(Phase::Paused(pause)) = phase else { return ().into_any() };
    let again = Callback::new(move |()| deed(lookup, Job::go_on));
    let (title, text, until) = match pause {
        Pause::Person => return ().into_any(),
        Pause::Barred(problem) => return refused(*problem, again),
        Pause::Reloaded => {
            let text =
                "It stood still while this page was not open. What was found is here; Continue looks up the rest.";
            ("Paused", text.to_owned(), None)
        }
        Pause::Throttled { until } => (
            "The provider takes no more calls just now",
            "Nothing is lost. It goes on by itself".to_owned(),
            Some(until),
        ),
        Pause::Offline { until } => {
            let text = "It goes on by itself when the network is back, and looks for it again".to_owned();
            ("The server can't be reached", text, Some(until))
        }
        Pause::Away { until, problem } => {
            ("The provider does not answer", format!("{}. It is tried again by itself", problem.title), Some(until))
        }
    };
    let ending = move || until.map(|until| format!(" {}.", countdown(lookup, until)));
    view! {
        <div class="notice soon" role="status">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">{title}</p>
                <p>{text} {ending}</p>
            </div>
        </div>
    }
    .into_any()
}

/// `in 7 s`, counted down while the page can be seen, with the clock of the lookup.
fn countdown(lookup: Lookup, until: Timestamp) -> String {
    lookup.ports.with_value(|ports| {
        ports.desk.now.track();
        let left = until.since((ports.desk.clock)());
        if left.seconds() == 0 { "now".to_owned() } else { format!("in {}", words::span(left)) }
    })
}

/// Whether it was begun in another environment than the page reads now.
fn elsewhere(lookup: Lookup) -> AnyView {
    let there = lookup.job.with_untracked(|job| job.as_ref().map(|job| job.environment.clone()).unwrap_or_default());
    let shown = move || {
        (!lookup.is_here()).then(|| {
            view! {
                <div class="notice soon" role="status">
                    <div>
                        <p class="strong">"This lookup belongs to another environment"</p>
                        <p>"It was begun in " <span class="code">{there.clone()}</span> ". Choose a connection to that one above to go on."</p>
                    </div>
                </div>
            }
        })
    };
    view! { {shown} }.into_any()
}

fn buttons(lookup: Lookup, phase: Memo<Option<Phase>>) -> AnyView {
    let clearing = RwSignal::new(false);
    let reason = Signal::derive(move || (!lookup.is_here()).then(|| "It belongs to another environment".to_owned()));
    let refused =
        Memo::new(move |_| lookup.job.with(|job| job.as_ref().map_or(0, |job| job.counts().of(Kind::Refused))));
    let steer = move || match phase.get() {
        Some(Phase::Running) => view! {
            <Button label="Stop" on_press=move |()| deed(lookup, Job::stop) />
            <Button label="Pause" look=Look::Primary on_press=move |()| deed(lookup, Job::pause) />
        }
        .into_any(),
        Some(Phase::Paused(_)) => view! {
            <Button label="Stop" on_press=move |()| deed(lookup, Job::stop) />
            <Button label="Continue" look=Look::Primary reason on_press=move |()| deed(lookup, Job::go_on) />
        }
        .into_any(),
        Some(Phase::Stopped) => {
            view! { <Button label="Continue" reason on_press=move |()| deed(lookup, Job::go_on) /> }.into_any()
        }
        Some(Phase::Done) | None => ().into_any(),
    };
    let retry = move || {
        (refused.get() > 0 && phase.with(|phase| matches!(phase, Some(Phase::Done | Phase::Stopped)))).then(|| {
            let label = format!("Retry {} refused", grouped(refused.get() as u64));
            view! { <Button label reason on_press=move |()| deed(lookup, Job::retry_refused) /> }
        })
    };
    view! {
        <div class="actions apart">
            <div class="actions">
                <Button label="Export CSV" picture=Icon::Export on_press=move |()| export(lookup, "csv") />
                <Button label="Export JSON" picture=Icon::Export on_press=move |()| export(lookup, "json") />
                <Button label="New lookup" on_press=move |()| clearing.set(true) />
            </div>
            <div class="actions">{retry} {steer}</div>
        </div>
        <Confirm
            id="clear-lookup"
            title="Clear this lookup?"
            open=clearing
            text="Its list and its results are removed from this browser. Export them first if you need them."
            verb="Clear"
            on_yes=move |()| lookup.forget()
        />
    }
    .into_any()
}

fn export(lookup: Lookup, kind: &str) {
    let now = lookup.ports.with_value(|ports| (ports.desk.clock)());
    let text = lookup.job.with_untracked(|job| {
        let job = job.as_ref()?;
        Some(if kind == "csv" { bulk::csv(job) } else { bulk::json(job, now) })
    });
    if let Some(text) = text {
        dom::download(&format!("user-lookup-{}.{kind}", Day::of(now)), &text);
    }
}
