//! The one dialog about a token that needs a person: it comes by itself, never over another dialog, and in one tab only.

mod entering;
mod expiring;
mod failed;

use domain::site::{About, Answer, Chosen, Matter, Prompt, SiteCommand, SitesView, Standing, VerdictKind};
use leptos::prelude::*;

use super::{Sites, chosen_name};
use crate::components::Dialog;
use crate::lazy::lazy;
use crate::{Ports, dom};

lazy! {
    /// What it shows: not needed before something is due.
    fn lazy_content = sites, content;
}

/// The dialog that is shown, for its content.
#[derive(Clone, Copy)]
struct Due {
    sites: Sites,
    open: RwSignal<bool>,
    /// What it is about; it stays while the dialog closes.
    prompt: RwSignal<Option<Prompt>>,
    dirty: RwSignal<bool>,
    /// What the person has said something to, until the view heard of it.
    answered: RwSignal<Option<Prompt>>,
}

/// The dialog itself; it stands once in the shell.
pub(crate) fn site_prompt() -> AnyView {
    let sites = expect_context::<Sites>();
    let due = Due {
        sites,
        open: RwSignal::new(false),
        prompt: RwSignal::new(None),
        dirty: RwSignal::new(false),
        answered: RwSignal::new(None),
    };
    provide_context(due);
    let now = expect_context::<Ports>().desk.now;
    let wanted = Memo::new(move |_| sites.with(|view| view.prompt.clone()));
    Effect::new(move |_| {
        let wanted = wanted.get();
        // What was answered is settled once the view shows something else: the same may be due again later.
        if wanted != due.answered.get_untracked() {
            due.answered.set(None);
        }
        if wanted.is_none() || wanted == due.answered.get_untracked() {
            return due.open.set(false);
        }
        if wanted == due.prompt.get_untracked() && due.open.get_untracked() {
            return;
        }
        // Another dialog is not covered: it is looked again with the next second.
        now.track();
        if due.open.get_untracked() || !dom::is_dialog_open() {
            due.dirty.set(false);
            due.prompt.set(wanted);
            due.open.set(true);
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = due.open.get();
        // Closed by the person, not because its matter is settled.
        let is_due = due.prompt.with_untracked(|shown| *shown == wanted.get_untracked());
        if was_open == Some(true) && !is_open && is_due {
            due.answer(Answer::Close);
        }
        is_open
    });
    let title = Signal::derive(move || due.prompt.with(|prompt| prompt.as_ref().map_or("", title)).to_owned());
    view! {
        <Dialog id="site-prompt" title open=due.open dirty=due.dirty>
            {lazy_content().when_loaded()}
        </Dialog>
    }
    .into_any()
}

fn title(prompt: &Prompt) -> &'static str {
    match &prompt.matter {
        Matter::Expiring(Standing::Critical) => "Token expires within a day",
        Matter::Expiring(Standing::Urgent) => "Token expires in a few days",
        Matter::Expiring(_) => "Token expiring soon",
        Matter::Expired => "Token expired",
        Matter::Failed(VerdictKind::Forbidden) => "Access refused",
        Matter::Failed(_) => "Authentication failed",
        Matter::Missing(_) => "A token is needed",
    }
}

fn content() -> AnyView {
    let due = expect_context::<Due>();
    let shown = move || {
        let Some(prompt) = due.prompt.get() else { return ().into_any() };
        match &prompt.matter {
            Matter::Expiring(standing) => expiring::expiring(due, &prompt, *standing),
            Matter::Expired => entering::expired(due, &prompt),
            Matter::Failed(kind) => failed::failed(due, &prompt, *kind),
            Matter::Missing(tried) => entering::missing(due, &prompt, tried),
        }
    };
    view! { {shown} }.into_any()
}

impl Due {
    fn answer(self, answer: Answer) {
        let Some(prompt) = self.prompt.get_untracked() else { return };
        if self.answered.get_untracked().as_ref() != Some(&prompt) {
            self.answered.set(Some(prompt.clone()));
            self.sites.send(SiteCommand::Answer { prompt, answer });
        }
    }

    /// Closes it for good: the matter is told to be settled by what was done.
    fn closes(self) {
        self.dirty.set(false);
        self.open.set(false);
    }
}

/// The name of whom it is about.
fn name(view: &SitesView, about: &About) -> String {
    match about {
        About::Token(id) => chosen_name(view, &Chosen::Token(id.clone())).unwrap_or_default(),
        About::Place(place) => place.site.to_string(),
        About::Operators => chosen_name(view, &Chosen::Operators).unwrap_or_default(),
    }
}
