use std::sync::Arc;
use std::time::Duration;

use domain::id::SiteTokenId;
use domain::secret::Secret;
use domain::site::{SiteCommand, SiteRefusal, SiteToken};
use leptos::prelude::*;

use super::list::Wanted;
use crate::Awake;
use crate::components::{Icon, icon};
use crate::sites::Sites;

/// How long it is said that something was copied.
const SAID: Duration = Duration::from_secs(2);

/// A token's text: first and last characters, all of it when a person wants to see it, and copied without being seen.
pub(super) fn text(sites: Sites, wanted: Wanted, id: SiteTokenId, token: Memo<Option<Arc<SiteToken>>>) -> AnyView {
    let awake = expect_context::<Awake>().0;
    let (texts, said) = (wanted.texts, RwSignal::new(None::<String>));
    let own = id.clone();
    let shown = Memo::new(move |_| texts.with(|texts| texts.get(&own).map(|(_, text)| text.clone())));
    let masked = move || token.with(|token| token.as_ref().map(|token| token.masked.clone())).unwrap_or_default();
    let words = move || shown.with(|shown| shown.as_ref().map(|text| text.expose().to_owned())).unwrap_or_else(masked);
    let shows = Memo::new(move |_| shown.with(Option::is_some));
    let copied = id.clone();
    let show = move |_| {
        if shown.with_untracked(Option::is_some) {
            texts.update(|texts| drop(texts.remove(&id)));
            return;
        }
        let Some(generation) = token.with_untracked(|token| token.as_ref().map(|token| token.generation)) else {
            return;
        };
        let own = id.clone();
        let done = Box::new(move |text: Result<Secret, SiteRefusal>| match text {
            Ok(text) => drop(texts.try_update(|texts| drop(texts.insert(own, (generation, text))))),
            Err(why) => drop(said.try_set(Some(why.to_string()))),
        });
        sites.send(SiteCommand::Reveal { id: id.clone(), done });
    };
    let copy = move |_| {
        let done = Box::new(move |copied: Result<(), String>| {
            said.try_set(Some(copied.err().unwrap_or_else(|| "Copied".to_owned())));
            let over = move || {
                said.try_set(None);
            };
            set_timeout(over, SAID);
        });
        sites.send(SiteCommand::Copy { id: copied.clone(), done });
    };
    let name = move || token.with(|token| token.as_ref().map(|token| token.name.clone())).unwrap_or_default();
    view! {
        <span class="with-copy">
            <span class="code site-text" class:token=shows class:shown=shows data-testid="site-token" tabindex=move || shows.get().then_some("0")>{words}</span>
            <span class="with-copy-deeds">
                <button type="button" class="button quiet" disabled=move || !awake.get() aria-pressed=move || shows.get().to_string() on:click=show>
                    {move || icon(if shows.get() { Icon::Hide } else { Icon::Show })}
                    <span class="hidden">{move || format!("Show the token of {}", name())}</span>
                </button>
                <button type="button" class="button quiet" disabled=move || !awake.get() on:click=copy>
                    {icon(Icon::Copy)}
                    <span class="hidden">{move || format!("Copy the token of {}", name())}</span>
                </button>
                <span class="soft" role="status">{said}</span>
            </span>
        </span>
    }
    .into_any()
}
