use std::sync::Arc;

use domain::api::org::{RotateOrgKey, Rotation};
use leptos::prelude::*;

use super::Doors;
use crate::Ports;
use crate::ask::{Deed, Load, ask};
use crate::components::{Button, Choice, Dialog, Look, ProblemBox, Select};

/// How long the old key may still work, in seconds, as people read it.
const OVERLAPS: [(&str, &str); 5] = [
    ("0", "Not at all: it stops now"),
    ("3600", "One hour"),
    ("86400", "One day"),
    ("604800", "Seven days"),
    ("2592000", "30 days"),
];

/// Replacing an org key.
pub(super) fn rotation(doors: Doors, keys: Load) -> AnyView {
    let title = Signal::derive(move || format!("Replace the key of {}?", doors.name()));
    view! { <Dialog id="rotate-org-key" title open=doors.rotate>{content(doors, keys)}</Dialog> }.into_any()
}

fn content(doors: Doors, keys: Load) -> AnyView {
    let api = expect_context::<Ports>().api;
    let overlap = RwSignal::new("604800".to_owned());
    let deed = Deed::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (Some(org), api) = (doors.chosen.get_untracked(), Arc::clone(&api)) else { return };
        let overlap_seconds = overlap.get_untracked().parse().unwrap_or(0);
        deed.run(async move {
            ask(api, RotateOrgKey { id: org.id }, Rotation { overlap_seconds }).await?;
            keys.refetch();
            doors.rotate.try_set(false);
            Ok(())
        });
    };
    let choices: Vec<Choice> = OVERLAPS.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    view! {
        <form class="form" on:submit=submit>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <p>"A new key is made. Put it into the pages while the old one still works; pages that use the site id need no change."</p>
            <Select id="overlap" label="The old key still works for" value=overlap choices=Signal::stored(choices) />
            <div class="actions">
                <Button label="Cancel" on_press=move |()| doors.rotate.set(false) />
                <Button label="Replace key" look=Look::Primary submit=true busy=deed.busy busy_words="Replacing…" />
            </div>
        </form>
    }
    .into_any()
}
