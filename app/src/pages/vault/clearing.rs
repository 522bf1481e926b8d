use domain::vault::{Cleared, VaultDeed};
use leptos::prelude::*;

use super::work::work;
use crate::Ports;
use crate::components::{Badge, Button, Checkbox, Dialog, Field, Look, PageHeader, Table};
use crate::dom;
use crate::words::Mood;

/// What is to be typed.
const WORD: &str = "clear";

/// The way to clear everything, at the page's end.
pub(super) fn section() -> AnyView {
    let open = RwSignal::new(false);
    view! {
        <section class="card">
            <h2>"Clear everything"</h2>
            <p class="soft">
                "Takes everything Tokenkeep keeps of you out of this browser: memory, databases, local storage, every tab, in all your tenants. Then it looks whether anything is left."
            </p>
            <div class="actions">
                <Button label="Clear everything" look=Look::Danger on_press=move |()| open.set(true) />
            </div>
        </section>
        {dialog(open, "Clear everything in this browser?")}
    }
    .into_any()
}

/// The question. What was found afterwards stands in place of the page.
pub(super) fn dialog(open: RwSignal<bool>, title: &'static str) -> AnyView {
    view! { <Dialog id="clear-all" title open>{question(open)}</Dialog> }.into_any()
}

fn question(open: RwSignal<bool>) -> AnyView {
    let (typed, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let (synced, earlier) = (RwSignal::new(false), RwSignal::new(false));
    let guard = expect_context::<Ports>().desk.guard;
    let reason = Signal::derive(move || {
        let matches = typed.with(|typed| typed.trim() == WORD);
        (!matches).then(|| format!("Type {WORD} first"))
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if reason.with_untracked(Option::is_some) || busy.get_untracked() {
            return;
        }
        busy.set(true);
        let done = Box::new(move |_| {
            busy.try_set(false);
        });
        guard(VaultDeed::Clear { synced: synced.get_untracked(), earlier: earlier.get_untracked(), done });
    };
    view! {
        <form class="form" on:submit=submit>
            <p>
                "Connections, client secrets, private keys, tokens and settings of all your tenants go from this browser and can't be brought back. Tokens stay valid at their providers until they expire or are revoked there. You stay signed in."
            </p>
            <Checkbox
                id="clear-synced"
                label="Also delete the synced copies on the server"
                hint="Those of all your tenants. Without them your other browsers can't bring anything back here"
                checked=synced
            />
            <Checkbox
                id="clear-earlier"
                label="Also delete what earlier apps left here"
                hint="It may hold tokens in plain text. What is not deleted is named afterwards"
                checked=earlier
            />
            <Field id="clear-word" label=format!("Type {WORD} to confirm") value=typed first=true />
            {work()}
            <div class="actions">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Clear everything" look=Look::Danger submit=true reason busy busy_words="Clearing…" />
            </div>
        </form>
    }
    .into_any()
}

/// What was found in each place after it was cleared.
pub(super) fn report(cleared: &Cleared) -> AnyView {
    let rows = cleared.checks.iter().map(|check| {
        let (mood, word) = if check.is_clear { (Mood::Good, "Clear") } else { (Mood::Bad, "Something is left") };
        row(check.place, check.found.clone(), mood, word)
    });
    let of_earlier = match cleared.earlier.as_slice() {
        [] => row("Left by earlier apps", "nothing".to_owned(), Mood::Good, "Clear"),
        left => row("Left by earlier apps", left.join(", "), Mood::Soon, "Still there"),
    };
    let rows = rows.chain([of_earlier]).collect_view();
    view! {
        <PageHeader title="Everything was cleared">
            <Button label="Start afresh" look=Look::Primary on_press=move |()| dom::full_load("/") />
        </PageHeader>
        <p role="status">{words(cleared)}</p>
        <Table label="What was found after clearing" head=&["Place", "Found", "State"]>{rows}</Table>
    }
    .into_any()
}

fn words(cleared: &Cleared) -> &'static str {
    match (cleared.is_whole(), cleared.earlier.is_empty()) {
        (false, _) => {
            "Not everything could be cleared. Close the other tabs of Tokenkeep, load this page anew and clear once more."
        }
        (true, true) => "It was read back: nothing of yours is left in this browser.",
        (true, false) => {
            "It was read back: nothing Tokenkeep kept of you is left in this browser. What earlier apps left is still there, and may hold tokens in plain text. Clear once more and choose to delete it as well."
        }
    }
}

fn row(place: &'static str, found: String, mood: Mood, word: &'static str) -> AnyView {
    view! {
        <tr>
            <th scope="row">{place}</th>
            <td>{found}</td>
            <td><Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) /></td>
        </tr>
    }
    .into_any()
}
