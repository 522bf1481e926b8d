use std::time::Duration;

use leptos::prelude::*;

use super::{Button, Icon, Look};
use crate::dom;

/// Puts a text on the clipboard and says so for two seconds.
#[component]
pub(crate) fn CopyButton(
    /// What it copies, such as `Copy link`.
    label: &'static str,
    /// The text.
    #[prop(into)]
    text: Signal<String>,
) -> AnyView {
    let words = RwSignal::new(label);
    let press = move |()| {
        dom::copy(&text.get_untracked(), move |copied| {
            words.try_set(if copied { "Copied" } else { "Select the text and copy it" });
            let back = move || {
                words.try_set(label);
            };
            set_timeout(back, Duration::from_secs(2));
        });
    };
    view! {
        <span aria-live="polite">
            <Button label=Signal::derive(move || words.get().to_owned()) picture=Icon::Copy look=Look::Quiet on_press=press />
        </span>
    }
    .into_any()
}
