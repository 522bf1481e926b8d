use domain::id::SiteTokenId;
use domain::site::{SiteCommand, SiteRefusal};
use leptos::prelude::*;

use crate::components::Confirm;
use crate::sites::{Sites, refused};
use crate::words::count;

/// Tokens a person wants to delete, and the question that stands before it.
#[derive(Clone, Copy)]
pub(super) struct Removal {
    sites: Sites,
    asking: RwSignal<bool>,
    ids: RwSignal<Vec<SiteTokenId>>,
    refusal: RwSignal<Option<SiteRefusal>>,
}

impl Removal {
    /// Nothing yet.
    pub(super) fn new(sites: Sites) -> Self {
        let (asking, ids) = (RwSignal::new(false), RwSignal::new(Vec::new()));
        Self { sites, asking, ids, refusal: RwSignal::new(None) }
    }

    /// Asks whether these may go.
    pub(super) fn ask(self, ids: Vec<SiteTokenId>) {
        self.refusal.set(None);
        self.ids.set(ids);
        self.asking.set(true);
    }

    /// What goes, in a few words.
    fn what(self) -> String {
        self.ids.with(|ids| match ids.as_slice() {
            [one] => {
                self.sites.with_untracked(|view| view.token(one).map(|token| token.name.clone())).unwrap_or_default()
            }
            many => count(many.len(), "site token"),
        })
    }

    /// The question, and why it could not be done.
    pub(super) fn question(self) -> AnyView {
        let title = Signal::derive(move || format!("Delete {}?", self.what()));
        let text = Signal::derive(move || {
            let one = self.ids.with(|ids| ids.len() == 1);
            let (what, goes) = if one { ("The token", "goes") } else { ("The tokens", "go") };
            format!(
                "{what} {goes} from this browser, in every tab. You can bring {} back for ten seconds; after that only the provider can give you a new one.",
                if one { "it" } else { "them" }
            )
        });
        let verb = Signal::derive(move || {
            if self.ids.with(|ids| ids.len() == 1) { "Delete token" } else { "Delete tokens" }.to_owned()
        });
        let yes = move |()| {
            let done = Box::new(move |removed: Result<(), SiteRefusal>| {
                self.refusal.try_set(removed.err());
            });
            self.sites.send(SiteCommand::Remove { ids: self.ids.get_untracked(), done });
        };
        view! {
            {move || self.refusal.get().map(refused)}
            <Confirm id="delete-token" title open=self.asking text verb on_yes=yes />
        }
        .into_any()
    }
}
