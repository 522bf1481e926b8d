//! Site tokens as the header, the pages and the dialogs know them: what is kept, and the dialogs of the shell.
//!
//! What a person types, and a text that is shown, live in the signals of what shows them only.

mod dialog;
mod draft_form;
mod entry;
mod form;
mod import;
mod legacy;
mod many;
mod picker;
mod prompt;
mod providers;
mod refresh;
mod report;
mod waiting;

use std::sync::Arc;

use domain::id::SiteTokenId;
use domain::site::{About, Chosen, SiteCommand, SiteToken, SitesView, Standing};
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::Ports;
use crate::components::Life;
use crate::words::{left, site_bar, site_mood};

pub(crate) use dialog::site_dialog;
pub(crate) use draft_form::DraftForm;
pub(crate) use picker::{Picker, picker, stands};
pub(crate) use prompt::site_prompt;
pub(crate) use providers::{provider_choices, provider_name, site_apis, site_providers};
pub(crate) use report::{refused, reported};
pub(crate) use waiting::Waiting;

/// What the dialog is opened for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// A new token.
    Add,
    /// A token is changed.
    Edit(SiteTokenId),
    /// A token gets a new text.
    Refresh(SiteTokenId),
    /// Many, out of a file.
    Import,
    /// What an earlier app left.
    Legacy,
    /// Many are tested.
    Test(Vec<SiteTokenId>),
    /// The points of many are read.
    Points(Vec<SiteTokenId>),
}

/// Site tokens, for every page and the header.
#[derive(Clone, Copy)]
pub(crate) struct Sites {
    ports: StoredValue<Ports>,
    view: RwSignal<ArcRwSignal<SitesView>>,
    open: RwSignal<bool>,
    opening: RwSignal<Opening>,
    dirty: RwSignal<bool>,
    /// Whose calls wait for what is entered in it.
    waited_for: RwSignal<Option<About>>,
    /// The time, moved on once a minute: for what looks at thousands of tokens.
    minute: Memo<Option<Timestamp>>,
}

impl Sites {
    /// Site tokens, for all pages below.
    pub(crate) fn provide() {
        let ports = expect_context::<Ports>();
        let (view, now) = (ports.desk.sites.clone(), ports.desk.now.clone());
        let minute = Memo::new(move |_| now.get().map(|now| Timestamp::from_millis(now.millis() / 60_000 * 60_000)));
        provide_context(Self {
            ports: StoredValue::new(ports),
            view: RwSignal::new(view),
            open: RwSignal::new(false),
            opening: RwSignal::new(Opening::Add),
            dirty: RwSignal::new(false),
            waited_for: RwSignal::new(None),
            minute,
        });
    }

    /// Opens the dialog.
    pub(crate) fn opens(self, opening: Opening) {
        self.opening.set(opening);
        self.dirty.set(false);
        self.open.set(true);
    }

    /// Opens it for a token that calls wait for, until it is closed.
    fn opens_for(self, opening: Opening, about: About) {
        self.waited_for.set(Some(about));
        self.opens(opening);
    }

    /// It was closed: calls that wait for what might have been entered are let go.
    fn was_closed(self) {
        if let Some(about) = self.waited_for.try_update(Option::take).flatten() {
            self.send(SiteCommand::LetGo(about));
        }
    }

    /// Closes it, whatever was typed.
    pub(crate) fn closes(self) {
        self.dirty.set(false);
        self.open.set(false);
    }

    /// What was typed is kept: the dialog may be closed without a question. It may be closed by now.
    fn is_saved(self) {
        self.dirty.try_set(false);
    }

    /// Has something done.
    pub(crate) fn send(self, command: SiteCommand) {
        self.ports.with_value(|ports| (ports.desk.site)(command));
    }

    /// Something of what there is to see; heard again whenever any of it changes.
    pub(crate) fn with<T>(self, look: impl FnOnce(&SitesView) -> T) -> T {
        self.view.with(|view| view.with(look))
    }

    /// As [`Sites::with`], now.
    pub(crate) fn with_untracked<T>(self, look: impl FnOnce(&SitesView) -> T) -> T {
        self.view.with_untracked(|view| view.with_untracked(look))
    }

    /// The time, moved on once a minute.
    pub(crate) fn minute(self) -> Option<Timestamp> {
        self.minute.get()
    }

    /// One token as it is now; `None` once it is gone.
    pub(crate) fn token(self, id: SiteTokenId) -> Memo<Option<Arc<SiteToken>>> {
        Memo::new(move |_| self.with(|view| view.token(&id).cloned()))
    }

    /// How a token stands, to the second.
    pub(crate) fn standing(self, token: Memo<Option<Arc<SiteToken>>>) -> Memo<Option<Standing>> {
        let now = self.ports.with_value(|ports| ports.desk.now.clone());
        Memo::new(move |_| {
            let now = now.get()?;
            token.with(|token| token.as_ref().map(|token| token.standing(now)))
        })
    }

    /// A token's life as it is drawn.
    pub(crate) fn life(self, token: Memo<Option<Arc<SiteToken>>>) -> Memo<Option<Life>> {
        let now = self.ports.with_value(|ports| ports.desk.now.clone());
        Memo::new(move |_| {
            let now = now.get()?;
            token.with(|token| token.as_ref().map(|token| life(token, now)))
        })
    }
}

fn life(token: &SiteToken, now: Timestamp) -> Life {
    Life {
        bar: Some(site_bar(&token.claims, token.replaced_at, now)),
        mood: site_mood(token.standing(now)),
        words: left(token.claims.expires_at, now),
    }
}

/// The name of what the site selector stands at, or may stand at.
pub(crate) fn chosen_name(view: &SitesView, chosen: &Chosen) -> Option<String> {
    match chosen {
        Chosen::Token(id) => view.token(id).map(|token| token.name.clone()),
        Chosen::Operators => view.operators.as_ref().map(|token| token.name.clone()),
    }
}
