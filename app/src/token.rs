//! A token's text, with copy, show and decode: on its page and in the dialogs.

mod claims;

use domain::id::ConnectionId;
use domain::keeper::{Command, ConnectionView, View};
use domain::secret::Secret;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, Icon};
use claims::claims;

/// Where a token is shown, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The heading; none where a dialog's title says it.
    pub(crate) title: Option<&'static str>,
    /// The class of the panel.
    pub(crate) class: &'static str,
    /// Whether it is shown at first.
    pub(crate) shown: bool,
}

/// The token itself: shown when it is asked for, copied without being shown, decoded on demand.
///
/// Its text stands in the keeper's view while it is shown or decoded, and is concealed when the place is left.
pub(crate) fn token_text(id: ConnectionId, connection: Signal<Option<ConnectionView>>, frame: Frame) -> AnyView {
    let generation = Memo::new(move |_| {
        connection.with(|one| one.as_ref().and_then(|one| one.token.as_ref()).map(|token| token.generation))
    });
    let (shown, decoded) = (RwSignal::new(frame.shown), RwSignal::new(false));
    let text = revealed(id.clone());
    hide_for_others(id.clone(), shown, decoded);
    reveal_while(id.clone(), generation, Memo::new(move |_| shown.get() || decoded.get()));
    let there = Memo::new(move |_| generation.with(Option::is_some));
    let card = move || {
        let id = id.clone();
        there.get().then(|| panel(id, connection, text, shown, decoded, frame))
    };
    view! { {card} }.into_any()
}

/// The token's text while the keeper shows it.
fn revealed(id: ConnectionId) -> Signal<Option<Secret>> {
    let view = expect_context::<Ports>().desk.view;
    Memo::new(move |_| {
        view.with(|view| {
            let revealed = view.revealed.as_ref().filter(|revealed| revealed.connection == id);
            revealed.map(|revealed| revealed.access_token.clone())
        })
    })
    .into()
}

/// Only one token is revealed at a time: when another one is, this one is hidden.
fn hide_for_others(id: ConnectionId, shown: RwSignal<bool>, decoded: RwSignal<bool>) {
    let view = expect_context::<Ports>().desk.view;
    let others = Memo::new(move |_| is_of_another(&view, &id, true));
    Effect::new(move |_| {
        if others.get() {
            shown.set(false);
            decoded.set(false);
        }
    });
}

/// Whether what is revealed is another connection's token.
fn is_of_another(view: &ArcRwSignal<View>, id: &ConnectionId, tracked: bool) -> bool {
    let is_other = |view: &View| view.revealed.as_ref().is_some_and(|revealed| revealed.connection != *id);
    if tracked { view.with(is_other) } else { view.with_untracked(is_other) }
}

/// Asks for the text while it is wanted, again after each renewal, and has it concealed afterwards.
fn reveal_while(id: ConnectionId, generation: Memo<Option<u64>>, wanted: Memo<bool>) {
    let desk = expect_context::<Ports>().desk;
    let send = desk.send;
    let conceal = {
        let (send, view, id) = (send.clone(), desk.view, id.clone());
        // What another place reveals is not concealed by this one.
        move || {
            if !is_of_another(&view, &id, false) {
                send(Command::Conceal);
            }
        }
    };
    let leave = conceal.clone();
    Effect::new(move |before: Option<bool>| {
        let (wanted, generation) = (wanted.get(), generation.get());
        if wanted && generation.is_some() {
            send(Command::Reveal(id.clone()));
        } else if before == Some(true) {
            conceal();
        }
        wanted
    });
    on_cleanup(leave);
}

fn panel(
    id: ConnectionId,
    connection: Signal<Option<ConnectionView>>,
    text: Signal<Option<Secret>>,
    shown: RwSignal<bool>,
    decoded: RwSignal<bool>,
    frame: Frame,
) -> AnyView {
    let send = expect_context::<Ports>().desk.send;
    let toggle = |signal: RwSignal<bool>| move |()| signal.update(|on| *on = !*on);
    let words = move || match (shown.get(), text.get()) {
        (true, Some(text)) => text.expose().to_owned(),
        _ => Secret::default().masked(),
    };
    let reveal = Signal::derive(move || if shown.get() { "Hide token" } else { "Reveal token" }.to_owned());
    let decode = Signal::derive(move || if decoded.get() { "Hide claims" } else { "Decode" }.to_owned());
    let claims = move || {
        let text = decoded.get().then(|| text.get()).flatten()?;
        Some(claims(text, connection))
    };
    view! {
        <section class=frame.class>
            {frame.title.map(|title| view! { <h2>{title}</h2> })}
            <p class="token code" data-testid="token" class:shown=shown tabindex=move || shown.get().then_some("0")>{words}</p>
            <div class="actions">
                <Button label="Copy token" picture=Icon::Copy on_press=move |()| send(Command::Copy(id.clone())) />
                <Button label=reveal picture=Icon::Show on_press=toggle(shown) />
                <Button label=decode on_press=toggle(decoded) />
            </div>
            {claims}
        </section>
    }
    .into_any()
}
