use std::sync::Arc;

use domain::api::Problem;
use domain::management::Route;
use domain::management::metrics::{self, Kind, Period, Sampling, Series};
use domain::time::date::Day;
use leptos::prelude::*;

use super::drawn::drawn;
use super::range::Range;
use crate::components::{Choice, Select};
use crate::gateway::{Gateway, Remote, Rest};

/// What was read, and what was asked.
pub(super) struct Read {
    /// The samples.
    pub(super) series: Series,
    /// Whether all pages came.
    pub(super) rest: Rest,
    /// Over what time.
    pub(super) period: Period,
    /// The samples asked for.
    pub(super) sampling: Sampling,
    /// The day it was then.
    pub(super) today: Day,
}

/// What is asked of the API.
#[derive(Clone)]
pub(super) struct Asked {
    /// The way there.
    pub(super) gateway: Gateway,
    /// The call.
    pub(super) route: Route,
    /// What is counted.
    pub(super) kind: Kind,
    /// Over what time.
    pub(super) period: Period,
    /// The samples wanted.
    pub(super) sampling: Sampling,
    /// The day it is.
    pub(super) today: Day,
}

impl Asked {
    /// Asks for it, and for the same again when a person tries again.
    pub(super) fn through(self, remote: Remote<Read>) {
        remote.ask(move || self.clone().read());
    }

    async fn read(self) -> Result<Read, Problem> {
        let Self { gateway, route, kind, period, sampling, today } = self;
        let mut series = Series::new(kind);
        let rest = gateway.all_pages(route, &mut |answer| series.read(answer)).await?;
        Ok(Read { series, rest, period, sampling, today })
    }
}

/// All identities, day by day.
pub(super) fn total(gateway: Gateway, range: Range) -> AnyView {
    let remote = Remote::new();
    Effect::new(move |_| {
        let Ok(period) = range.period.get() else { return };
        let route = metrics::total(gateway.environment(), period);
        let (kind, sampling) = (Kind::Total, Sampling::Day);
        let today = range.today.get_untracked();
        Asked { gateway: gateway.clone(), route, kind, period, sampling, today }.through(remote);
    });
    framed("Total identities", "All identities of the environment at the end of each day.", ().into_any(), remote)
}

/// Active identities, by day or month.
pub(super) fn active(gateway: Gateway, range: Range) -> AnyView {
    let (remote, wish) = (Remote::new(), RwSignal::new(String::new()));
    let sampling = Memo::new(move |_| {
        let wished = [Sampling::Day, Sampling::Month].into_iter().find(|one| wish.with(|wish| wish == one.parameter()));
        wished.or_else(|| range.period.get().ok().map(Period::sampling)).unwrap_or(Sampling::Day)
    });
    Effect::new(move |_| {
        let (Ok(period), sampling) = (range.period.get(), sampling.get()) else { return };
        let route = metrics::active(gateway.environment(), period, sampling);
        let today = range.today.get_untracked();
        Asked { gateway: gateway.clone(), route, kind: Kind::Active, period, sampling, today }.through(remote);
    });
    let choices = vec![
        Choice::new("", "As suits the period"),
        Choice::new(Sampling::Day.parameter(), "By day"),
        Choice::new(Sampling::Month.parameter(), "By month"),
    ];
    let samples = view! { <Select id="metrics-samples" label="Samples" value=wish choices=Signal::stored(choices) /> };
    let text =
        "Identities that signed in or had their password checked. People who come through DaVinci are not counted.";
    framed("Active identities", text, samples.into_any(), remote)
}

fn framed(title: &'static str, text: &'static str, control: AnyView, remote: Remote<Read>) -> AnyView {
    let body = remote.show(4, move |read: Arc<Read>| drawn(title, &read, None));
    view! {
        <section class="card figures-card" aria-label=title>
            <div class="card-head">
                <div>
                    <h2>{title}</h2>
                    <p class="soft">{text}</p>
                </div>
                {control}
            </div>
            {body}
        </section>
    }
    .into_any()
}
