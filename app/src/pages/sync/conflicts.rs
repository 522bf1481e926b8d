use domain::sync::{ConflictFacts, Difference, ItemKey, ItemKind, SyncDeed};
use leptos::prelude::*;

use super::form::Outcome;
use super::part;
use crate::Ports;
use crate::components::{Button, Table};
use crate::toasts::Toasts;

/// Versions that lost, to be looked at.
pub(super) fn conflicts() -> AnyView {
    let all = part(|view| view.conflicts.clone());
    let shown = move || {
        let all = all.get();
        (!all.is_empty()).then(|| {
            view! {
                <section class="versions" aria-labelledby="sync-conflicts">
                    <h2 id="sync-conflicts">"Versions to look at"</h2>
                    <p class="soft">
                        "Two devices changed the same thing before they heard of each other. One version stands everywhere; these lost."
                    </p>
                    {all.iter().cloned().map(card).collect_view()}
                </section>
            }
        })
    };
    view! { {shown} }.into_any()
}

fn card(conflict: ConflictFacts) -> AnyView {
    let ConflictFacts { key, of, name, removed, not_to_be_taken, differences } = conflict;
    let outcome = Outcome::new();
    let reason = Signal::stored(not_to_be_taken.clone());
    let (take, let_go) = (key.clone(), key);
    view! {
        <article class="card">
            <h3>{name}</h3>
            <p class="soft">{kind(&of)}{if removed { " · the other device removed it" } else { "" }}</p>
            {table(differences)}
            {not_to_be_taken.map(|text| view! { <p class="soft">{text}</p> })}
            {outcome.shown()}
            <div class="actions">
                <Button label="Let it go" busy=outcome.busy on_press=settle(let_go, false, outcome) />
                <Button label="Take this version" reason busy=outcome.busy on_press=settle(take, true, outcome) />
            </div>
        </article>
    }
    .into_any()
}

fn settle(conflict: ItemKey, take: bool, outcome: Outcome) -> impl Fn(()) + Send + Sync + 'static {
    let (deed, toasts) = (expect_context::<Ports>().desk.sync_deed, expect_context::<Toasts>());
    move |()| {
        let conflict = conflict.clone();
        let words = if take { "This version stands now, on all your devices." } else { "That version is gone." };
        let done = outcome.hearing(move || toasts.done(words));
        deed(if take { SyncDeed::Take { conflict, done } } else { SyncDeed::LetGo { conflict, done } });
    }
}

fn table(differences: Vec<Difference>) -> AnyView {
    if differences.is_empty() {
        return view! { <p class="soft">"It differs in nothing that is shown."</p> }.into_any();
    }
    let row = |Difference { label, lost, stands }: Difference| {
        let stands = if stands.is_empty() { "–".to_owned() } else { stands };
        let lost = if lost.is_empty() { "–".to_owned() } else { lost };
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{lost}</td>
                <td>{stands}</td>
            </tr>
        }
    };
    view! {
        <Table label="Where the versions differ" head=&["What", "This version", "What stands"]>
            {differences.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

const fn kind(of: &ItemKey) -> &'static str {
    match of.kind {
        ItemKind::Connection => "Connection",
        ItemKind::Site => "Site token",
        ItemKind::Setting | ItemKind::Conflict => "Setting",
    }
}
