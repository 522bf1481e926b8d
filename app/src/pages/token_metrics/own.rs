use domain::number::grouped;
use domain::site::{SiteMetrics, SitesPhase, Standing, TokenError};
use leptos::prelude::*;

use super::figure;
use crate::Ports;
use crate::components::{Empty, Icon, Moment, Table, skeleton};

/// The figures of the tokens in this browser's vault, of the tenant that is open.
pub(super) fn own() -> AnyView {
    let sites = expect_context::<Ports>().desk.sites;
    let state =
        Memo::new(move |_| sites.with(|view| (view.phase.clone(), view.tokens.is_empty() && view.errors.is_empty())));
    let body = move || match state.get() {
        (SitesPhase::Opening, _) => skeleton(2),
        (SitesPhase::Failed(why), _) => {
            view! { <p class="notice bad" role="alert">"The site tokens can't be read: " {why}</p> }.into_any()
        }
        (SitesPhase::Open, true) => nothing(),
        (SitesPhase::Open, false) => figures(),
    };
    view! {
        <section class="metrics-part">
            <h2>"In this browser"</h2>
            {body}
            <p class="soft">
                "This server is told how many there are in each state and how old they are on average: numbers only, no token, no name and no site. It keeps the newest for a day and shows them to monitoring systems, added up over everybody."
            </p>
        </section>
    }
    .into_any()
}

fn nothing() -> AnyView {
    view! {
        <Empty
            picture=Icon::Figures
            title="No site tokens in this tenant"
            text="When this browser keeps tokens for sites, their number, state and age stand here."
        />
    }
    .into_any()
}

fn figures() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let view = desk.sites.clone();
    let metrics = Memo::new(move |_| {
        let now = desk.now.get()?;
        Some(view.with(|view| view.metrics(now)))
    });
    let shown = move |of: fn(&SiteMetrics) -> usize| {
        Signal::derive(move || metrics.with(|metrics| metrics.as_ref().map_or(0, of)).to_string())
    };
    let age = Signal::derive(move || {
        let days = metrics.with(|metrics| metrics.as_ref().and_then(|metrics| metrics.average_age_days));
        days.map_or_else(
            || "None".to_owned(),
            |days| if days < 9.95 { format!("{days:.1}") } else { format!("{days:.0}") },
        )
    });
    view! {
        <dl class="counts many">
            {figure("Site tokens", "", shown(|metrics| metrics.total))}
            {figure("Usable", "good", shown(|metrics| metrics.active))}
            {figure("Expired", "bad", shown(|metrics| metrics.expired))}
            {figure("Not accepted", "bad", shown(|metrics| metrics.invalid))}
            {figure("Days old on average", "", age)}
            {figure("Recent errors", "soon", shown(|metrics| metrics.recent_errors))}
        </dl>
        <div class="columns">
            <section class="card">
                <h3>"By state"</h3>
                {by_standing(metrics)}
            </section>
            <section class="card">
                <h3>"Recent errors in this tab"</h3>
                {errors()}
            </section>
        </div>
    }
    .into_any()
}

fn by_standing(metrics: Memo<Option<SiteMetrics>>) -> AnyView {
    let row = move |(place, standing): (usize, Standing)| {
        let number = move || metrics.with(|metrics| metrics.as_ref().map_or(0, |metrics| metrics.by_standing[place]));
        view! {
            <tr>
                <th scope="row">{standing.word()}</th>
                <td class="end">{move || grouped(number() as u64)}</td>
            </tr>
        }
    };
    let rows = Standing::ALL.into_iter().enumerate().map(row).collect_view();
    view! { <Table label="Tokens by state" head=&["State", "Tokens"]>{rows}</Table> }.into_any()
}

fn errors() -> AnyView {
    let view = expect_context::<Ports>().desk.sites;
    let errors = Memo::new(move |_| view.with(|view| view.errors.clone()));
    let one = |error: &TokenError| {
        view! {
            <li>
                <p class="strong">{error.text.clone()}</p>
                <p class="soft">"Site " <span class="code">{error.place.site.to_string()}</span> ", " <Moment at=error.at /></p>
            </li>
        }
    };
    let shown = move || {
        let errors = errors.get();
        if errors.is_empty() {
            return view! { <p class="soft">"None since this tab was opened."</p> }.into_any();
        }
        view! { <ul class="metrics-errors">{errors.iter().take(10).map(one).collect_view()}</ul> }.into_any()
    };
    view! { {shown} }.into_any()
}
