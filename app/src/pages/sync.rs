//! Sync: whether this device takes part, how it stands, and what lost.

mod conflicts;
mod form;
mod off;
mod on;
mod passphrase;

use domain::sync::{SyncDeed, SyncPhase, SyncTrouble, SyncView, SyncWork};
use leptos::prelude::*;

use crate::Ports;
use crate::components::{PageHeader, skeleton};

/// The page of `/settings/sync`.
pub(crate) fn sync() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let view = desk.sync.clone();
    let phase = Memo::new(move |_| view.with(|view| Shown::of(&view.phase)));
    let look = desk.sync_deed;
    Effect::new(move |_| {
        if phase.get() == Shown::NotAsked {
            look(SyncDeed::Look);
        }
    });
    let body = move || match phase.get() {
        Shown::Opening => skeleton(5),
        Shown::NotAsked => view! {
            {said()}
            {skeleton(4)}
        }
        .into_any(),
        Shown::Off { there } => off::off(there),
        Shown::On => on::on(),
    };
    view! {
        <p class="crumb"><a href="/settings">"Settings"</a></p>
        <PageHeader
            title="Sync"
            text="The same connections, site tokens and settings on all your devices, by way of a copy on this server that only your passphrase opens."
        >
            {move || (phase.get() == Shown::On).then(on::now)}
        </PageHeader>
        {conflicts::conflicts()}
        {body}
    }
    .into_any()
}

/// Which of its faces the page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Opening,
    NotAsked,
    Off { there: bool },
    On,
}

impl Shown {
    const fn of(phase: &SyncPhase) -> Self {
        match phase {
            SyncPhase::Opening => Self::Opening,
            SyncPhase::Off { copy: None } => Self::NotAsked,
            SyncPhase::Off { copy: Some(there) } => Self::Off { there: *there },
            SyncPhase::On(_) => Self::On,
        }
    }
}

/// A part of the view, told only when it changes.
fn part<T: PartialEq + Send + Sync + 'static>(read: impl Fn(&SyncView) -> T + Send + Sync + 'static) -> Memo<T> {
    let view = expect_context::<Ports>().desk.sync;
    Memo::new(move |_| view.with(&read))
}

/// What is being done, and what stood in the way.
fn said() -> AnyView {
    let (work, trouble) = (part(|view| view.work), part(|view| view.trouble.clone()));
    view! {
        <p class="soft said" role="status">{move || work.get().map(words)}</p>
        {move || trouble.get().map(|trouble| in_the_way(&trouble))}
    }
    .into_any()
}

fn in_the_way(trouble: &SyncTrouble) -> AnyView {
    let mut title = trouble.to_string();
    if let Some(first) = title.get(..1).map(str::to_uppercase) {
        title.replace_range(..1, &first);
    }
    view! {
        <div class="notice bad" role="alert">
            <div>
                <p class="strong">{title}</p>
                <p>{trouble.next_step()}</p>
            </div>
        </div>
    }
    .into_any()
}

fn words(work: SyncWork) -> String {
    match work {
        SyncWork::Deriving => "Making a key from the passphrase. This takes a moment on purpose.".to_owned(),
        SyncWork::Waiting => "Waiting for another tab that syncs.".to_owned(),
        SyncWork::Reading => "Reading what this browser keeps.".to_owned(),
        SyncWork::Pulling { items: 0 } => "Asking the server what is new.".to_owned(),
        SyncWork::Pulling { items } => format!("Reading from the server: {items} items so far."),
        SyncWork::Pushing { done, of } => format!("Sending: {done} of {of} items."),
        SyncWork::Deleting => "Ending sync here.".to_owned(),
    }
}
