use domain::management::bulk::{Entry, Hit, Job, Kind, Outcome};
use domain::number::grouped;
use leptos::prelude::*;

use super::lookup::Lookup;
use super::window::window;
use crate::Awake;
use crate::components::Badge;
use crate::words::{Mood, escape};

/// What came of the entries, kept apart by kind.
pub(super) fn results(lookup: Lookup) -> AnyView {
    let chosen = RwSignal::new(None::<Kind>);
    let counts = Memo::new(move |_| lookup.job.with(|job| job.as_ref().map(Job::counts).unwrap_or_default()));
    let rows = Memo::new(move |_| {
        let wanted = chosen.get();
        lookup.job.with(|job| {
            let entries = job.as_ref().map(Job::entries).unwrap_or_default();
            let kinds = entries.iter().map(|entry| entry.outcome.kind()).enumerate();
            kinds.filter(|(_, kind)| wanted.is_none_or(|wanted| wanted == *kind)).collect::<Vec<_>>()
        })
    });
    let tab = move |kind: Option<Kind>| {
        let awake = expect_context::<Awake>().0;
        let count = move || kind.map_or_else(|| counts.get().all(), |kind| counts.get().of(kind));
        let words = kind.map_or("All", Kind::words);
        view! {
            <button
                type="button"
                class="button quiet"
                aria-pressed=move || (chosen.get() == kind).to_string()
                disabled=move || !awake.get()
                on:click=move |_| chosen.set(kind)
            >
                <span>{words}</span>
                <span class="number-of">{move || grouped(count() as u64)}</span>
            </button>
        }
    };
    let tabs = std::iter::once(None).chain(Kind::ALL.map(Some)).map(tab).collect_view();
    let row =
        move |at: usize| lookup.job.with_untracked(|job| job.as_ref()?.entries().get(at).map(|entry| cells(at, entry)));
    view! {
        <section class="card" aria-label="Results">
            <div class="tabs" role="group" aria-label="Which results are shown">{tabs}</div>
            {window(rows, chosen, "Results", row)}
        </section>
    }
    .into_any()
}

/// The cells of one entry.
fn cells(at: usize, entry: &Entry) -> AnyView {
    let kind = entry.outcome.kind();
    let mood = match kind {
        Kind::Found => Mood::Good,
        Kind::Ambiguous => Mood::Soon,
        Kind::Refused => Mood::Bad,
        Kind::NotFound | Kind::Waiting => Mood::None,
    };
    view! {
        <td class="soft">{grouped(at as u64 + 1)}</td>
        <th scope="row" class="code">{entry.text.clone()}</th>
        <td><Badge mood=Signal::stored(mood) word=Signal::stored(kind.words().to_owned()) /></td>
        {more(entry)}
    }
    .into_any()
}

/// Who it is, or why nobody.
fn more(entry: &Entry) -> AnyView {
    match &entry.outcome {
        Outcome::Found(hit) => view! {
            <td>{link(hit, hit.name.as_ref().or(hit.username.as_ref()))}</td>
            <td>{hit.username.clone()}</td>
            <td>{hit.email.clone()}</td>
            <td>{match hit.enabled { Some(true) => "Yes", Some(false) => "No", None => "" }}</td>
        }
        .into_any(),
        Outcome::Ambiguous { hits, more } => {
            let count = if *more { format!("More than {}", hits.len()) } else { hits.len().to_string() };
            let links = hits.iter().map(|hit| view! { " " {link(hit, hit.username.as_ref())} }).collect_view();
            view! { <td colspan="4">{format!("{count} users:")} {links}</td> }.into_any()
        }
        Outcome::Refused { reason, .. } => view! { <td colspan="4">{reason.clone()}</td> }.into_any(),
        Outcome::NotFound | Outcome::Waiting => view! { <td colspan="4"></td> }.into_any(),
    }
}

/// The way to a user's profile.
fn link(hit: &Hit, name: Option<&String>) -> AnyView {
    let href = format!("/people?user={}", escape(&hit.id));
    view! { <a href=href>{name.unwrap_or(&hit.id).clone()}</a> }.into_any()
}
