//! The parts of a profile, each loaded and refused on its own.

use std::sync::Arc;

use domain::management::users::{Entry, Named};
use leptos::prelude::*;

use super::loaded::{Listed, Loaded, Roles};
use crate::components::{CopyButton, Moment, fact, facts};
use crate::gateway::{Gateway, Remote};
use crate::words::count;

/// All of them.
pub(super) fn parts(gateway: &Gateway, loaded: Loaded) -> AnyView {
    let environment = gateway.environment().to_owned();
    view! {
        <div class="parts">
            {part("Groups", loaded.groups, |listed| list(&listed, "In no group", |it| it.entry()))}
            {part("Roles", loaded.roles, move |found| roles(&found, &environment))}
            {mfa(loaded)}
            {part("Consents", loaded.consents, |listed| consents(&listed))}
            {population(loaded)}
        </div>
    }
    .into_any()
}

fn part<T: Send + Sync>(
    title: &'static str,
    remote: Remote<T>,
    view: impl Fn(Arc<T>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    view! {
        <section class="card part" aria-label=title>
            <h2>{title}</h2>
            {remote.show(1, view)}
        </section>
    }
    .into_any()
}

fn list<T>(listed: &Listed<T>, none: &'static str, entry: impl Fn(&T) -> Entry) -> AnyView {
    let items = listed.items.iter().map(|item| self::entry(entry(item), ().into_any())).collect();
    framed(items, none, rest(listed))
}

fn framed(items: Vec<AnyView>, none: &'static str, rest: AnyView) -> AnyView {
    let body = if items.is_empty() {
        view! { <p class="soft">{none}</p> }.into_any()
    } else {
        view! { <ul class="entries">{items}</ul> }.into_any()
    };
    view! {
        {body}
        {rest}
    }
    .into_any()
}

fn entry(Entry { name, more }: Entry, also: AnyView) -> AnyView {
    view! {
        <li>
            <span>{name}</span>
            <span class="soft">{more} " " {also}</span>
        </li>
    }
    .into_any()
}

/// What is not in the list, in words.
fn rest<T>(listed: &Listed<T>) -> AnyView {
    let unread = (listed.unread > 0).then(|| {
        let entries = if listed.unread == 1 { "entry".to_owned() } else { "entries".to_owned() };
        view! { <p class="hint">{format!("{} {entries} could not be read.", listed.unread)}</p> }
    });
    let more = listed.more.then(|| view! { <p class="hint">{format!("There are more than {}.", count(listed.items.len(), "entry").replace("entrys", "entries"))}</p> });
    view! {
        {unread}
        {more}
    }
    .into_any()
}

fn roles(found: &Roles, environment: &str) -> AnyView {
    let here = format!("Environment {environment}");
    let role = |it: &domain::management::users::Assignment| {
        let entry = it.entry(&found.names);
        let more = if entry.more == here { "For this environment".to_owned() } else { entry.more };
        Entry { name: entry.name, more }
    };
    list(&found.given, "No roles", role)
}

fn consents(listed: &Listed<domain::management::users::Consent>) -> AnyView {
    let items = listed.items.iter().map(|consent| {
        let since = consent.consented_at.map(|at| view! { <Moment at /> });
        entry(consent.entry(), since.into_any())
    });
    framed(items.collect(), "No consents", rest(listed))
}

fn mfa(loaded: Loaded) -> AnyView {
    let devices = |listed: Arc<Listed<domain::management::users::Device>>| {
        let items = listed.items.iter().map(|device| {
            let name = device.name.clone();
            let since = device.created_at.map(|at| view! { " · added " <Moment at /> });
            entry(device.entry(), view! { {name.map(|name| format!("· {name}"))} {since} }.into_any())
        });
        framed(items.collect(), "No devices", rest(&listed))
    };
    let enabled = |on: Arc<bool>| {
        let words = if *on { "Yes" } else { "No" };
        facts(vec![fact("MFA enabled", words.into_any())])
    };
    view! {
        <section class="card part" aria-label="MFA and devices">
            <h2>"MFA and devices"</h2>
            {loaded.mfa.show(1, enabled)}
            {loaded.devices.show(1, devices)}
        </section>
    }
    .into_any()
}

fn population(loaded: Loaded) -> AnyView {
    let shown = move || {
        let user = loaded.user.ready()?;
        Some(match user.population_id.clone() {
            None => view! { <p class="soft">"In no population"</p> }.into_any(),
            Some(_) => loaded.population.show(1, |named| named_population(&named)),
        })
    };
    view! {
        <section class="card part" aria-label="Population">
            <h2>"Population"</h2>
            {shown}
        </section>
    }
    .into_any()
}

fn named_population(population: &Named) -> AnyView {
    let id = population.id.clone();
    facts(vec![
        fact("Name", population.name.clone().unwrap_or_else(|| "Without a name".to_owned()).into_any()),
        fact("About", population.description.clone().unwrap_or_else(|| "–".to_owned()).into_any()),
        fact("For new users", if population.is_default == Some(true) { "Yes" } else { "No" }.into_any()),
        fact(
            "Id",
            view! { <span class="with-copy"><span class="code">{id.clone()}</span> <CopyButton label="Copy" text=Signal::stored(id) /></span> }
                .into_any(),
        ),
    ])
}
