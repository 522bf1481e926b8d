use leptos::prelude::*;

use super::{Icon, icon};
use crate::Awake;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Look {
    /// One of several things to do.
    #[default]
    Plain,
    /// The one thing this page or dialog is for.
    Primary,
    /// Takes something away.
    Danger,
    /// Small, beside a text.
    Quiet,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Primary => "button primary",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
        }
    }
}

/// A button with all its states.
///
/// Until the page listens it can't be pressed, so that no press is lost. While it is busy or has a `reason` not to be pressed it stays focusable (`aria-disabled`), so that a keyboard does
/// not lose its place and a screen reader hears why.
#[component]
pub(crate) fn Button(
    /// The verb.
    #[prop(into)]
    label: Signal<String>,
    /// A picture before the verb.
    #[prop(optional)]
    picture: Option<Icon>,
    /// How much it asks for attention.
    #[prop(optional)]
    look: Look,
    /// Whether its deed runs now.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// The words while it runs, such as `Generating…`.
    #[prop(optional)]
    busy_words: &'static str,
    /// Why it can't be pressed, if so.
    #[prop(optional, into)]
    reason: Signal<Option<String>>,
    /// Whether it sends the form it stands in.
    #[prop(optional)]
    submit: bool,
    /// What it does.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
) -> AnyView {
    let awake = expect_context::<Awake>().0;
    let stopped = move || busy.get() || reason.with(Option::is_some);
    let pressed = move |event: web_sys::MouseEvent| {
        if busy.get_untracked() || reason.with_untracked(Option::is_some) {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    let words = move || if busy.get() && !busy_words.is_empty() { busy_words.to_owned() } else { label.get() };
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=look.class()
            class:busy=busy
            disabled=move || !awake.get()
            aria-disabled=move || stopped().then_some("true")
            title=move || reason.get()
            on:click=pressed
        >
            {picture.map(icon)}
            <span>{words}</span>
            {move || reason.get().map(|reason| view! { <span class="hidden">{format!(" ({reason})")}</span> })}
        </button>
    }
    .into_any()
}
