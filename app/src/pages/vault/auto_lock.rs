use domain::vault::{AutoLock, VaultDeed};
use leptos::prelude::*;

use super::deeds::Doing;
use super::shown;
use crate::components::{Choice, Select};

/// When the vault locks by itself.
pub(super) fn section() -> AnyView {
    let view = shown();
    let present = Memo::new(move |_| view.with(|view| view.auto_lock.minutes()));
    let value = RwSignal::new(present.get_untracked().to_string());
    Effect::new(move |_| value.set(present.get().to_string()));
    let doing = Doing::new();
    Effect::new(move |_| {
        let minutes: u64 = value.get().parse().unwrap_or_default();
        if minutes != present.get_untracked() {
            doing.run(|done| VaultDeed::SetAutoLock { after: AutoLock::of_minutes(minutes), done }, |()| ());
        }
    });
    let choices = AutoLock::CHOICES.map(|minutes| Choice::new(minutes.to_string(), words(minutes))).to_vec();
    view! {
        <section class="card">
            <h2>"Lock by itself"</h2>
            <Select
                id="auto-lock"
                label="When nobody touched any tab for"
                value
                choices=Signal::stored(choices)
                hint="All tabs lock together. Tokens are not renewed while the vault is locked"
            />
            {doing.said()}
        </section>
    }
    .into_any()
}

/// A time as people say it.
pub(super) fn words(minutes: u64) -> String {
    match minutes {
        0 => "Never".to_owned(),
        1 => "1 minute".to_owned(),
        60 => "1 hour".to_owned(),
        2..60 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes / 60),
    }
}
