//! The worker-token dialog: making and changing a connection, and getting its first token.
//!
//! What a person types lives in the signals of the open dialog only; they are dropped when it closes.

mod demo_client;
mod fields;
mod form;
mod guide;
mod outcome;
mod preview;
mod progress;

pub(crate) use outcome::Outcome;

use domain::api::Problem;
use domain::api::providers::Providers;
use domain::id::{ConnectionId, ProviderId};
use domain::keeper::ConnectionView;
use domain::provider::{Provider, ProviderKind};
use leptos::prelude::*;

use crate::ask::{Load, load};
use crate::components::{Dialog, ProblemBox, skeleton};
use crate::lazy::lazy;
use crate::token::Frame;
use crate::{Desk, Ports};

/// What the dialog is called; for a connection that is there, its name follows.
const TITLE: &str = "Worker Token Credentials";

lazy! {
    /// The form: the larger part of the dialog, and not needed before it is opened.
    fn lazy_fields = inside, fields::fields;
}

/// What the dialog was opened for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Opening {
    Add,
    Sandbox,
    Edit(ConnectionId),
    /// As `Edit`, with its token on top.
    Current(ConnectionId),
}

impl Opening {
    /// The connection to be changed.
    fn id(&self) -> Option<&ConnectionId> {
        match self {
            Self::Add | Self::Sandbox => None,
            Self::Edit(id) | Self::Current(id) => Some(id),
        }
    }
}

/// The token on top of the form.
const TOKEN: Frame = Frame { title: Some("Current token"), class: "guide good", shown: true };

/// The one dialog of the shell, for every page that opens it.
#[derive(Clone, Copy)]
pub(crate) struct ConnectionDialog {
    open: RwSignal<bool>,
    opening: RwSignal<Opening>,
    dirty: RwSignal<bool>,
    /// The providers as the server sent them, shared with the pages that show them.
    pub(crate) load: Load,
    known: RwSignal<Option<Result<Vec<Provider>, Problem>>>,
}

impl ConnectionDialog {
    /// The dialog, for all pages below.
    pub(crate) fn provide() {
        let load = load(&Providers);
        let known = RwSignal::new(None);
        Effect::new(move |_| {
            let Some(answer) = load.get() else { return };
            // What is known stays when it can't be asked for again: a form may stand on it.
            if answer.is_ok() || known.with_untracked(|known| !matches!(known, Some(Ok(_)))) {
                known.set(Some(answer.map(|value| serde_json::from_value(value).unwrap_or_default())));
            }
        });
        provide_context(Self {
            open: RwSignal::new(false),
            opening: RwSignal::new(Opening::Add),
            dirty: RwSignal::new(false),
            load,
            known,
        });
    }

    /// Opens it for a new connection.
    pub(crate) fn add(self) {
        self.begin(Opening::Add);
    }

    /// Opens it with a client of the sandbox filled in.
    pub(crate) fn try_sandbox(self) {
        self.begin(Opening::Sandbox);
    }

    /// Opens it to change a connection.
    pub(crate) fn edit(self, id: ConnectionId) {
        self.begin(Opening::Edit(id));
    }

    /// Opens it to change a connection, with its token shown on top.
    pub(crate) fn edit_with_token(self, id: ConnectionId) {
        self.begin(Opening::Current(id));
    }

    fn begin(self, opening: Opening) {
        // An admin may have allowed another provider since the page was loaded.
        self.load.refetch();
        self.opening.set(opening);
        self.dirty.set(false);
        self.open.set(true);
    }

    /// The connection it was opened to change, as the keeper has it.
    fn held(self, opening: &Opening, desk: &Desk) -> Option<ConnectionView> {
        let id = opening.id()?;
        desk.view.with_untracked(|view| view.connections.iter().find(|one| one.connection.id == *id).cloned())
    }

    /// Closes it, whatever was typed.
    pub(crate) fn shut(self) {
        self.dirty.set(false);
        self.open.set(false);
    }

    /// Whether it is open.
    pub(crate) fn is_open(self) -> bool {
        self.open.get()
    }

    /// As [`ConnectionDialog::is_open`], now.
    pub(crate) fn is_open_untracked(self) -> bool {
        self.open.get_untracked()
    }

    /// All providers; none when they could not be had, `None` while they are asked for.
    pub(crate) fn known(self) -> Option<Vec<Provider>> {
        self.known.with(|known| known.as_ref().map(|known| known.as_ref().cloned().unwrap_or_default()))
    }

    /// All providers; none while they are not known.
    pub(crate) fn providers(self) -> Vec<Provider> {
        self.known().unwrap_or_default()
    }

    /// A provider by its id; `None` while unknown or when it was removed.
    pub(crate) fn provider(self, id: &ProviderId) -> Option<Provider> {
        self.providers().into_iter().find(|provider| provider.id == *id)
    }

    /// A provider's name for people.
    pub(crate) fn provider_name(self, id: &ProviderId) -> String {
        let unknown = if self.known.with(Option::is_some) { "A provider that was removed" } else { "…" };
        self.provider(id).map_or_else(|| unknown.to_owned(), |provider| provider.name)
    }

    /// Whether there is a sandbox to try things with.
    pub(crate) fn has_sandbox(self) -> bool {
        self.providers().iter().any(|provider| provider.enabled && is_sandbox(provider))
    }
}

fn is_sandbox(provider: &Provider) -> bool {
    matches!(provider.kind, ProviderKind::Sandbox { .. })
}

/// The dialog itself; it stands once in the shell.
pub(crate) fn connection_dialog() -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let desk = expect_context::<Ports>().desk;
    let title = Signal::derive(move || {
        let held = dialog.held(&dialog.opening.get(), &desk);
        held.map_or_else(|| TITLE.to_owned(), |one| format!("{TITLE}: {}", one.connection.name))
    });
    let body = move || {
        // Only the first answer builds the form: a later one must not wipe what was typed.
        let ready =
            Memo::new(move |_| dialog.known.with(|known| known.as_ref().map(|known| known.as_ref().err().cloned())));
        let shown = move || match ready.get() {
            None => skeleton(5),
            Some(Some(problem)) => {
                view! { <ProblemBox problem retry=Callback::new(move |()| dialog.load.refetch()) /> }.into_any()
            }
            Some(None) => lazy_fields().when_loaded(),
        };
        view! { {shown} }.into_any()
    };
    view! { <Dialog id="connection" title open=dialog.open dirty=dialog.dirty wide=true>{body()}</Dialog> }.into_any()
}
