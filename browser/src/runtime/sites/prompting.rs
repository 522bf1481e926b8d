//! The dialog that is due: shown in one tab, one a person can see.

use std::rc::Rc;

use domain::site::{About, Answer, Prompt, Resolution, Site, SiteToken, SitesPhase, SitesView};
use domain::time::Timestamp;
use futures::channel::oneshot;
use wasm_bindgen_futures::spawn_local;

use super::super::Inner;
use crate::locks::{self, Bounds};
use crate::page;

/// A tab that can't have it looks again in a second. Where there are no Web Locks a tab that dies keeps it for a minute.
const FLOOR: Bounds = Bounds { wait: 500, hold: 43_200_000 };
const FLOOR_BY_LEASE: Bounds = Bounds { wait: 500, hold: 60_000 };

impl Inner {
    /// Called about once a second, and when something happened that may need a word.
    pub(in super::super) fn look_after_site_prompts(self: &Rc<Self>) {
        if self.sites.answering.get() {
            return;
        }
        let view = self.sites.view.borrow().clone();
        let is_open = view.phase == SitesPhase::Open && page::is_visible();
        let due = if is_open { self.sites.prompts.borrow().due(&view, self.now()) } else { None };
        let Some(due) = due else {
            self.sites.floor.take();
            return self.show_prompt(None);
        };
        let has_floor = self.sites.floor.borrow().as_ref().is_some_and(locks::Held::is_good);
        if has_floor {
            return self.show_prompt(Some(due));
        }
        if self.sites.taking_floor.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            let tenant = inner.tenant().map(|tenant| tenant.to_string()).unwrap_or_default();
            let bounds = if locks::are_there() { FLOOR } else { FLOOR_BY_LEASE };
            // Whoever had it lets go first: a lease of one's own would be waited for.
            inner.sites.floor.take();
            let floor = locks::acquire(&["tokenkeep:", &tenant, ":site-dialog"].concat(), bounds).await.ok();
            inner.sites.taking_floor.set(false);
            let has_floor = floor.is_some();
            inner.sites.floor.replace(floor);
            if has_floor {
                // What was due may be settled by now, or the page hidden.
                inner.look_after_site_prompts();
            } else {
                inner.show_prompt(None);
            }
        });
    }

    /// The dialog stays until what was answered is kept: whoever sees it go can close the tab.
    pub(super) async fn answer_site_prompt(self: &Rc<Self>, prompt: &Prompt, answer: Answer) {
        self.sites.answering.set(true);
        self.keep_answer(prompt, answer).await;
        self.sites.answering.set(false);
        self.look_after_site_prompts();
    }

    async fn keep_answer(self: &Rc<Self>, prompt: &Prompt, answer: Answer) {
        let now = self.now();
        let answered = {
            let view = self.sites.view.borrow().clone();
            self.sites.prompts.borrow_mut().answer(prompt, answer, &view, now)
        };
        if answered.let_go {
            self.let_askers_go(|about| *about == prompt.about);
        }
        if let Some(until) = answered.quiet_operators {
            if let Ok(vault) = self.site_vault() {
                // Where it can't be written this tab is quiet all the same.
                drop(vault.write_quiet_operators(until).await);
                self.tell_sites(Vec::new());
            }
            self.show_sites(|view| view.quiet_operators = Some(until));
        }
        let until = answered.quiet.first().map(|(_, until)| *until);
        let ids: Vec<_> = answered.quiet.into_iter().map(|(id, _)| id).collect();
        if let (Some(until), Ok(vault)) = (until, self.site_vault()) {
            let rule = |token: &SiteToken| Some(SiteToken { quiet_until: Some(until), ..token.clone() });
            // Where it can't be written this tab is quiet all the same, as the dialog was closed in it.
            if let Ok(written) = vault.change_sites(&ids, rule).await {
                self.wrote_sites(written, &[]);
            }
        }
    }

    /// Waits until a person gave a token for it, or closed the dialog.
    pub(super) fn wait_for_person(&self, about: About) -> impl Future<Output = ()> + use<> {
        let (answered, waiting) = oneshot::channel();
        self.sites.asking.borrow_mut().push((about, answered));
        // It ends in any case: the vault may be shut meanwhile.
        async move { waiting.await.unwrap_or_default() }
    }

    /// Lets those go on for whom there is a token now.
    pub(super) fn let_settled_go(&self, view: &SitesView, now: Timestamp) {
        self.let_askers_go(|about| {
            let site = match about {
                About::Token(id) => Site::Of(id.clone()),
                About::Place(place) => Site::At(place.clone()),
                About::Operators => Site::Operators,
            };
            let resolution = Resolution::of(&site, view, now);
            !resolution.origins.is_empty() || resolution.place.is_none()
        });
    }

    pub(super) fn let_askers_go(&self, is_meant: impl Fn(&About) -> bool) {
        let (gone, stay): (Vec<_>, Vec<_>) =
            self.sites.asking.take().into_iter().partition(|(about, _)| is_meant(about));
        self.sites.asking.replace(stay);
        for (_, answered) in gone {
            // Who no longer waits does not hear of it.
            let _ = answered.send(());
        }
    }

    fn show_prompt(&self, prompt: Option<Prompt>) {
        if self.sites.view.borrow().prompt != prompt {
            self.show_sites(|view| view.prompt = prompt);
        }
    }
}
