use domain::management::activities::{Activity, Party, Resource};
use domain::time::date;
use leptos::prelude::*;

use super::list::result;
use crate::components::{CopyButton, Dialog, fact, facts};

/// The entry that is looked at.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    entry: RwSignal<Option<Activity>>,
    open: RwSignal<bool>,
}

impl Chosen {
    pub(super) fn new() -> Self {
        Self { entry: RwSignal::new(None), open: RwSignal::new(false) }
    }

    /// Shows an entry.
    pub(super) fn open(self, entry: Activity) {
        self.entry.set(Some(entry));
        self.open.set(true);
    }

    /// The dialog, which stands once on the page.
    pub(super) fn dialog(self) -> AnyView {
        let title = Signal::derive(move || {
            let action = self.entry.with(|entry| entry.as_ref().map(|entry| entry.action.clone()));
            action.filter(|action| !action.is_empty()).unwrap_or_else(|| "Audit activity".to_owned())
        });
        view! {
            <Dialog id="activity" title open=self.open wide=true>
                {move || self.entry.get().map(|entry| details(&entry))}
            </Dialog>
        }
        .into_any()
    }
}

fn details(entry: &Activity) -> AnyView {
    let whole = format!("{:#}", entry.whole);
    let text = whole.clone();
    let mut rows = vec![
        fact("Recorded", entry.at.map_or_else(|| "Not said".to_owned(), date::utc_millis).into_any()),
        fact("Action", said(&entry.description)),
        fact(
            "Result",
            view! { <div class="said-result">{result(entry)} <span>{entry.result.clone()}</span></div> }.into_any(),
        ),
    ];
    rows.extend(entry.user.as_ref().map(|user| fact("User", party(user))));
    rows.extend(entry.client.as_ref().map(|client| fact("Client", party(client))));
    rows.extend(entry.resources.iter().map(|one| fact("Resource", resource(one))));
    rows.push(fact("Correlation ID", code(&entry.correlation_id)));
    rows.push(fact("ID", code(&entry.id)));
    if !entry.tags.is_empty() {
        rows.push(fact("Tags", said(&entry.tags.join(", "))));
    }
    view! {
        {facts(rows)}
        <details class="whole">
            <summary>"As the provider gave it"</summary>
            <pre class="code" tabindex="0">{text}</pre>
        </details>
        <div class="actions">
            <CopyButton label="Copy JSON" text=Signal::stored(whole) />
        </div>
    }
    .into_any()
}

fn said(text: &str) -> AnyView {
    if text.is_empty() { "Not said".into_any() } else { text.to_owned().into_any() }
}

fn code(text: &str) -> AnyView {
    if text.is_empty() {
        return said(text);
    }
    view! { <span class="code">{text.to_owned()}</span> }.into_any()
}

fn party(party: &Party) -> AnyView {
    view! { <p>{party.name.clone()}</p> {code(&party.id)} }.into_any()
}

fn resource(one: &Resource) -> AnyView {
    let name = [one.kind.as_str(), one.name.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
    let population = (!one.population.is_empty())
        .then(|| view! { <p class="soft">"Population " <span class="code">{one.population.clone()}</span></p> });
    view! { <p>{name.join(": ")}</p> {code(&one.id)} {population} }.into_any()
}
