use domain::management::users::{Line, Profile, Section, Verdict, compare};
use leptos::prelude::*;

use super::Shown;
use super::loaded::Loaded;
use super::profile::value;
use crate::components::{Badge, Button, Checkbox, skeleton};
use crate::gateway::Gateway;
use crate::words::{Mood, count};

/// Two users side by side.
pub(super) fn comparison(gateway: &Gateway, first: String, second: String, go: Callback<Shown>) -> AnyView {
    let (one, other) = (Loaded::of(gateway, &first), Loaded::of(gateway, &second));
    let asking = gateway.clone();
    Effect::new(move |_| one.ask_population(&asking));
    let asking = gateway.clone();
    Effect::new(move |_| other.ask_population(&asking));
    let only = RwSignal::new(false);
    let body = move || match (one.profile(), other.profile()) {
        (Some(one), Some(other)) => side_by_side(&one, &other, only),
        _ => refusals(one, other),
    };
    let (back, swapped) = ((first.clone(), go), (first, second, go));
    let back = move |()| back.1.run(Shown { user: Some(back.0.clone()), with: None });
    let swap = move |()| swapped.2.run(Shown { user: Some(swapped.1.clone()), with: Some(swapped.0.clone()) });
    view! {
        <section class="card" aria-label="Comparison">
            <div class="card-head person-head">
                <h2>"Comparison"</h2>
                <div class="actions">
                    <Button label="Swap" on_press=swap />
                    <Button label="Back to the first" on_press=back />
                </div>
            </div>
            <Checkbox id="only-differences" label="Only what differs" checked=only />
            {body}
        </section>
    }
    .into_any()
}

/// While one of the users is not there: awaited, or refused with what to do.
fn refusals(one: Loaded, other: Loaded) -> AnyView {
    let refused = |loaded: Loaded| loaded.user.problem().map(|_| loaded.user.show(0, |_| ().into_any()));
    let awaited = |loaded: Loaded| loaded.user.is_loading().get();
    let waiting = (awaited(one) || awaited(other)).then(|| skeleton(4));
    view! {
        {refused(one)}
        {refused(other)}
        {waiting}
    }
    .into_any()
}

fn side_by_side(one: &Profile, other: &Profile, only: RwSignal<bool>) -> AnyView {
    let sections = compare(one, other);
    let differing =
        sections.iter().flat_map(|section| &section.lines).filter(|line| line.verdict != Verdict::Same).count();
    let only = only.get();
    let bodies = sections.into_iter().map(|section| body(section, only)).collect_view();
    view! {
        <p role="status">{differences(differing)}</p>
        <div class="table compare" role="region" aria-label="Two users side by side" tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Fact"</th>
                        <th scope="col">{one.user.called().to_owned()}</th>
                        <th scope="col">{other.user.called().to_owned()}</th>
                        <th scope="col">"Compared"</th>
                    </tr>
                </thead>
                {bodies}
            </table>
        </div>
    }
    .into_any()
}

fn differences(number: usize) -> String {
    match number {
        0 => "They differ in nothing that is known.".to_owned(),
        _ => format!("They differ in {}.", count(number, "fact")),
    }
}

fn body(section: Section, only: bool) -> AnyView {
    let is_empty = section.lines.is_empty();
    let lines: Vec<AnyView> =
        section.lines.into_iter().filter(|line| !only || line.verdict != Verdict::Same).map(row).collect();
    let said = match (section.unknown, is_empty) {
        (true, _) => Some("Not known of both, so not compared."),
        (false, true) => Some("Neither has any."),
        (false, false) => None,
    };
    if lines.is_empty() && (said.is_none() || (only && !section.unknown)) {
        return ().into_any();
    }
    view! {
        <tbody>
            <tr class="heading">
                <th scope="rowgroup" colspan="4">{section.title}</th>
            </tr>
            {said.map(|words| view! { <tr><td colspan="4" class="soft">{words}</td></tr> })}
            {lines}
        </tbody>
    }
    .into_any()
}

fn row(line: Line) -> AnyView {
    let (mood, words) = match line.verdict {
        Verdict::Same => (Mood::None, "Same"),
        Verdict::Differs => (Mood::Soon, "Differs"),
        Verdict::OnlyFirst => (Mood::Soon, "First only"),
        Verdict::OnlySecond => (Mood::Soon, "Second only"),
    };
    view! {
        <tr class:differs=line.verdict != Verdict::Same>
            <th scope="row">{line.name}</th>
            <td>{value(&line.first, false)}</td>
            <td>{value(&line.second, false)}</td>
            <td><Badge mood=Signal::stored(mood) word=Signal::stored(words.to_owned()) /></td>
        </tr>
    }
    .into_any()
}
