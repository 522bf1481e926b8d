use std::sync::Arc;

use domain::management::licenses::{License, Order, State, chosen};
use domain::management::metrics::{Aggregate, Kind, Sampling, active_of_license};
use domain::number::grouped;
use domain::time::date::Day;
use leptos::prelude::*;

use super::drawn::drawn;
use super::panel::{Asked, Read};
use super::range::Range;
use crate::components::{Choice, Limit, Select};
use crate::gateway::{Gateway, Remote};
use crate::pages::licensing::{Licenses, no_organization, read_licenses};

const TITLE: &str = "Active identities by licence";

/// Active identities of one licence by month, beside what it includes.
pub(super) fn by_license(gateway: Gateway, range: Range) -> AnyView {
    let body = match gateway.organization() {
        Some(organization) => of(gateway.clone(), organization.to_owned(), range),
        None => no_organization("Figures by licence are asked of the organisation."),
    };
    view! {
        <section class="card figures-card" aria-label=TITLE>
            <div class="card-head">
                <div>
                    <h2>{TITLE}</h2>
                    <p class="soft">"By month of the calendar: twelve months, or more when the period is longer."</p>
                </div>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn of(gateway: Gateway, organization: String, range: Range) -> AnyView {
    let licenses = Remote::new();
    let (reading, id) = (gateway.clone(), organization.clone());
    licenses.ask(move || read_licenses(reading.clone(), id.clone()));
    licenses.show(4, move |read: Arc<Licenses>| {
        let all = chosen(&read.licenses, "", Order::State);
        if all.is_empty() {
            return view! { <p class="soft">"The organisation has no licence that could be read."</p> }.into_any();
        }
        figures(gateway.clone(), organization.clone(), all, range)
    })
}

fn figures(gateway: Gateway, organization: String, all: Vec<License>, range: Range) -> AnyView {
    let wish = RwSignal::new(main(&all).map(|license| license.id.clone()).unwrap_or_default());
    let choice = |license: &License| Choice::new(&license.id, format!("{} ({})", license.name, license.state.word()));
    let choices = all.iter().map(choice).collect::<Vec<_>>();
    let remote = Remote::<Read>::new();
    let all = StoredValue::new(all);
    let find = move |id: &str| all.with_value(|all| all.iter().find(|license| license.id == id).cloned());
    Effect::new(move |_| {
        let (Ok(period), license) = (range.period.get(), wish.get()) else { return };
        let begins = find(&license).and_then(|license| license.begins).map(|begins| Day::of(begins).month(0));
        let period = period.at_least_a_year();
        let route = active_of_license(&organization, &license, Aggregate::CalendarMonth);
        let asked = Asked {
            gateway: gateway.clone(),
            route,
            kind: Kind::Active,
            // A licence has no figures before it began: that is no gap.
            period: begins.map_or(period, |begins| period.not_before(begins)),
            sampling: Sampling::Month,
            today: range.today.get_untracked(),
        };
        asked.through(remote);
    });
    let shown = remote.show(4, move |read: Arc<Read>| {
        let license = wish.with_untracked(|id| find(id));
        let limit = license.and_then(|license| license.active_in_a_month).map(|included| Limit {
            figure: included,
            words: format!("The line across is what the licence includes in a month: {}.", grouped(included)),
        });
        drawn(TITLE, &read, limit)
    });
    view! {
        <Select id="metrics-license" label="Licence" value=wish choices=Signal::stored(choices) />
        {shown}
    }
    .into_any()
}

/// The licence shown at first: of those in force the one that includes most.
fn main(all: &[License]) -> Option<&License> {
    let in_force = all.iter().filter(|license| license.state == State::Active);
    in_force.max_by_key(|license| license.active_in_a_month).or(all.first())
}
