//! The current connection's worker token, asked for by a person: shown alone, obtained, or the whole dialog.

use domain::id::ConnectionId;
use domain::keeper::{Command, ConnectionView};
use domain::worker_token::{Asked, Opening, TokenState, after_retrieval, opening};
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, Dialog};
use crate::connection_dialog::{ConnectionDialog, Outcome};
use crate::lazy::{Lazy, lazy};
use crate::pages::connection_signal;
use crate::token::{Frame, token_text};

/// Its code is that of the pages which show tokens.
const ALONE: Lazy = lazy!(inside, alone);
/// The dialog's title says what it is.
const FRAME: Frame = Frame { title: None, class: "guide good", shown: true };

/// The way to the current connection's token, for every page.
#[derive(Clone, Copy)]
pub(crate) struct WorkerToken {
    open: RwSignal<bool>,
    /// Whose token is shown alone.
    whose: RwSignal<Option<ConnectionId>>,
    /// A retrieval under way, whose end decides what opens.
    retrieval: RwSignal<Option<Outcome>>,
}

impl WorkerToken {
    /// The way, for all pages below.
    pub(crate) fn provide() {
        let token = Self { open: RwSignal::new(false), whose: RwSignal::new(None), retrieval: RwSignal::new(None) };
        let (dialog, view) = (expect_context::<ConnectionDialog>(), expect_context::<Ports>().desk.view);
        Effect::new(move |_| {
            let Some(outcome) = token.retrieval.get() else { return };
            let Some(received) = outcome.ended() else { return };
            token.retrieval.set(None);
            let settings = view.with_untracked(|view| view.settings);
            token.follow(after_retrieval(&settings, received), outcome.id(), dialog);
        });
        provide_context(token);
    }

    /// Whether a token is being obtained.
    pub(crate) fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.retrieval.with(Option::is_some))
    }

    /// A person wants to see the current token, or to have one.
    pub(crate) fn show(self) {
        let dialog = expect_context::<ConnectionDialog>();
        let desk = expect_context::<Ports>().desk;
        let now = desk.now.get_untracked();
        let current = desk.view.with_untracked(|view| {
            let id = view.current.as_ref()?;
            view.connections.iter().find(|one| one.connection.id == *id).cloned()
        });
        let Some(current) = current else { return dialog.add() };
        let is_valid =
            |one: &ConnectionView| one.token.as_ref().zip(now).is_some_and(|(token, now)| token.expires_at > now);
        let state = match &current {
            one if is_valid(one) => TokenState::Valid,
            one if one.has_credential => TokenState::Obtainable,
            _ => TokenState::Missing,
        };
        let settings = desk.view.with_untracked(|view| view.settings);
        let id = current.connection.id;
        match opening(&settings, Asked::ByPerson, state) {
            Opening::Retrieve => {
                self.retrieval.set(Some(Outcome::awaited(id.clone())));
                (desk.send)(Command::Retrieve(id));
            }
            other => self.follow(other, id, dialog),
        }
    }

    fn follow(self, opening: Opening, id: ConnectionId, dialog: ConnectionDialog) {
        match opening {
            Opening::Nothing | Opening::Retrieve => {}
            Opening::TokenOnly => {
                self.whose.set(Some(id));
                self.open.set(true);
            }
            Opening::Full { with_token: true } => dialog.edit_with_token(id),
            Opening::Full { with_token: false } => dialog.edit(id),
        }
    }
}

/// The dialog with the token alone; it stands once in the shell.
pub(crate) fn worker_token_dialog() -> AnyView {
    let token = expect_context::<WorkerToken>();
    view! {
        <Dialog id="worker-token" title="✅ Worker Token" open=token.open wide=true>
            {ALONE.when_loaded()}
        </Dialog>
    }
    .into_any()
}

fn alone() -> AnyView {
    let token = expect_context::<WorkerToken>();
    let Some(id) = token.whose.get_untracked() else { return ().into_any() };
    view! {
        {token_text(id.clone(), connection_signal(id), FRAME)}
        <div class="full-width"><Button label="Close" on_press=move |()| token.open.set(false) /></div>
    }
    .into_any()
}
