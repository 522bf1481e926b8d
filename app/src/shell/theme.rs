use domain::preferences::Theme;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Icon, icon};

/// Light, dark, or as the system says. What is kept is read after the first render.
pub(super) fn theme_switch() -> AnyView {
    let preferences = expect_context::<Ports>().preferences;
    let chosen = RwSignal::new(None::<Theme>);
    let kept = preferences.clone();
    Effect::new(move |_| chosen.set(Some(kept.theme())));
    let choice = move |theme: Theme, picture: Icon, words: &'static str| {
        let preferences = preferences.clone();
        let choose = move |_| {
            preferences.set_theme(theme);
            chosen.set(Some(theme));
        };
        view! {
            <label title=words>
                <input type="radio" name="theme" value=theme.name() prop:checked=move || chosen.get() == Some(theme) on:change=choose />
                {icon(picture)}
                <span class="hidden">{words}</span>
            </label>
        }
    };
    view! {
        <fieldset class="theme">
            <legend class="hidden">"Theme"</legend>
            {choice(Theme::System, Icon::System, "System theme")}
            {choice(Theme::Light, Icon::Light, "Light theme")}
            {choice(Theme::Dark, Icon::Dark, "Dark theme")}
        </fieldset>
    }
    .into_any()
}
