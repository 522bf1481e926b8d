use domain::management::activities::{Activity, Log, MOST_ENTRIES, Narrowing, Totals, Wanted, timeline, totals};
use domain::number::grouped;
use domain::time::{Span, words};
use leptos::prelude::*;

use super::reading::{Reading, State};
use super::{detail, export, list};
use crate::Ports;
use crate::components::{Button, Choice, Empty, Field, Icon, Look, Select, icon, skeleton};
use crate::gateway::refused;

/// What was read: how far it is, totals, timeline and list, narrowed as wanted.
pub(super) fn results(reading: Reading) -> AnyView {
    let narrowed = Narrowed::new(reading);
    let chosen = detail::Chosen::new();
    let is_there =
        Memo::new(move |_| reading.log.with(|log| log.as_ref().is_some_and(|log| !log.entries().is_empty())));
    let first = Memo::new(move |_| reading.is_busy().get() && !is_there.get());
    let is_empty = Memo::new(move |_| reading.state.with(|state| *state == State::Ended) && !is_there.get());
    let shown = move || match (is_there.get(), first.get(), is_empty.get()) {
        (true, ..) => found(narrowed, chosen),
        (_, true, _) => skeleton(5),
        (.., true) => nothing(reading),
        _ => ().into_any(),
    };
    view! {
        {progress(reading)}
        {shown}
        {chosen.dialog()}
    }
    .into_any()
}

/// What was read, and what is looked for in it.
#[derive(Clone, Copy)]
pub(super) struct Narrowed {
    pub(super) reading: Reading,
    result: RwSignal<String>,
    text: RwSignal<String>,
    /// The places of the entries that fit, found once for all that shows them.
    found: Memo<Vec<usize>>,
}

impl Narrowed {
    fn new(reading: Reading) -> Self {
        let (result, text) = (RwSignal::new("all".to_owned()), RwSignal::new(String::new()));
        let found = Memo::new(move |_| {
            let narrowing = Narrowing { result: result.with(|name| Wanted::from_name(name)), text: text.get() };
            reading.log.with(|log| log.as_ref().map(|log| narrowing.of(log.entries())).unwrap_or_default())
        });
        Self { reading, result, text, found }
    }

    /// Works on the log and those of its entries that fit.
    pub(super) fn with<T>(self, work: impl FnOnce(&Log, &[&Activity]) -> T) -> Option<T> {
        let found = self.found.get();
        self.reading.log.with(|log| {
            let log = log.as_ref()?;
            let entries: Vec<&Activity> = found.iter().filter_map(|place| log.entries().get(*place)).collect();
            Some(work(log, &entries))
        })
    }

    /// As [`Narrowed::with`], without being told of changes.
    pub(super) fn with_untracked<T>(self, work: impl FnOnce(&Log, &[&Activity]) -> T) -> Option<T> {
        untrack(|| self.with(work))
    }
}

fn found(narrowed: Narrowed, chosen: detail::Chosen) -> AnyView {
    let results: Vec<Choice> = Wanted::ALL.into_iter().map(|(_, name, words)| Choice::new(name, words)).collect();
    view! {
        {counts(narrowed)}
        {super::timeline::timeline_chart(Memo::new(move |_| narrowed.with(timeline)))}
        <section class="card audit-entries">
            <div class="search-fields">
                <Select id="audit-result" label="Result" value=narrowed.result choices=Signal::stored(results) />
                <Field id="audit-text" label="Find in what was read" kind="search" value=narrowed.text />
                {export::export(narrowed)}
            </div>
            {list::list(narrowed, chosen)}
        </section>
    }
    .into_any()
}

