use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::id::SiteTokenId;
use domain::secret::Secret;
use domain::site::Query;
use leptos::prelude::*;

use super::card::card;
use super::figures::figures;
use super::operators::operators;
use super::removal::Removal;
use super::toolbar::toolbar;
use crate::components::{Button, LongList, long_list};
use crate::sites::Sites;

/// A card before one was measured, in CSS pixels.
const CARD: u32 = 300;

/// Texts of tokens, each with its generation.
pub(super) type Texts = BTreeMap<SiteTokenId, (u64, Secret)>;

/// What a person wants to see, and what was picked of it.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) query: RwSignal<Query>,
    /// Whether tokens are being picked, to do something with several.
    pub(super) picking: RwSignal<bool>,
    pub(super) picked: RwSignal<BTreeSet<SiteTokenId>>,
    /// The texts that a person wants to see, each with the generation it was shown for. They stay while cards are drawn anew.
    pub(super) texts: RwSignal<Texts>,
    /// The tokens that are shown, in their order.
    pub(super) shown: Memo<Arc<[SiteTokenId]>>,
}

impl Wanted {
    /// A text of a token that is gone, or got another, is not what was asked to be shown.
    fn forget_outdated(self, sites: Sites) {
        Effect::new(move |_| {
            let holds = |id: &SiteTokenId, generation: u64| {
                sites.with(|view| view.token(id).is_some_and(|token| token.generation == generation))
            };
            let outdated = self.texts.with(|texts| texts.iter().any(|(id, (generation, _))| !holds(id, *generation)));
            if outdated {
                self.texts.update(|texts| texts.retain(|id, (generation, _)| holds(id, *generation)));
            }
        });
    }
}

/// Figures, search and the cards.
pub(super) fn list(sites: Sites) -> AnyView {
    let query = RwSignal::new(Query::default());
    let shown = Memo::new(move |_| {
        let Some(now) = sites.minute() else { return Arc::from([]) };
        let found = query.with(|query| sites.with(|view| view.find(query, now)));
        found.iter().map(|token| token.id.clone()).collect()
    });
    let wanted = Wanted {
        query,
        picking: RwSignal::new(false),
        picked: RwSignal::new(BTreeSet::new()),
        texts: RwSignal::new(Texts::new()),
        shown,
    };
    wanted.forget_outdated(sites);
    let removal = Removal::new(sites);
    let nothing =
        Memo::new(move |_| shown.with(|shown| shown.is_empty()) && sites.with(|view| !view.tokens.is_empty()));
    let none = move || {
        nothing.get().then(|| {
            view! {
                <section class="empty">
                    <h2>"No token fits"</h2>
                    <p>"None of the tokens has all these words and stands so."</p>
                    <div class="actions">
                        <Button label="Show all" on_press=move |()| query.set(Query::default()) />
                    </div>
                </section>
            }
        })
    };
    view! {
        {figures(sites, wanted)}
        {toolbar(sites, wanted, removal)}
        {operators(sites)}
        {none}
        {long_list(
            LongList { label: "Site tokens", class: "site-cards", row_height: CARD, keys: shown },
            move |id| card(sites, wanted, removal, id),
        )}
        {removal.question()}
    }
    .into_any()
}
