use domain::id::{ProviderId, SiteTokenId};
use domain::site::{Chosen, Draft, Pasted, SiteCommand, SiteRefusal};
use leptos::prelude::*;

use super::draft_form::DraftForm;
use super::waiting::Waiting;
use super::{Sites, site_providers};
use crate::components::{Button, Checkbox, Look, skeleton};
use crate::dom;
use crate::toasts::Toasts;

/// The dialog's form, and what runs of it.
#[derive(Clone, Copy)]
struct Form {
    sites: Sites,
    toasts: Toasts,
    entered: DraftForm,
    test_first: RwSignal<bool>,
    testing: Waiting,
    saving: Waiting,
}

/// The form for a new token, or for one that is kept.
pub(super) fn form(sites: Sites, editing: Option<SiteTokenId>) -> AnyView {
    let providers = site_providers();
    let editing = StoredValue::new(editing);
    let is_known = Memo::new(move |_| providers.with(|known| known.as_ref().map(Vec::is_empty)));
    let shown = move || match (is_known.get(), editing.get_value()) {
        (_, Some(id)) => {
            let draft =
                sites.with_untracked(|view| view.token(&id).map(|token| Draft::of(token, view.is_default(&id))));
            draft.map_or_else(|| gone(sites), |draft| Form::new(sites, Some(id), draft).show())
        }
        (Some(false), None) => {
            let first = providers.with_untracked(|known| known.as_ref().and_then(|known| known.first().cloned()));
            let first = first.map_or_else(|| ProviderId::new(""), |first| first.id);
            // The first site of all is the default one, unless a person says otherwise.
            let is_first = sites.with_untracked(|view| view.tokens.is_empty());
            Form::new(sites, None, Draft { make_default: is_first, ..Draft::empty(first) }).show()
        }
        (Some(true), None) => no_provider(sites),
        (None, None) => skeleton(5),
    };
    view! { {shown} }.into_any()
}

fn gone(sites: Sites) -> AnyView {
    view! {
        <p>"This token is no longer kept here. It may have been removed in another tab."</p>
        <div class="actions"><Button label="Close" on_press=move |()| sites.closes() /></div>
    }
    .into_any()
}

/// Nobody can add a token before an admin allowed an API it is for.
pub(super) fn no_provider(sites: Sites) -> AnyView {
    view! {
        <p>"No provider of site tokens is allowed yet. An admin adds one on the Providers page; then tokens can be kept here."</p>
        <div class="actions">
            <a class="button" href="/admin/providers" on:click=move |_| sites.closes()>"Go to Providers"</a>
            <Button label="Close" on_press=move |()| sites.closes() />
        </div>
    }
    .into_any()
}

impl Form {
    fn new(sites: Sites, editing: Option<SiteTokenId>, draft: Draft) -> Self {
        Self {
            sites,
            toasts: expect_context(),
            entered: DraftForm::new(sites, editing, draft),
            test_first: RwSignal::new(true),
            testing: Waiting::new(),
            saving: Waiting::new(),
        }
    }

    fn show(self) -> AnyView {
        let Self { sites, testing, saving, entered, .. } = self;
        let submit = move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            self.save(self.test_first.get_untracked());
        };
        let input = move |_| {
            sites.dirty.set(true);
            saving.forget();
        };
        let verb = if entered.editing().is_none() { "Add" } else { "Save" };
        let anyway = move || {
            saving.failed_test().then(|| {
                let label = format!("{verb} without a test");
                view! { <Button label look=Look::Quiet on_press=move |()| self.save(false) /> }
            })
        };
        view! {
            <form class="form" on:submit=submit on:input=input>
                {entered.in_dialog()}
                <div class="checks">
                    <Checkbox id="site-default" label="Set as default site" checked=entered.make_default />
                    <Checkbox
                        id="site-test"
                        label="Test token before saving"
                        checked=self.test_first
                        hint="It is kept only if the API takes it."
                    />
                </div>
                {testing.said()}
                {saving.said()}
                <div class="actions">
                    {anyway}
                    <Button label="Test" busy=testing.busy busy_words="Testing…" on_press=move |()| self.test() />
                    <Button label="Cancel" on_press=move |()| sites.closes() />
                    <Button label=verb look=Look::Primary submit=true busy=saving.busy busy_words="Saving…" />
                </div>
            </form>
        }
        .into_any()
    }

    fn is_fine(self) -> bool {
        let is_fine = self.entered.is_fine();
        if !is_fine {
            dom::focus_after_drawing("#site [aria-invalid=true]");
        }
        is_fine
    }

    fn test(self) {
        let testing = self.testing;
        if !self.is_fine() || !testing.begin() {
            return;
        }
        self.saving.forget();
        let draft = untrack(|| self.entered.draft());
        let done = Box::new(move |outcome| testing.ended(outcome));
        let kept = self.entered.editing().filter(|_| Pasted::mend(draft.token.expose()).token.is_empty());
        self.sites.send(match kept {
            Some(id) => SiteCommand::Test { chosen: Chosen::Token(id), done },
            None => SiteCommand::TestDraft { provider: draft.provider, site: draft.site, token: draft.token, done },
        });
    }

    fn save(self, test: bool) {
        if !self.is_fine() || !self.saving.begin() {
            return;
        }
        self.testing.forget();
        let draft = untrack(|| self.entered.draft());
        let name = draft.shown_name().to_owned();
        match self.entered.editing() {
            None => {
                let done = Box::new(move |kept: Result<SiteTokenId, _>| {
                    self.saved(kept.map(|_| format!("{name} was added.")))
                });
                self.sites.send(SiteCommand::Add { draft, test, done });
            }
            Some(id) => {
                let done =
                    Box::new(move |changed: Result<(), _>| self.saved(changed.map(|()| format!("{name} was saved."))));
                self.sites.send(SiteCommand::Edit { id, draft, test, done });
            }
        }
    }

    fn saved(self, ended: Result<String, SiteRefusal>) {
        match ended {
            Ok(words) => {
                self.saving.done();
                self.sites.closes();
                self.toasts.done(words);
            }
            Err(why) => self.saving.ended(Err(why)),
        }
    }
}
