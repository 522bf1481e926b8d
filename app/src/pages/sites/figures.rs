use domain::number::grouped;
use domain::site::{Filter, SiteMetrics};
use leptos::prelude::*;

use super::list::Wanted;
use crate::Awake;
use crate::components::{Moment, Table};
use crate::sites::Sites;
use crate::words::count;

const fn word(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "All",
        Filter::Active => "Active",
        Filter::Expiring => "Expire soon",
        Filter::Expired => "Expired",
        Filter::Refused => "Not accepted",
    }
}

const fn class(filter: Filter) -> &'static str {
    match filter {
        Filter::All | Filter::Active => "count",
        Filter::Expiring => "count soon",
        Filter::Expired | Filter::Refused => "count bad",
    }
}

/// How many tokens stand how; each figure shows its tokens when it is pressed. Below, how old they are and what went wrong.
pub(super) fn figures(sites: Sites, wanted: Wanted) -> AnyView {
    let counts = Memo::new(move |_| {
        let now = sites.minute()?;
        Some(sites.with(|view| view.counts(now)))
    });
    let awake = expect_context::<Awake>().0;
    let one = move |(place, filter): (usize, Filter)| {
        let number = move || counts.get().map_or(0, |counts| counts[place]);
        let is_on = move || wanted.query.with(|query| query.filter == filter);
        view! {
            <button
                type="button"
                class=class(filter)
                class:zero=move || number() == 0
                aria-pressed=move || is_on().to_string()
                disabled=move || !awake.get()
                on:click=move |_| wanted.query.update(|query| query.filter = filter)
            >
                <span class="figure">{move || grouped(number() as u64)}</span>
                <span class="of">{word(filter)}</span>
            </button>
        }
    };
    view! {
        <section class="site-figures" aria-label="How the tokens stand">
            <div class="counts filters" role="group" aria-label="Which tokens are shown">
                {Filter::ALL.into_iter().enumerate().map(one).collect_view()}
            </div>
            {more(sites)}
        </section>
    }
    .into_any()
}

/// Age, use, and what went wrong in this tab.
fn more(sites: Sites) -> AnyView {
    let metrics = Memo::new(move |_| {
        let now = sites.minute()?;
        Some(sites.with(|view| view.metrics(now)))
    });
    let words = move || metrics.get().map(|metrics| said(&metrics));
    let errors = Memo::new(move |_| sites.with(|view| view.errors.clone()));
    let listed = move || {
        let errors = errors.get();
        if errors.is_empty() {
            return ().into_any();
        }
        let summary = count(errors.len(), "recent error");
        let row = |error: &domain::site::TokenError| {
            let (at, site, text) = (error.at, error.place.site.to_string(), error.text.clone());
            view! {
                <tr>
                    <td><Moment at /></td>
                    <td class="code">{site}</td>
                    <td class="words">{text}</td>
                </tr>
            }
        };
        view! {
            <details class="more">
                <summary>{summary}</summary>
                <Table label="Recent errors" head=&["When", "Site", "What"]>{errors.iter().map(row).collect_view()}</Table>
            </details>
        }
        .into_any()
    };
    view! {
        <p class="soft">{words}</p>
        {listed}
    }
    .into_any()
}

/// `2 of 3 tokens can be used. On average they are 83 days old.`
fn said(metrics: &SiteMetrics) -> String {
    let Some(days) = metrics.average_age_days else { return String::new() };
    let usable = format!("{} of {} can be used", grouped(metrics.usable as u64), count(metrics.total, "token"));
    let average = if metrics.total == 1 { "It is" } else { "On average they are" };
    match days {
        ..0.5 => format!("{usable}. {average} less than a day old."),
        ..1.5 => format!("{usable}. {average} a day old."),
        _ => format!("{usable}. {average} {days:.0} days old."),
    }
}
