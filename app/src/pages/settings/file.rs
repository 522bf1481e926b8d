use domain::keeper::Command;
use domain::settings::{self, MOST_BYTES, WorkerTokenSettings};
use leptos::html;
use leptos::prelude::*;

use super::current;
use crate::Ports;
use crate::components::{Button, Confirm, Icon, Look, icon};
use crate::dom;
use crate::toasts::Toasts;

const NAME: &str = "tokenkeep-worker-token-settings.json";

/// The settings as a file, from a file, and back to the defaults.
pub(super) fn file() -> AnyView {
    let toasts = expect_context::<Toasts>();
    let send = expect_context::<Ports>().desk.send;
    let settings = current();
    let trouble = RwSignal::new(None::<String>);
    let asking = RwSignal::new(false);
    let is_default = Signal::derive(move || {
        (settings.get() == WorkerTokenSettings::default()).then(|| "All settings are at their defaults.".to_owned())
    });
    let export = move |()| {
        if dom::download(NAME, &settings::write(&settings.get_untracked())).is_none() {
            trouble.set(Some("The browser did not take the file. Check whether it allows downloads here.".to_owned()));
        }
    };
    let import = send.clone();
    let taken = move |bytes: Option<Vec<u8>>| {
        let present = settings.get_untracked();
        let text = bytes
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or("The browser could not read this file as text.");
        let read = text
            .map_err(str::to_owned)
            .and_then(|text| settings::read(&text, present).map_err(|error| error.to_string()));
        match read {
            Ok(read) => {
                trouble.set(None);
                toasts.done(if read == present {
                    "The file says what is set already."
                } else {
                    "The settings of the file hold now."
                });
                import(Command::Set(read));
            }
            Err(error) => trouble.set(Some(error)),
        }
    };
    let reset = move |()| {
        send(Command::Set(WorkerTokenSettings::default()));
        toasts.done("All settings are at their defaults.");
    };
    let said = move || {
        trouble.get().map(|text| {
            view! {
                <div class="notice bad" role="alert">
                    {icon(Icon::Alert)}
                    <div>
                        <p>{text}</p>
                        <p>"Nothing was changed."</p>
                    </div>
                </div>
            }
        })
    };
    view! {
        <section class="card">
            <h2>"These settings as a file"</h2>
            <p class="soft">"It holds no secret. A configuration of the older app is read too."</p>
            {said}
            <div class="actions apart">
                <Button label="Reset to defaults" look=Look::Danger reason=is_default on_press=move |()| asking.set(true) />
                <span class="actions">
                    {choose_file(Callback::new(taken))}
                    <Button label="Export settings" picture=Icon::Export on_press=export />
                </span>
            </div>
        </section>
        <Confirm
            id="reset-settings"
            title="Reset all settings?"
            open=asking
            text="Renewal, retries and how tokens are shown go back to their defaults, in every tab. Export the settings first if you want them back."
            verb="Reset settings"
            on_yes=reset
        />
    }
    .into_any()
}

/// A button to choose the file with; `take` gets its bytes.
fn choose_file(take: Callback<Option<Vec<u8>>>) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    let press = move |()| {
        if let Some(input) = node.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        let Some(input) = node.get_untracked() else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        dom::read_file(&file, MOST_BYTES, move |bytes| {
            // Nobody takes it when the page was left meanwhile.
            let _ = take.try_run(bytes);
        });
        // The same file may be chosen again.
        input.set_value("");
    };
    view! {
        <Button label="Import settings" picture=Icon::Import on_press=press />
        <input
            node_ref=node
            type="file"
            class="hidden"
            accept="application/json,.json"
            aria-label="Import settings: file"
            tabindex="-1"
            on:change=chosen
        />
    }
    .into_any()
}
