use domain::sync::{LastRound, SyncDeed, SyncPhase};
use leptos::prelude::*;

use super::form::Outcome;
use super::{part, passphrase, said};
use crate::Ports;
use crate::components::{Button, Confirm, Icon, Look, Moment, fact, facts};
use crate::toasts::Toasts;

/// The page of a device that takes part.
pub(super) fn on() -> AnyView {
    view! {
        {said()}
        {state()}
        {passphrase::passphrase()}
        {stopping()}
        {deletion(
            "The copy on the server",
            "Deleting it ends sync on all your devices. What each of them keeps stays on it.",
        )}
    }
    .into_any()
}

/// The primary action.
pub(super) fn now() -> AnyView {
    let deed = expect_context::<Ports>().desk.sync_deed;
    let busy = part(|view| view.work.is_some());
    // How it went is shown by the page itself.
    let press = move |()| deed(SyncDeed::Now { done: Box::new(drop) });
    view! { <Button label="Sync now" picture=Icon::Renew look=Look::Primary busy busy_words="Syncing…" on_press=press /> }
        .into_any()
}

fn state() -> AnyView {
    let known = part(|view| match &view.phase {
        SyncPhase::On(facts) => Some(*facts),
        _ => None,
    });
    let shown = move || {
        let known = known.get()?;
        let mut rows = vec![fact("Takes part since", view! { <Moment at=known.since /> }.into_any())];
        match known.last {
            Some(last) => rows.extend(of_round(last)),
            None => rows.push(fact("Last synced", "Not yet".into_any())),
        }
        Some(facts(rows))
    };
    view! {
        <section class="card">
            <h2>"This device"</h2>
            {shown}
            <p class="soft">
                "It syncs a moment after you change something, when you come back to the page, and when you press Sync now."
            </p>
        </section>
    }
    .into_any()
}

fn of_round(last: LastRound) -> Vec<AnyView> {
    let mut rows = vec![
        fact("Last synced", view! { <Moment at=last.at /> }.into_any()),
        fact("In that round", format!("{} received, {} sent", last.pulled, last.pushed).into_any()),
        fact("Items in the copy", last.items.to_string().into_any()),
        fact("Size of the copy", bytes(last.bytes).into_any()),
    ];
    if last.unreadable > 0 {
        let words =
            format!("{}: damaged, or written by a newer Tokenkeep. They are left as they are.", last.unreadable);
        rows.push(fact("Items this device can't read", words.into_any()));
    }
    rows
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

fn stopping() -> AnyView {
    let (deed, toasts) = (expect_context::<Ports>().desk.sync_deed, expect_context::<Toasts>());
    let (asking, outcome) = (RwSignal::new(false), Outcome::new());
    let yes = move |()| {
        let done = outcome.hearing(move || toasts.done("This device syncs no more. Everything it had is still here."));
        deed(SyncDeed::Stop { done });
    };
    view! {
        <section class="card">
            <h2>"Stop on this device"</h2>
            <p class="soft">"What is here stays here, and the copy stays for your other devices."</p>
            {outcome.shown()}
            <div class="actions">
                <Button label="Stop syncing here" busy=outcome.busy busy_words="Stopping…" on_press=move |()| asking.set(true) />
            </div>
        </section>
        <Confirm
            id="sync-stop"
            title="Stop syncing on this device?"
            open=asking
            text="Changes made here stay here from now on. To take part again you need the passphrase."
            verb="Stop syncing here"
            on_yes=yes
        />
    }
    .into_any()
}

/// Deleting the copy, after a question.
pub(super) fn deletion(title: &'static str, text: &'static str) -> AnyView {
    let (deed, toasts) = (expect_context::<Ports>().desk.sync_deed, expect_context::<Toasts>());
    let (asking, outcome) = (RwSignal::new(false), Outcome::new());
    let yes = move |()| {
        let done = outcome.hearing(move || toasts.done("The copy is deleted from the server."));
        deed(SyncDeed::Delete { done });
    };
    view! {
        <section class="card">
            <h2>{title}</h2>
            <p class="soft">{text}</p>
            {outcome.shown()}
            <div class="actions">
                <Button
                    label="Delete the copy"
                    look=Look::Danger
                    busy=outcome.busy
                    busy_words="Deleting…"
                    on_press=move |()| asking.set(true)
                />
            </div>
        </section>
        <Confirm
            id="sync-delete"
            title="Delete the copy on the server?"
            open=asking
            text="All items of this tenant go from the server, for all your devices. What each device keeps stays on it. The copy can't be brought back."
            verb="Delete the copy"
            on_yes=yes
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_said_in_the_largest_fitting_unit() {
        assert_eq!(bytes(1_000), "1000 bytes");
        assert_eq!(bytes(4_096), "4 KiB");
        assert_eq!(bytes(5_767_168), "5.5 MiB");
    }
}
