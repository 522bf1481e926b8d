use domain::site::{Chosen, DefaultToken, SiteCommand, SitePlace, Standing};
use leptos::prelude::*;

use super::calls::calls_left;
use crate::Ports;
use crate::components::{Badge, Button, Icon, Life, exact, fact, facts, life_bar};
use crate::sites::{Sites, Waiting};
use crate::words::{left, site_bar, site_mood};

/// The operator's default token: everyone may use it, and nobody sees its text here.
pub(super) fn operators(sites: Sites) -> AnyView {
    let token = Memo::new(move |_| sites.with(|view| view.operators.as_deref().cloned()));
    let shown = move || token.get().map(|token| card(sites, &token));
    view! { {shown} }.into_any()
}

fn card(sites: Sites, token: &DefaultToken) -> AnyView {
    let testing = Waiting::new();
    let now = expect_context::<Ports>().desk.now;
    let end = token.expires_at;
    let life = Memo::new(move |_| {
        let now = now.get()?;
        let claims = domain::site::Claims { expires_at: end, ..domain::site::Claims::default() };
        let bar = end.map(|_| site_bar(&claims, now, now));
        Some(Life { bar, mood: site_mood(Standing::by_end(end, now)), words: left(end, now) })
    });
    let standing = Memo::new(move |_| sites.minute().map(|now| Standing::by_end(end, now)));
    let mood = Signal::derive(move || standing.get().map_or(crate::words::Mood::None, site_mood));
    let word = Signal::derive(move || standing.get().map_or("", Standing::word).to_owned());
    let is_chosen = Memo::new(move |_| sites.with(|view| view.chosen == Some(Chosen::Operators)));
    let test = move |()| {
        if testing.begin() {
            let done = Box::new(move |outcome| testing.ended(outcome));
            sites.send(SiteCommand::Test { chosen: Chosen::Operators, done });
        }
    };
    let using = move || {
        (!is_chosen.get()).then(|| {
            view! { <Button label="Use this site" on_press=move |()| sites.send(SiteCommand::Choose(Chosen::Operators)) /> }
        })
    };
    let (provider, site) = (token.provider.clone(), token.site.clone());
    let place = Memo::new(move |_| Some(SitePlace { provider: provider.clone(), site: site.clone(), device: None }));
    let identity = token.identity.clone().unwrap_or_else(|| "Not said".to_owned());
    view! {
        <article class="card site-card operators" aria-labelledby="site-operators">
            <header class="card-head">
                <div class="site-title">
                    <h2 id="site-operators">{token.name.clone()}</h2>
                    <p class="site-place"><span class="code soft">{token.site.to_string()}</span></p>
                </div>
                <div class="site-marks">
                    <span class="mark-default">"Default token"</span>
                    <Badge mood word />
                </div>
            </header>
            {life_bar(life)}
            {facts(vec![
                fact("Identity", view! { <span class="code">{identity}</span> }.into_any()),
                fact("Token", view! { <span class="soft">"From your operator. It stays on the server: nobody sees it here."</span> }.into_any()),
                fact("Expires", end.map_or_else(|| "Never".to_owned(), exact).into_any()),
                calls_left(sites, place),
            ])}
            {testing.said()}
            <div class="actions">
                <Button label="Test" picture=Icon::Tested busy=testing.busy busy_words="Testing…" on_press=test />
                {using}
            </div>
        </article>
    }
    .into_any()
}