fn counts(narrowed: Narrowed) -> AnyView {
    let totals = Memo::new(move |_| narrowed.with(|_, entries| totals(entries)).unwrap_or_default());
    let one = move |words: &'static str, class: &'static str, of: fn(&Totals) -> usize| {
        let number = move || totals.with(of);
        view! {
            <div class=format!("count {class}") class:zero=move || number() == 0>
                <dt>{words}</dt>
                <dd>{move || grouped(number() as u64)}</dd>
            </div>
        }
    };
    let other =
        move || (totals.with(|totals| totals.other) > 0).then(|| one("Other results", "", |totals| totals.other));
    view! {
        <dl class="counts many">
            {one("Entries", "", |totals| totals.all)}
            {one("Success", "good", |totals| totals.success)}
            {one("Failed", "bad", |totals| totals.failed)}
            {other}
            {one("Action types", "", |totals| totals.action_types)}
            {one("Actors", "", |totals| totals.actors)}
        </dl>
    }
    .into_any()
}

fn nothing(reading: Reading) -> AnyView {
    let asked = reading.log.with_untracked(|log| log.as_ref().is_some_and(|log| log.search().beside.is_some()));
    let text = if asked {
        "No entry of this time fits the condition. Check its value: it must be exactly what the provider wrote. Or choose a longer time."
    } else {
        "The provider has no entry of this time. Choose a longer one."
    };
    view! { <Empty picture=Icon::Log title="Nothing was recorded" text /> }.into_any()
}

/// How far the reading is, and what stands in its way.
fn progress(reading: Reading) -> AnyView {
    let now = expect_context::<Ports>().desk.now;
    let again = Callback::new(move |()| reading.go_on());
    let busy = move |words: Signal<String>| {
        view! {
            <div class="progress-line">
                <p class="status renewing">{words}</p>
                <Button label="Stop" look=Look::Quiet on_press=move |()| reading.stop() />
            </div>
        }
        .into_any()
    };
    let shown = move || match reading.state.get() {
        State::Idle => ().into_any(),
        State::Running => busy(Signal::derive(move || format!("Reading… {}", read(reading)))),
        State::Waiting(until) => {
            let now = now.clone();
            busy(Signal::derive(move || {
                let left = until.since(now.get().unwrap_or_default()).max(Span::from_seconds(1));
                let left = words::span(left);
                format!(
                    "The provider takes about three calls a second and asks to wait: it goes on in {left}. {}",
                    read(reading)
                )
            }))
        }
        State::Paused => more(reading),
        State::Ended => ended(reading),
        State::Refused(problem) => refused(problem, again),
    };
    view! { <div class="progress-box" aria-live="polite">{shown}</div> }.into_any()
}

fn read(reading: Reading) -> String {
    let (entries, unread) =
        reading.log.with(|log| log.as_ref().map_or((0, 0), |log| (log.entries().len(), log.unread())));
    let unread = match unread {
        0 => String::new(),
        1 => " 1 more could not be read and is not counted.".to_owned(),
        many => format!(" {} more could not be read and are not counted.", grouped(many as u64)),
    };
    let noun = if entries == 1 { "entry" } else { "entries" };
    format!("{} {noun} read.{unread}", grouped(entries as u64))
}

/// There is more than was read: said where the figures are, with the way to go on.
fn more(reading: Reading) -> AnyView {
    let words = move || {
        format!(
            "{} There are more in this range: figures and list show only the newest, down to where the reading stopped.",
            read(reading)
        )
    };
    view! {
        <div class="notice info">
            {icon(Icon::Alert)}
            <div>
                <p>{words}</p>
                <Button label="Load more" on_press=move |()| reading.go_on() />
            </div>
        </div>
    }
    .into_any()
}

fn ended(reading: Reading) -> AnyView {
    let (is_full, is_circle) =
        reading.log.with_untracked(|log| log.as_ref().map_or((false, false), |log| (log.is_full(), log.is_circle())));
    let bound = if is_full {
        format!(
            "This page holds {} entries at most, and there are more. Choose a shorter time, or a condition.",
            grouped(MOST_ENTRIES as u64)
        )
    } else if is_circle {
        "The provider's link to the next page leads back to the same one, so the rest can't be read. Choose a shorter time.".to_owned()
    } else {
        return view! { <p class="soft">{move || format!("{} That is all of it.", read(reading))}</p> }.into_any();
    };
    view! {
        <div class="notice soon" role="status">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">"Not all of it is shown"</p>
                <p>{bound}</p>
            </div>
        </div>
    }
    .into_any()
}
