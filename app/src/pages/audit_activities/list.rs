use domain::management::activities::{Activity, Outcome};
use domain::number::grouped;
use domain::time::date;
use leptos::prelude::*;

use super::detail::Chosen;
use super::results::Narrowed;
use crate::components::{Badge, Button, Look, Table};
use crate::words::Mood;

/// How many rows come at once.
const ROWS: usize = 50;

/// The entries, the newest first, some at a time.
pub(super) fn list(narrowed: Narrowed, chosen: Chosen) -> AnyView {
    let most = RwSignal::new(ROWS);
    let rows = Memo::new(move |_| {
        let most = most.get();
        narrowed.with(|_, entries| entries.iter().take(most).map(|one| (*one).clone()).collect::<Vec<_>>())
    });
    let all = Memo::new(move |_| narrowed.with(|_, entries| entries.len()).unwrap_or(0));
    let shown = move || {
        let rows = rows.get().unwrap_or_default();
        if rows.is_empty() {
            return view! { <p class="soft">"Nothing that was read fits. Choose another result, or take the text away."</p> }
                .into_any();
        }
        view! {
            <Table label="Entries" head=&["Time (UTC)", "Action", "Result", "Actor", "Resource", ""]>
                {rows.into_iter().map(|entry| row(entry, chosen)).collect_view()}
            </Table>
        }
        .into_any()
    };
    let further = move || {
        let (all, most_now) = (all.get(), most.get());
        let left = all.saturating_sub(most_now);
        let words = format!("Showing {} of {}.", grouped(all.min(most_now) as u64), grouped(all as u64));
        (all > 0).then(|| {
            view! {
                <div class="actions apart">
                    <p class="soft" role="status">{words}</p>
                    {(left > 0)
                        .then(|| {
                            let label = format!("Show {} more", left.min(ROWS));
                            view! { <Button label on_press=move |()| most.update(|most| *most += ROWS) /> }
                        })}
                </div>
            }
        })
    };
    view! {
        {shown}
        {further}
    }
    .into_any()
}

/// A result and its colour.
pub(super) fn result(entry: &Activity) -> AnyView {
    let mood = match entry.outcome {
        Outcome::Success => Mood::Good,
        Outcome::Failed => Mood::Bad,
        Outcome::Other(_) => Mood::None,
    };
    view! { <Badge mood=Signal::stored(mood) word=Signal::stored(entry.outcome.word().to_owned()) /> }.into_any()
}

fn row(entry: Activity, chosen: Chosen) -> AnyView {
    let at = entry.at.map_or_else(|| "Not said".to_owned(), |at| date::utc(at).replace('T', " ").replace('Z', ""));
    let action = if entry.action.is_empty() { entry.description.clone() } else { entry.action.clone() };
    let actor = entry.actor().map(|actor| actor.shown().to_owned()).unwrap_or_default();
    let resources: Vec<&str> = entry.resources.iter().map(|one| one.shown()).collect();
    let resource = resources.join(", ");
    let result = result(&entry);
    view! {
        <tr>
            <td class="code">{at}</td>
            <td>{action}</td>
            <td>{result}</td>
            <td class="clipped">{actor}</td>
            <td class="clipped">{resource}</td>
            <td class="end">
                <Button label="Details" look=Look::Quiet on_press=move |()| chosen.open(entry.clone()) />
            </td>
        </tr>
    }
    .into_any()
}
