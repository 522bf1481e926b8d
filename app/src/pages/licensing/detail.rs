use domain::management::licenses::{Feature, Group, License, chain};
use domain::number::grouped;
use domain::time::Timestamp;
use domain::time::date::Day;
use leptos::prelude::*;

use super::card::trouble;
use super::list::Shelf;
use crate::components::{fact, facts};
use crate::words::{count, utc};

/// Everything else of a licence: what it follows and what follows it, its limits, and what it allows.
pub(super) fn detail(license: License, shelf: &Shelf) -> AnyView {
    let own = shelf.clone();
    let opened = RwSignal::new(false);
    let asked = license.clone();
    let toggled = move |event: web_sys::Event| {
        let is_open = event_target::<web_sys::Element>(&event).has_attribute("open");
        if is_open && !opened.get_untracked() {
            opened.set(true);
            own.ask(&asked);
        }
    };
    let shelf = shelf.clone();
    let features: usize = license.groups.iter().map(|group| group.features.len()).sum();
    let summary = format!("Details and {}", count(features, "feature"));
    let name = license.name.clone();
    let inner = move || opened.get().then(|| inside(&license, &shelf));
    view! {
        <details class="more" on:toggle=toggled>
            <summary>{summary}<span class="hidden">{format!(" of {name}")}</span></summary>
            <div class="licence-detail">{inner}</div>
        </details>
    }
    .into_any()
}

fn inside(license: &License, shelf: &Shelf) -> AnyView {
    let number = |number: Option<u64>| number.map(grouped).unwrap_or_else(|| "Not given".to_owned()).into_any();
    let moment = |at: Option<Timestamp>| match at {
        // A day, as the card counts days: a span rounded down would say one less.
        Some(at) => view! { <time datetime=utc(at)>{Day::of(at).long()}</time> }.into_any(),
        None => "Not given".into_any(),
    };
    let mut rows = vec![
        fact("Identifier", view! { <span class="code">{license.id.clone()}</span> }.into_any()),
        fact("Begins", moment(license.begins)),
        fact("Expires", moment(license.expires)),
        fact("Terminates", moment(license.terminates)),
        fact(
            "Regions",
            if license.regions.is_empty() { "Not given".into_any() } else { license.regions.join(", ").into_any() },
        ),
        fact("Identities", number(license.most_users)),
        fact("Hard limit", number(license.hard_limit)),
    ];
    rows.extend(chain(license, &shelf.all).map(|chain| {
        let link = |(place, (id, name)): (usize, (String, Option<String>))| {
            let words = name.unwrap_or_else(|| format!("{id} (not in this list)"));
            let current = (place == chain.here).then_some("true");
            view! { <li aria-current=current>{words}</li> }
        };
        let links = chain.links.into_iter().enumerate().map(link).collect_view();
        fact("Replacements", view! { <ol class="chain">{links}</ol> }.into_any())
    }));
    let trouble = shelf.active(license).map(trouble);
    let groups = license.groups.iter().map(group).collect_view();
    view! {
        {trouble}
        {facts(rows)}
        <div class="feature-groups">{groups}</div>
    }
    .into_any()
}

fn group(group: &Group) -> AnyView {
    let feature = |feature: &Feature| {
        let class = match feature.on {
            Some(true) => "on",
            Some(false) => "off",
            None => "",
        };
        view! {
            <div class=class>
                <dt>{feature.name.clone()}</dt>
                <dd>{feature.value.clone()}</dd>
            </div>
        }
    };
    view! {
        <section>
            <h4>{group.name.clone()}</h4>
            <dl class="features">{group.features.iter().map(feature).collect_view()}</dl>
        </section>
    }
    .into_any()
}
