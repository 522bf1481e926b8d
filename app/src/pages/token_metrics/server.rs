use std::sync::Arc;

use domain::api::audit::{AuditEvents, EventPage};
use domain::api::{Api, Problem};
use domain::audit::{Action, Event, Filter, Outcome};
use domain::number::grouped;
use domain::time::Timestamp;
use domain::time::date::DAY;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::figure;
use crate::Ports;
use crate::alerts::AlertWatch;
use crate::ask::ask_at;
use crate::components::{Moment, ProblemBox, Table, skeleton};

/// How many days are counted.
const DAYS: u64 = 7;
/// How many refusals are listed.
const LISTED: usize = 10;

/// What is counted: the words, the colour, the action, and how it ended.
type Wanted = (&'static str, &'static str, Action, Option<Outcome>);
const WANTED: [Wanted; 6] = [
    ("Site tokens added", "", Action::TokenAdded, None),
    ("Refreshed", "", Action::TokenRefreshed, Some(Outcome::Done)),
    ("Deleted", "", Action::TokenDeleted, None),
    ("Refused by an API", "bad", Action::TokenFailed, None),
    ("Worker tokens granted", "good", Action::TokenGranted, Some(Outcome::Done)),
    ("Grants refused", "bad", Action::TokenGranted, Some(Outcome::Refused)),
];

/// What the audit log says of the last days.
#[derive(Clone)]
struct Seen {
    counts: [u64; WANTED.len()],
    refused: Vec<Event>,
}

/// The figures of everybody, as the audit log of this server has them.
pub(super) fn server() -> AnyView {
    let ports = expect_context::<Ports>();
    let (api, clock) = (ports.api, ports.desk.clock);
    let seen = RwSignal::new(None::<Result<Seen, Problem>>);
    let read = Callback::new(move |()| {
        let (api, now) = (Arc::clone(&api), clock());
        spawn_local(async move {
            let answer = look(api, now).await;
            seen.try_set(Some(answer));
        });
    });
    Effect::new(move |_| read.run(()));
    let body = move || match seen.get() {
        None => skeleton(2),
        Some(Err(problem)) => view! { <ProblemBox problem retry=read /> }.into_any(),
        Some(Ok(seen)) => shown(&seen),
    };
    view! {
        <section class="metrics-part">
            <h2>"On this server, everybody, in the last seven days"</h2>
            {body}
            <p class="soft">
                "From the audit log. The server does not see the tokens people's browsers keep, so it counts what was done with them. Browsers tell it how many they keep; the sum over everybody, and more, is for monitoring systems at "
                <span class="code">"/metrics"</span> "."
            </p>
        </section>
    }
    .into_any()
}

async fn look(api: Arc<dyn Api>, now: Timestamp) -> Result<Seen, Problem> {
    let from = now.shifted(-i64::try_from(DAY.scaled(DAYS, 1).millis()).unwrap_or_default());
    let mut seen = Seen { counts: [0; WANTED.len()], refused: Vec::new() };
    for (count, (_, _, action, outcome)) in seen.counts.iter_mut().zip(WANTED) {
        let filter = Filter { action: Some(action), outcome, from: Some(from), ..Filter::default() };
        let limit = if action == Action::TokenFailed { LISTED } else { 1 };
        let query = format!("?{}&limit={limit}", filter.query());
        let page: EventPage = ask_at(Arc::clone(&api), AuditEvents, &query).await?;
        *count = page.total;
        if action == Action::TokenFailed {
            seen.refused = page.events;
        }
    }
    Ok(seen)
}

fn shown(seen: &Seen) -> AnyView {
    let watch = expect_context::<AlertWatch>();
    let counts = WANTED.into_iter().zip(seen.counts).map(|((words, class, ..), count)| {
        let most = if count >= 10_000 { "+" } else { "" };
        figure(words, class, Signal::stored(format!("{}{most}", grouped(count))))
    });
    let alerts = Signal::derive(move || watch.open().to_string());
    view! {
        <dl class="counts many">{counts.collect_view()} {figure("Open alerts", "bad", alerts)}</dl>
        <section class="card">
            <h3>"Last refusals"</h3>
            {refusals(&seen.refused)}
        </section>
    }
    .into_any()
}

fn refusals(events: &[Event]) -> AnyView {
    if events.is_empty() {
        return view! { <p class="soft">"No API refused a token in these days."</p> }.into_any();
    }
    let row = |event: &Event| {
        let entry = &event.entry;
        view! {
            <tr>
                <td><Moment at=entry.at /></td>
                <td>{entry.username.clone()}</td>
                <td class="code">{entry.site.as_ref().map(ToString::to_string)}</td>
                <td class="code">{entry.reason.as_ref().map(ToString::to_string)}</td>
            </tr>
        }
    };
    let rows = events.iter().map(row).collect_view();
    view! {
        <Table label="Last refusals" head=&["When", "Who", "Site", "Why"]>{rows}</Table>
        <div class="actions"><a class="button" href="/admin/audit?action=token%3Afailed">"Show all in the audit log"</a></div>
    }
    .into_any()
}
