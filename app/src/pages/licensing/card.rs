use domain::management::licenses::{Ending, License, Life, Measure, Stage, State, Usage, environments};
use domain::number::grouped;
use domain::time::Timestamp;
use domain::time::date::Day;
use leptos::prelude::*;

use super::detail::detail;
use super::list::{Shelf, expect_now};
use crate::components::{Badge, Moment, fact, facts, meter};
use crate::gateway::{Remote, refused};
use crate::words::{Mood, utc};

/// One licence: its state, its life, and what is used of it.
pub(super) fn card(license: License, shelf: &Shelf) -> AnyView {
    // A licence changes by the day: the moment it was drawn is exact enough.
    let now = expect_now()();
    let life = license.life(now);
    let mood = mood(&license, life);
    let words = license.life_words(now);
    let name = license.name.clone();
    let package = license.package.clone().unwrap_or_else(|| "Package not given".to_owned());
    let mut rows = vec![fact("Environments", used(&environments(&license)))];
    rows.extend(active(&license, shelf));
    view! {
        <li class="card licence">
            <div class="card-head">
                <div>
                    <h3>{name}</h3>
                    <p class="soft">{package}</p>
                </div>
                <Badge mood=Signal::stored(mood) word=Signal::stored(license.state.word().to_owned()) />
            </div>
            {bar(&license, life, mood, words)}
            {facts(rows)}
            {remarks(&license, life, shelf)}
            {detail(license, shelf)}
        </li>
    }
    .into_any()
}

fn mood(license: &License, life: Life) -> Mood {
    match life.stage {
        Stage::Running => Mood::Good,
        // One that another follows ends as it was meant to.
        Stage::Ending if license.replaced_by.is_some() && !life.overdue => Mood::Good,
        Stage::Ending => Mood::Soon,
        Stage::Over if license.state == State::Terminated => Mood::Bad,
        Stage::Over | Stage::Ahead | Stage::Unknown => Mood::None,
    }
}

/// The life bar of a licence: begins at the left, expires at the right, now the moving edge.
fn bar(license: &License, life: Life, mood: Mood, words: String) -> AnyView {
    let passed = life.passed.unwrap_or(1_000);
    let percent = |thousandths: u16| format!("{}.{}%", thousandths / 10, thousandths % 10);
    let end = |name: &'static str, at: Option<Timestamp>| {
        let shown = at.map(|at| {
            let day = Day::of(at).long();
            view! { <time datetime=utc(at)>{day}</time> }
        });
        view! { <span>{format!("{name} ")}{shown.map_or_else(|| "not given".into_any(), IntoAny::into_any)}</span> }
    };
    let verb = |past: &'static str, future: &'static str, over: bool| if over { past } else { future };
    let begun = life.stage != Stage::Ahead;
    let over = life.stage == Stage::Over || life.overdue;
    let last = match license.terminates.filter(|_| license.state == State::Terminated) {
        Some(at) => end("Terminated", Some(at)),
        None => end(verb("Expired", "Expires", over), license.expires),
    };
    view! {
        <div class=format!("life {}", mood.class())>
            <svg class="life-bar" aria-hidden="true">
                <rect class="track" width="100%" height="100%" rx="3" />
                <rect class="left" x=percent(passed) width=percent(1_000 - passed) height="100%" rx="3" />
                <rect class="edge" x=percent(passed) width="2" height="100%" />
            </svg>
            <div class="life-ends">
                {end(verb("Began", "Begins", begun), license.begins)}
                <span class="life-words strong">{words}</span>
                {last}
            </div>
        </div>
    }
    .into_any()
}

fn used(usage: &Usage) -> AnyView {
    let mood = match usage.measure() {
        Measure::Unknown => Mood::None,
        Measure::Within => Mood::Good,
        Measure::Nearly | Measure::Full => Mood::Soon,
        Measure::Over => Mood::Bad,
    };
    meter(usage.words(), usage.of.clone(), usage.part(), mood)
}

/// Active identities beside what is included; nothing for a licence that has not begun.
fn active(license: &License, shelf: &Shelf) -> Vec<AnyView> {
    if license.state == State::Future {
        let included = |number: Option<u64>| number.map(grouped).unwrap_or_else(|| "Not given".to_owned());
        return vec![
            fact("Active in a month", format!("{} included", included(license.active_in_a_month)).into_any()),
            fact("Active in a year", format!("{} included", included(license.active_in_a_year)).into_any()),
        ];
    }
    let Some(remote) = shelf.active(license) else { return Vec::new() };
    let one = move |place: usize| {
        let fallback = [license.active_in_a_month, license.active_in_a_year][place];
        let shown = move || match (remote.ready(), remote.problem()) {
            (Some(usage), _) => used(&usage[place]),
            (None, Some(problem)) => view! { <span class="note soon">{problem.title}</span> }.into_any(),
            (None, None) if remote.is_loading().get() => view! { <span class="soft">"Counting…"</span> }.into_any(),
            (None, None) => {
                let included = fallback.map(grouped).unwrap_or_else(|| "not given".to_owned());
                view! { <span class="soft">{format!("{included} included; open the details to count")}</span> }
                    .into_any()
            }
        };
        view! { {shown} }.into_any()
    };
    vec![fact("Active in a month", one(0)), fact("Active in a year", one(1))]
}

/// What a person should know of how it ends.
fn remarks(license: &License, life: Life, shelf: &Shelf) -> AnyView {
    let mut lines = Vec::new();
    let mut say = |class: &'static str, words: AnyView| lines.push(view! { <p class=class>{words}</p> });
    if life.overdue {
        say("note soon", "Its end has passed, and the API still calls it active.".into_any());
    }
    if matches!(life.stage, Stage::Running | Stage::Ending | Stage::Unknown | Stage::Ahead) {
        let stops_soon = life.ending == Ending::Stops && life.stage == Stage::Ending;
        say(if stops_soon { "note soon" } else { "note info" }, life.ending.words().into_any());
    }
    if let Some(at) = license.terminates.filter(|_| license.state != State::Terminated) {
        say("note info", view! { "It is terminated " <Moment at /> }.into_any());
    }
    if let Some(id) = &license.replaced_by {
        let next = shelf.all.iter().find(|other| other.id == *id);
        let begins = next.and_then(|next| next.begins).map(|begins| format!(" from {} on", Day::of(begins).long()));
        let name = next.map_or_else(|| format!("{id}, which is not in this list"), |next| next.name.clone());
        say("note info", format!("Replaced by {name}{}.", begins.unwrap_or_default()).into_any());
    }
    view! { <div class="remarks">{lines}</div> }.into_any()
}

/// What the problem of a count says, with a way to try again.
pub(super) fn trouble(remote: Remote<[Usage; 2]>) -> AnyView {
    let again = Callback::new(move |()| remote.again());
    let shown = move || remote.problem().map(|problem| refused(problem, again));
    view! { {shown} }.into_any()
}
