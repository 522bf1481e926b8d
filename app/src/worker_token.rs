//! The current connection's worker token, asked for by a person: shown alone, obtained, or the whole dialog.

use domain::id::ConnectionId;
use domain::keeper::{Command, View};
use domain::time::Timestamp;
use domain::worker_token::{Asked, Opening, TokenState, after_retrieval, opening};
use futures::channel::oneshot;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, Dialog};
use crate::connection_dialog::{ConnectionDialog, Outcome};
use crate::connections::connection_signal;
use crate::lazy::lazy;
use crate::token::{Frame, token_text};

lazy! {
    /// Its code is that of the pages which show tokens.
    fn lazy_alone = inside, alone;
}

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
    /// Whether pages wait for a token, and which.
    required: RwSignal<bool>,
    waiting: StoredValue<Vec<oneshot::Sender<Option<ConnectionId>>>>,
}

/// The current connection and how its token stands; `None` without a connection.
fn current(view: &View, now: Option<Timestamp>) -> Option<(ConnectionId, TokenState)> {
    let id = view.current.as_ref()?;
    let current = view.connections.iter().find(|one| one.connection.id == *id)?;
    let is_valid = current.token.as_ref().zip(now).is_some_and(|(token, now)| token.expires_at > now);
    let state = match (is_valid, current.has_credential) {
        (true, _) => TokenState::Valid,
        (false, true) => TokenState::Obtainable,
        (false, false) => TokenState::Missing,
    };
    Some((id.clone(), state))
}

impl WorkerToken {
    /// The way, for all pages below.
    pub(crate) fn provide() {
        let token = Self {
            open: RwSignal::new(false),
            whose: RwSignal::new(None),
            retrieval: RwSignal::new(None),
            required: RwSignal::new(false),
            waiting: StoredValue::new(Vec::new()),
        };
        let (dialog, desk) = (expect_context::<ConnectionDialog>(), expect_context::<Ports>().desk);
        let view = desk.view.clone();
        Effect::new(move |_| {
            let Some(outcome) = token.retrieval.get() else { return };
            let Some(received) = outcome.ended() else { return };
            token.retrieval.set(None);
            let settings = view.with_untracked(|view| view.settings);
            token.follow(after_retrieval(&settings, received), outcome.id(), dialog);
        });
        Effect::new(move |_| {
            if !token.required.get() {
                return;
            }
            let now = desk.now.get();
            let valid = desk.view.with(|view| current(view, now)).filter(|(_, state)| *state == TokenState::Valid);
            let is_asked_for = token.retrieval.with(Option::is_some) || dialog.is_open();
            if valid.is_some() || !is_asked_for {
                token.let_go(valid.map(|(id, _)| id));
            }
        });
        provide_context(token);
    }

    /// A page needs a valid token: at once if there is one, else after it was obtained, or a person entered what it takes.
    /// Ends with the connection whose token it is, and with `None` when the person closed the dialog without one.
    pub(crate) fn require(self) -> impl Future<Output = Option<ConnectionId>> {
        let (sender, answer) = oneshot::channel();
        self.waiting.update_value(|waiting| waiting.push(sender));
        // While a token is got or entered already, nothing else opens over that.
        let is_asked_for =
            self.retrieval.with_untracked(Option::is_some) || expect_context::<ConnectionDialog>().is_open_untracked();
        if !is_asked_for {
            self.open_for(Asked::ByPage);
        }
        self.required.set(true);
        async { answer.await.ok().flatten() }
    }

    fn let_go(self, id: Option<ConnectionId>) {
        self.required.set(false);
        for waiting in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
            // A page that was left does not hear of it.
            let _ = waiting.send(id.clone());
        }
    }

    /// Whether a token is being obtained.
    pub(crate) fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.retrieval.with(Option::is_some))
    }

    /// A person wants to see the current token, or to have one.
    pub(crate) fn show(self) {
        self.open_for(Asked::ByPerson);
    }

    fn open_for(self, asked: Asked) {
        let dialog = expect_context::<ConnectionDialog>();
        let desk = expect_context::<Ports>().desk;
        let now = desk.now.get_untracked();
        let Some((id, state)) = desk.view.with_untracked(|view| current(view, now)) else { return dialog.add() };
        let settings = desk.view.with_untracked(|view| view.settings);
        match opening(&settings, asked, state) {
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
            {lazy_alone().when_loaded()}
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
