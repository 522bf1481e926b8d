use domain::management::activities::{Activity, Log, csv, json};
use domain::time::date::Day;
use leptos::prelude::*;

use super::results::Narrowed;
use crate::components::{Button, Icon};
use crate::dom;
use crate::toasts::Toasts;
use crate::words::count;

/// What is shown, as a file.
pub(super) fn export(narrowed: Narrowed) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let save = move |ending: &'static str, write: fn(&Log, &[&Activity]) -> String| {
        let written = narrowed.with_untracked(|log, entries| {
            let range = log.search().range;
            let name = format!("audit-activities-{}-{}.{ending}", Day::of(range.from), Day::of(range.to));
            (name, write(log, entries), entries.len())
        });
        let Some((name, text, entries)) = written else { return };
        toasts.done(match dom::download(&name, &text) {
            Some(()) => format!("{name}: {}.", count(entries, "row")),
            None => "The browser did not take the file. Check whether it allows downloads here.".to_owned(),
        });
    };
    let table = move |()| save("csv", |_, entries| csv(entries));
    let whole = move |()| save("json", json);
    view! {
        <div class="actions">
            <Button label="Export CSV" picture=Icon::Export on_press=table />
            <Button label="Export JSON" picture=Icon::Export on_press=whole />
        </div>
    }
    .into_any()
}
