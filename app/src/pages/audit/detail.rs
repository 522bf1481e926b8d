use domain::api::{Code, Problem};
use domain::audit::{Entry, Event, Filter, Source, json_line};
use domain::time::date;
use leptos::prelude::*;

use super::list::result;
use super::reading::Reading;
use crate::components::{Button, CopyButton, Dialog, fact, facts};

/// The event that is looked at.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    event: RwSignal<Option<Event>>,
    open: RwSignal<bool>,
    reading: Reading,
}

impl Chosen {
    pub(super) fn new(reading: Reading) -> Self {
        Self { event: RwSignal::new(None), open: RwSignal::new(false), reading }
    }

    /// Shows an event.
    pub(super) fn open(self, event: Event) {
        self.event.set(Some(event));
        self.open.set(true);
    }

    /// The dialog, which stands once on the page.
    pub(super) fn dialog(self) -> AnyView {
        let title = Signal::derive(move || {
            self.event.with(|event| event.as_ref().map_or("Event", |event| event.entry.action.words()).to_owned())
        });
        view! {
            <Dialog id="event" title open=self.open wide=true>
                {move || self.event.get().map(|event| self.details(&event))}
            </Dialog>
        }
        .into_any()
    }

    fn details(self, event: &Event) -> AnyView {
        let json = json_line(event);
        let pretty = serde_json::from_str::<serde_json::Value>(&json).map(|value| format!("{value:#}"));
        view! {
            {facts(rows(event, self.reading))}
            {self.narrower(&event.entry)}
            <details class="whole">
                <summary>"As an export has it"</summary>
                <pre class="code" tabindex="0">{pretty.unwrap_or_default()}</pre>
            </details>
            <div class="actions">
                <CopyButton label="Copy JSON" text=Signal::stored(json) />
            </div>
        }
        .into_any()
    }

    /// Ways to what else there is of the same person, site or tenant.
    fn narrower(self, entry: &Entry) -> AnyView {
        let one = |label: &'static str, filter: Filter| {
            let press = move |()| {
                self.open.set(false);
                self.reading.narrow(filter.clone());
            };
            view! { <Button label on_press=press /> }
        };
        let all = Filter::default;
        let user = entry.user.clone().map(|user| one("All of this person", Filter { user: Some(user), ..all() }));
        let site = entry.site.clone().map(|site| one("All of this site", Filter { site: Some(site), ..all() }));
        let tenant =
            entry.tenant.clone().map(|tenant| one("All of this tenant", Filter { tenant: Some(tenant), ..all() }));
        view! { <div class="actions audit-narrower">{user} {site} {tenant}</div> }.into_any()
    }
}

fn rows(event: &Event, reading: Reading) -> Vec<AnyView> {
    let entry = &event.entry;
    let mut rows =
        vec![fact("Place in the chain", place(event.seq, reading)), fact("Written", code(date::utc_millis(entry.at)))];
    rows.extend(entry.happened_at.map(|at| fact("Happened", code(date::utc_millis(at)))));
    rows.push(fact("Action", code(entry.action.name().to_owned())));
    rows.push(fact("Result", how_it_ended(entry)));
    rows.push(fact("Known from", source(entry.source).into_any()));
    let who =
        entry.username.clone().map(|name| view! { <p>{name}</p> {entry.user.as_ref().map(|id| code(id.to_string()))} });
    rows.push(fact(
        "Who",
        who.map_or_else(|| "Nobody was signed in, or the server did it by itself".into_any(), IntoAny::into_any),
    ));
    for (name, value) in [
        ("About", entry.label.as_ref().map(ToString::to_string)),
        ("How many", entry.count.map(|count| count.to_string())),
    ] {
        rows.extend(value.map(|value| fact(name, value.into_any())));
    }
    for (name, value) in [
        ("Site", entry.site.as_ref().map(ToString::to_string)),
        ("Tenant", entry.tenant.as_ref().map(ToString::to_string)),
        ("Provider", entry.provider.as_ref().map(ToString::to_string)),
        ("Connection", entry.connection.as_ref().map(ToString::to_string)),
        ("Identifier", entry.subject.clone()),
        ("Address", Some(entry.address.clone()).filter(|address| !address.is_empty())),
        ("Request", entry.request.as_ref().map(ToString::to_string)),
        ("Report", entry.report.as_ref().map(ToString::to_string)),
    ] {
        rows.extend(value.map(|value| fact(name, code(value))));
    }
    rows
}

/// Where it stands between the first and the last event that are kept.
fn place(seq: u64, reading: Reading) -> AnyView {
    let kept = reading.facts.with_untracked(|facts| facts.as_ref().map(|facts| (facts.chain.first, facts.chain.last)));
    match kept {
        Some((first, last)) => format!("Event {seq}; the log holds {first} to {last}").into_any(),
        None => format!("Event {seq}").into_any(),
    }
}

fn how_it_ended(entry: &Entry) -> AnyView {
    let reason = entry.reason.as_ref().map(ToString::to_string);
    // Where the reason is one of our own codes, its words say more.
    let known = reason.as_ref().and_then(|reason| serde_json::from_value::<Code>(reason.as_str().into()).ok());
    let words = known.map(|code| Problem::new(code).title);
    view! {
        <div class="said-result">
            {result(entry.outcome)}
            {words.map(|words| view! { <span>{words}</span> })}
            {reason.map(code)}
        </div>
    }
    .into_any()
}

const fn source(source: Source) -> &'static str {
    match source {
        Source::Server => "This server, which did it",
        Source::Browser => "A signed-in browser told it: as true as that browser is",
    }
}

fn code(text: String) -> AnyView {
    view! { <span class="code">{text}</span> }.into_any()
}
