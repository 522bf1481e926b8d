use domain::api::audit::{EXPORT_CSV, EXPORT_JSON};
use domain::audit::{Entry, Event, Filter, Outcome};
use domain::number::grouped;
use domain::time::date;
use leptos::prelude::*;

use super::detail::Chosen;
use super::reading::{Facts, Reading};
use crate::components::{Badge, Button, Empty, Icon, Look, ProblemBox, Table, icon, skeleton};
use crate::words::Mood;

/// From so many on the server counts no further.
const MOST_COUNTED: u64 = 10_000;

/// The events, how many there are, and the ways to take them along.
pub(super) fn list(reading: Reading) -> AnyView {
    let chosen = Chosen::new(reading);
    let state = Memo::new(move |_| reading.events.with(|events| events.as_ref().map(Vec::len)));
    let trouble = move || {
        let problem = reading.problem.get()?;
        let before =
            reading.events.with(|events| events.as_ref().and_then(|events| events.last().map(|last| last.seq)));
        let retry = Callback::new(move |()| reading.read(before));
        Some(view! { <ProblemBox problem retry /> })
    };
    let body = move || match state.get() {
        None if reading.problem.with(Option::is_some) => ().into_any(),
        None => skeleton(5),
        Some(0) => nothing(reading),
        Some(_) => found(reading, chosen),
    };
    view! {
        {trouble}
        {body}
        {chosen.dialog()}
    }
    .into_any()
}

fn found(reading: Reading, chosen: Chosen) -> AnyView {
    let rows = move || {
        let events = reading.events.get().unwrap_or_default();
        view! {
            <For each=move || events.clone() key=|event| event.seq children=move |event| row(event, chosen) />
        }
    };
    view! {
        <section class="card audit-entries audit-log">
            <div class="audit-above">
                <p class="soft" role="status">{move || shown_of(reading)}</p>
                {export(reading)}
            </div>
            <Table label="Events" head=&["When (UTC)", "Who", "Action", "About", "Result", ""]>{rows}</Table>
            {older(reading)}
        </section>
    }
    .into_any()
}

fn shown_of(reading: Reading) -> String {
    let shown = reading.events.with(|events| events.as_ref().map_or(0, Vec::len)) as u64;
    let total = reading.facts.with(|facts| facts.as_ref().map_or(0, |facts| facts.total));
    let more = if total >= MOST_COUNTED { " or more" } else { "" };
    let noun = if total == 1 { "event" } else { "events" };
    format!("{} of {}{more} {noun}, the newest first", grouped(shown), grouped(total.max(shown)))
}

fn older(reading: Reading) -> AnyView {
    let shown = move || {
        let older = reading.facts.with(|facts: &Option<Facts>| facts.as_ref().and_then(|facts| facts.older))?;
        Some(view! {
            <div class="actions">
                <Button
                    label="Show older events"
                    busy=reading.busy
                    busy_words="Reading…"
                    on_press=move |()| reading.read(Some(older))
                />
            </div>
        })
    };
    view! { {shown} }.into_any()
}

/// All that fit as files, written by the server while they are read. That they left is an event, too.
fn export(reading: Reading) -> AnyView {
    let link = move |path: &'static str, words: &'static str| {
        let href = move || {
            let query = reading.filter.with(Filter::query);
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        view! {
            <a class="button" href=href download rel="external">
                {icon(Icon::Export)}
                <span>{words}</span>
            </a>
        }
    };
    view! {
        <div class="actions">{link(EXPORT_CSV, "Export CSV")} {link(EXPORT_JSON, "Export JSON lines")}</div>
    }
    .into_any()
}

fn nothing(reading: Reading) -> AnyView {
    if reading.filter.with_untracked(Filter::is_all) {
        let text = "The log is empty: its events are older than the operator keeps them.";
        return view! { <Empty picture=Icon::Chain title="No events" text /> }.into_any();
    }
    view! {
        <Empty
            picture=Icon::Find
            title="No event fits"
            text="Nothing in the log fits all you entered. Look for less, or for a longer time."
        >
            <Button label="Show all events" on_press=move |()| reading.narrow(Filter::default()) />
        </Empty>
    }
    .into_any()
}

/// A result and its colour.
pub(super) fn result(outcome: Outcome) -> AnyView {
    let mood = match outcome {
        Outcome::Done => Mood::Good,
        Outcome::Refused => Mood::Bad,
        Outcome::Failed => Mood::Soon,
    };
    view! { <Badge mood=Signal::stored(mood) word=Signal::stored(outcome.word().to_owned()) /> }.into_any()
}

/// What an event is about, as short as it can be said.
fn about(entry: &Entry) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(entry.label.as_ref().map(ToString::to_string));
    parts.extend(entry.site.as_ref().map(|site| format!("site {site}")));
    if parts.is_empty() {
        parts.extend(entry.provider.as_ref().map(|provider| format!("provider {provider}")));
    }
    let count = entry.count.map(|count| format!(" ({count})")).unwrap_or_default();
    format!("{}{count}", parts.join(", ")).trim_start().to_owned()
}

fn row(event: Event, chosen: Chosen) -> AnyView {
    let entry = &event.entry;
    let at = date::utc(entry.at).replace('T', " ").replace('Z', "");
    let who = entry.username.clone().unwrap_or_else(|| {
        let nobody = if entry.address.is_empty() { "This server" } else { "Nobody signed in" };
        nobody.to_owned()
    });
    let (action, about, result) = (entry.action.words(), about(entry), result(entry.outcome));
    let name = format!("Details of event {}", event.seq);
    view! {
        <tr>
            <td class="code">{at}</td>
            <td>{who}</td>
            <td>{action}</td>
            <td class="clipped" title=about.clone()>{about.clone()}</td>
            <td>{result}</td>
            <td class="end">
                <span title=name><Button label="Details" look=Look::Quiet on_press=move |()| chosen.open(event.clone()) /></span>
            </td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::audit::Action;
    use domain::id::ProviderId;
    use domain::site::SiteId;
    use domain::time::Timestamp;

    use super::*;

    #[test]
    fn what_an_event_is_about_is_said_by_name_and_site_or_else_provider_and_then_how_many() {
        let entry = Entry::by_server(Action::TokenAdded, Outcome::Done, Timestamp::from_seconds(1));
        assert_eq!(about(&entry), "");
        let entry = entry.with_provider(&ProviderId::new("ace"));
        assert_eq!(about(&entry), "provider ace");
        let entry = entry.on_site(&SiteId::parse("omaha").unwrap()).named("Omaha").counting(3);
        assert_eq!(about(&entry), "Omaha, site omaha (3)");
    }
}
