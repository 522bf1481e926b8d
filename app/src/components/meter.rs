use leptos::prelude::*;

use crate::words::Mood;

/// How much of something is used: a thin bar, and the words beside it that say the same.
pub(crate) fn meter(words: String, of: String, part: Option<u16>, mood: Mood) -> AnyView {
    let width = part.map(|part| format!("{}.{}%", part / 10, part % 10));
    let bar = width.map(|width| {
        view! {
            <svg class="meter-bar" aria-hidden="true">
                <rect class="track" width="100%" height="100%" rx="3" />
                <rect class="used" width=width height="100%" rx="3" />
            </svg>
        }
    });
    view! {
        <div class=format!("meter {}", mood.class())>
            <span>{words}{(!of.is_empty()).then(|| view! { <span class="soft">{format!(" in {of}")}</span> })}</span>
            {bar}
        </div>
    }
    .into_any()
}
