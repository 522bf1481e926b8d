use domain::storage::Response;
use domain::tabs::{Counts, ExcludesBy, Step, TabsReport, WakesBy, Way};
use leptos::prelude::*;

use super::words;
use crate::Ports;
use crate::components::{Badge, Button, Choice, Moment, Select, fact, facts};
use crate::dom;
use crate::pages::storage::micros;
use crate::words::Mood;

/// The value that stands for no wish.
const BEST: &str = "best";

/// What the card shows.
#[derive(Clone, PartialEq)]
pub(super) struct Shown {
    way: Option<Way>,
    wanted: Option<Way>,
    wakes: String,
    excludes: Option<ExcludesBy>,
    is_alone: bool,
    round_trip: Response,
    counts: Counts,
    steps: Vec<Step>,
}

impl Shown {
    pub(super) fn of(report: &TabsReport) -> Self {
        let wakes = match &report.wakes {
            WakesBy::Worker => "The shared worker, to the second, also tabs you can't see".to_owned(),
            WakesBy::Tab(tab) if *tab == report.me.id => "Each tab itself; this one first".to_owned(),
            WakesBy::Tab(tab) => format!("Each tab itself; tab {} first", words::short(tab)),
        };
        Self {
            way: report.way,
            wanted: report.wanted,
            wakes,
            excludes: report.excludes,
            is_alone: report.others.is_empty(),
            round_trip: report.round_trip,
            counts: report.counts,
            steps: report.steps.clone(),
        }
    }
}

/// How news travel, and which way is wanted.
pub(super) fn card(shown: Memo<Option<Shown>>) -> AnyView {
    let wanted = Memo::new(move |_| shown.with(|shown| shown.as_ref().and_then(|shown| shown.wanted)));
    view! {
        <section class="card">
            <h2>"How news travel"</h2>
            {move || shown.get().map(travel)}
            {choice(wanted)}
        </section>
    }
    .into_any()
}

fn travel(shown: Shown) -> AnyView {
    let Shown { way, wakes, excludes, is_alone, round_trip, counts, steps, .. } = shown;
    let mood = if way.is_some() { Mood::Good } else { Mood::Bad };
    let word = words::way_or_none(way).to_owned();
    let deaf = way.is_none().then(|| {
        view! {
            <p class="soft">
                "This browser offers no way. Each tab reads the vault for itself, and keeps nothing of it in memory."
            </p>
        }
    });
    view! {
        {facts(vec![
            fact("By", view! { <Badge mood=Signal::stored(mood) word=Signal::stored(word) /> }.into_any()),
            fact("Wakes a tab whose token is due", wakes.into_any()),
            fact("Who acts is chosen by", words::excludes_by(excludes).into_any()),
            fact("To another tab and back", measured(round_trip, is_alone).into_any()),
            fact("Told", counts.told.into_any()),
            fact("Heard", counts.heard.into_any()),
            fact("Heard again by another way, and dropped", counts.repeated.into_any()),
            fact("Told again, as nobody confirmed them", counts.told_again.into_any()),
            fact("Left alone: of other versions, new to this one, noise", left_alone(counts).into_any()),
        ])}
        {deaf}
        {changes(&steps)}
    }
    .into_any()
}

fn measured(round_trip: Response, is_alone: bool) -> String {
    match round_trip.count {
        0 if is_alone => "Nothing to measure: no other tab is open".to_owned(),
        0 => "Not measured yet".to_owned(),
        count => format!(
            "{} (half of {count} measured), {} (95 of 100)",
            micros(round_trip.p50_us),
            micros(round_trip.p95_us)
        ),
    }
}

fn left_alone(counts: Counts) -> String {
    format!("{}, {}, {}", counts.other_version, counts.unknown, counts.noise)
}

/// The first step is the way the tab began with.
fn changes(steps: &[Step]) -> Option<AnyView> {
    let changes: Vec<AnyView> = steps.iter().skip(1).rev().map(change).collect();
    (!changes.is_empty()).then(|| {
        view! {
            <h3>"Changes of way"</h3>
            <ul class="plain">{changes}</ul>
        }
        .into_any()
    })
}

fn change(step: &Step) -> AnyView {
    let text = format!(
        ": {} after {}, as {}",
        words::way_or_none(step.to),
        words::way_or_none(step.from).to_lowercase(),
        words::why(step.why)
    );
    view! { <li><Moment at=step.at />{text}</li> }.into_any()
}

/// The best way a person wants to be used; it is a preference of this browser, and holds from the next load on.
fn choice(in_use: Memo<Option<Way>>) -> AnyView {
    let preferences = expect_context::<Ports>().preferences;
    let chosen = RwSignal::new(BEST.to_owned());
    let kept = preferences.clone();
    Effect::new(move |before: Option<()>| {
        if before.is_none() {
            chosen.set(kept.way().map_or(BEST, Way::name).to_owned());
        }
    });
    Effect::new(move |before: Option<String>| {
        let now = chosen.get();
        if before.is_some_and(|before| before != now) {
            preferences.set_way(Way::from_name(&now));
        }
        now
    });
    let named = |way: Way| Choice::new(way.name(), words::way(way));
    let choices: Vec<Choice> =
        [Choice::new(BEST, "The best there is")].into_iter().chain(Way::ALL.into_iter().map(named)).collect();
    let is_due = move || chosen.with(|chosen| Way::from_name(chosen)) != in_use.get();
    let reload = move || {
        is_due().then(|| view! { <Button label="Reload this tab to use it" on_press=move |()| dom::reload() /> })
    };
    view! {
        <div class="form">
            <Select
                id="way"
                label="Best way to use"
                value=chosen
                choices=Signal::stored(choices)
                hint="For support, where a way makes trouble. It holds in tabs opened or reloaded from now on; those with another way still hear each other."
            />
            {reload}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_says_why() {
        assert_eq!(measured(Response::default(), true), "Nothing to measure: no other tab is open");
        assert_eq!(measured(Response::default(), false), "Not measured yet");
        let some = Response { count: 9, p50_us: 800, p95_us: 1_900, ..Response::default() };
        assert_eq!(measured(some, false), "800 µs (half of 9 measured), 1.9 ms (95 of 100)");
    }
}
