use domain::keeper::ConnectionView;
use leptos::prelude::*;

use crate::Ports;
use crate::words::{Bar, Mood, bar, life, mood};

/// A token's life as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Life {
    /// Where the bar's parts stand; `None` where there is no token.
    pub(crate) bar: Option<Bar>,
    /// How the token is doing.
    pub(crate) mood: Mood,
    /// The words beside the bar.
    pub(crate) words: String,
}

/// The life bar of a worker token.
#[component]
pub(crate) fn LifeBar(
    /// Whose token.
    #[prop(into)]
    connection: Signal<Option<ConnectionView>>,
) -> AnyView {
    let now = expect_context::<Ports>().desk.now;
    let state = Memo::new(move |_| {
        let (connection, now) = (connection.get()?, now.get()?);
        let bar = connection.token.as_ref().map(|token| bar(token, now));
        Some(Life { bar, mood: mood(&connection, now), words: life(&connection, now) })
    });
    life_bar(state)
}

/// The sign of the house: a token's life as a thin bar, issued at the left, expiry at the right, the renewal point as a
/// notch, now as the moving edge, and the words beside it. Nothing is known of it in the first render.
///
/// The parts are placed by SVG attributes, which a strict content security policy allows.
pub(crate) fn life_bar(state: Memo<Option<Life>>) -> AnyView {
    let class = move || {
        let (bar, mood) =
            state.with(|state| state.as_ref().map_or((None, Mood::None), |state| (state.bar, state.mood)));
        format!("life {}{}", mood.class(), if bar.is_some_and(|bar| bar.glides) { " gliding" } else { "" })
    };
    let measure = move |of: fn(Bar) -> f64| {
        let known = state.with(|state| state.as_ref().and_then(|state| state.bar));
        format!("{}%", of(known.unwrap_or(Bar { now: 100.0, notch: 100.0, glides: false })))
    };
    let words = move || state.with(|state| state.as_ref().map(|state| state.words.clone()).unwrap_or_default());
    view! {
        <div class=class>
            <svg class="life-bar" aria-hidden="true">
                <rect class="track" width="100%" height="100%" rx="3" />
                <rect class="left" x=move || measure(|bar| bar.now) width=move || measure(|bar| 100.0 - bar.now) height="100%" rx="3" />
                <rect class="run" width="30%" height="100%" rx="3" />
                <rect class="notch" x=move || measure(|bar| bar.notch) width="2" height="100%" />
                <rect class="edge" x=move || measure(|bar| bar.now) width="2" height="100%" />
            </svg>
            <span class="life-words">{words}</span>
        </div>
    }
    .into_any()
}
