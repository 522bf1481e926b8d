mod preview;

use domain::id::ProviderId;
use domain::provider::Provider;
use domain::site::ImportRow;
use domain::site::import::{LARGEST, read};
use leptos::prelude::*;

use super::form::no_provider;
use super::{Sites, provider_choices, site_providers};
use crate::components::{Button, FileDrop, Icon, Look, Select, file_drop, icon};

const FILE: FileDrop = FileDrop {
    id: "site-file",
    label: "File",
    accept: ".csv,.json,text/csv,application/json",
    hint: "CSV with a line of names (site_id, site_name, device_id, token), or a JSON list with the same names. Choose it, or drop it here. Nothing changes before you have seen what would.",
    most: LARGEST,
};

/// What was read, or why nothing was.
#[derive(Clone, PartialEq)]
enum Stage {
    Choosing(Option<String>),
    Preview(Vec<ImportRow>),
}

/// Many tokens out of a file: a place for it, and then what it would change.
pub(super) fn import(sites: Sites) -> AnyView {
    let providers = site_providers();
    let none = Memo::new(move |_| providers.with(|known| known.as_ref().is_some_and(Vec::is_empty)));
    let stage = RwSignal::new(Stage::Choosing(None));
    let provider = RwSignal::new(String::new());
    Effect::new(move |_| {
        let first =
            providers.with(|known| known.as_ref().and_then(|known| known.first().map(|first| first.id.to_string())));
        if let Some(first) = first.filter(|_| provider.with_untracked(String::is_empty)) {
            provider.set(first);
        }
    });
    let take = Callback::new(move |bytes: Option<Vec<u8>>| {
        let allowed = in_order(providers.get_untracked().unwrap_or_default(), &provider.get_untracked());
        stage.set(match bytes.map(|bytes| sites.with_untracked(|view| read(&bytes, view, &allowed))) {
            None => Stage::Choosing(Some("The file could not be read. Choose it again.".to_owned())),
            Some(Err(unusable)) => Stage::Choosing(Some(unusable.to_string())),
            Some(Ok(rows)) => {
                sites.dirty.set(true);
                Stage::Preview(rows)
            }
        });
    });
    let shown = move || match (none.get(), stage.get()) {
        (true, _) => no_provider(sites),
        (false, Stage::Choosing(problem)) => choosing(sites, provider, problem, take),
        (false, Stage::Preview(rows)) => preview::preview(sites, rows),
    };
    view! { {shown} }.into_any()
}

/// The allowed providers, the chosen one first: it is meant by lines that name none.
fn in_order(providers: Vec<Provider>, chosen: &str) -> Vec<ProviderId> {
    let mut ids: Vec<ProviderId> = providers.into_iter().map(|provider| provider.id).collect();
    ids.sort_by_key(|id| id.as_str() != chosen);
    ids
}

fn choosing(
    sites: Sites,
    provider: RwSignal<String>,
    problem: Option<String>,
    take: Callback<Option<Vec<u8>>>,
) -> AnyView {
    let choices = provider_choices(site_providers(), None);
    let several = Memo::new(move |_| choices.with(Vec::len) > 1);
    let select = move || {
        several.get().then(|| view! { <Select id="import-provider" label="Provider" value=provider choices /> })
    };
    let pasted = NodeRef::<leptos::html::Textarea>::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        take.run(pasted.get_untracked().map(|area| area.value().into_bytes()));
    };
    let trouble = problem.map(|words| {
        view! {
            <div class="notice bad" role="alert">
                {icon(Icon::Alert)}
                <div>
                    <p class="strong">"This can't be imported"</p>
                    <p>{words}</p>
                </div>
            </div>
        }
    });
    view! {
        {trouble}
        <form class="form" on:submit=submit>
            {select}
            {file_drop(FILE, take)}
            <div class="field">
                <label for="site-lines">"Or paste its text"</label>
                <textarea id="site-lines" node_ref=pasted class="code lines" rows="5" wrap="off" autocomplete="off" spellcheck="false"></textarea>
            </div>
            <div class="actions">
                <Button label="Cancel" on_press=move |()| sites.closes() />
                <Button label="Read the text" look=Look::Primary submit=true />
            </div>
        </form>
    }
    .into_any()
}
