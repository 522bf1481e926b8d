use domain::keeper::Command;
use domain::settings::{Number, WorkerTokenSettings};
use leptos::prelude::*;

use super::current;
use crate::Ports;
use crate::components::{Checkbox, Field, Note};

/// One setting that is on or off.
pub(super) struct Switch {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) get: fn(&WorkerTokenSettings) -> bool,
    pub(super) set: fn(WorkerTokenSettings, bool) -> WorkerTokenSettings,
}

/// A box that is ticked while its setting is on, whichever tab set it.
pub(super) fn switch(Switch { id, label, hint, get, set }: Switch) -> AnyView {
    let settings = current();
    let send = expect_context::<Ports>().desk.send;
    let checked = RwSignal::new(settings.with_untracked(get));
    Effect::new(move |_| {
        let on = settings.with(get);
        if checked.get_untracked() != on {
            checked.set(on);
        }
    });
    Effect::new(move |_| {
        let (on, present) = (checked.get(), settings.get_untracked());
        if get(&present) != on {
            send(Command::Set(set(present, on)));
        }
    });
    view! { <Checkbox id label hint checked /> }.into_any()
}

/// A field that holds its setting's number, whichever tab set it; what can't be is told, and not sent.
pub(super) fn number(id: &'static str, label: &'static str, number: Number, hint: &'static str) -> AnyView {
    let settings = current();
    let send = expect_context::<Ports>().desk.send;
    let present = Memo::new(move |_| settings.with(|settings| number.of(settings)));
    let text = RwSignal::new(present.get_untracked().to_string());
    Effect::new(move |_| {
        let present = present.get();
        if text.with_untracked(|text| parsed(text) != Some(present)) {
            text.set(present.to_string());
        }
    });
    let entered = move |settings: WorkerTokenSettings| {
        text.with(|text| match parsed(text) {
            Some(value) => number.set(settings, value),
            None => Err("A whole number is expected.".to_owned()),
        })
    };
    let notes = Signal::derive(move || {
        let error = entered(settings.get()).err();
        error.map(|text| Note { severity: domain::connection::validation::Severity::Error, text }).into_iter().collect()
    });
    // When the field is left or Enter is pressed: half a number is none.
    let done = move |_| {
        let settings = settings.get_untracked();
        if let Ok(set) = untrack(|| entered(settings))
            && set != settings
        {
            send(Command::Set(set));
        }
    };
    view! {
        <div class="number" on:change=done>
            <Field id label value=text hint notes kind="number" />
        </div>
    }
    .into_any()
}

fn parsed(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}
