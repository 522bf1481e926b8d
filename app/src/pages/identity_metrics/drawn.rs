use domain::chart::Shape;
use domain::management::metrics::{Figures, Kind, Reading, Slot, csv, summary};
use domain::number::grouped;
use leptos::prelude::*;

use super::panel::Read;
use crate::components::{Button, Chart, Empty, Icon, Limit, Look, Sample, Table};
use crate::dom;
use crate::toasts::Toasts;
use crate::words::count;

/// What came: what it comes to, as a picture, and as a table.
pub(super) fn drawn(title: &'static str, read: &Read, limit: Option<Limit>) -> AnyView {
    let Read { series, period, .. } = read;
    let slots = series.slots(*period, read.sampling, read.today);
    let said = said(read);
    let figures = Figures::of(&slots);
    if figures.points == 0 {
        let text =
            "The API answered, and has no sample of this time. Choose another period; figures of today may come later.";
        return view! { {said} <Empty picture=Icon::Chart title="No figures of this period" text /> }.into_any();
    }
    let shape = if series.kind == Kind::Total { Shape::Line } else { Shape::Bars };
    let sample =
        |slot: &Slot| Sample { name: slot.name(), mark: slot.mark(), figure: slot.figure, words: slot.words() };
    let samples = slots.iter().map(sample).collect();
    let summary = summary(series.kind, &slots);
    let points = format!("{} over {}", count(figures.points, "data point"), period.words());
    view! {
        {said}
        {facts(&figures, series.now)}
        <Chart label=title summary samples shape limit />
        <div class="actions apart">
            <p class="hint">{points}</p>
            {export(title, &slots)}
        </div>
        {table(title, slots)}
    }
    .into_any()
}

/// What must be known of the figures before they are read.
fn said(read: &Read) -> AnyView {
    let entries = match read.series.unread {
        0 => None,
        1 => Some("1 sample could not be read and is left out.".to_owned()),
        unread => Some(format!("{unread} samples could not be read and are left out.")),
    };
    let line = |words: String| view! { <p class="note soon" role="status">{words}</p> };
    let lines: Vec<_> = [entries, read.rest.words()].into_iter().flatten().map(line).collect();
    view! { {lines} }.into_any()
}

fn facts(figures: &Figures, now: Option<u64>) -> AnyView {
    let unit = figures.latest.map_or("day", |reading| reading.slot.sampling.word());
    let at = |reading: Option<Reading>| match reading {
        Some(reading) => (grouped(reading.figure), reading.slot.name()),
        None => ("None".to_owned(), String::new()),
    };
    let (latest, mut latest_of) = at(figures.latest);
    if figures.open {
        latest_of.push_str(", so far");
    }
    // The only sample there is has its own mean, over or not.
    let mean_of = if figures.open && figures.points > 1 {
        format!("of each {unit} that is over")
    } else {
        format!("of each {unit}")
    };
    let (most, most_of) = at(figures.most);
    let (least, least_of) = at(figures.least);
    let gaps = match figures.gaps {
        0 => "None is missing".to_owned(),
        gaps => format!("{gaps} missing"),
    };
    let all = [
        now.map(|now| ("Now", grouped(now), "as counted just now".to_owned())),
        Some(("Latest", latest, latest_of)),
        Some(("Mean", figures.mean_words().unwrap_or_default(), mean_of)),
        Some(("Most", most, most_of)),
        Some(("Least", least, least_of)),
        Some(("Data points", grouped(figures.points as u64), gaps)),
    ];
    let one = |(name, value, of): (&'static str, String, String)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd class="figure">{value}</dd>
                <dd class="hint">{of}</dd>
            </div>
        }
    };
    view! { <dl class="figures">{all.into_iter().flatten().map(one).collect_view()}</dl> }.into_any()
}

fn export(title: &'static str, slots: &[Slot]) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let column = title.to_lowercase();
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return ().into_any() };
    let name = format!("{}-{}-{}.csv", column.replace(' ', "-"), first.first, last.last);
    let text = csv(slots, &column);
    let press = move |()| {
        let saved = dom::download(&name, &text).is_some();
        toasts.done(if saved {
            format!("{name} was saved.")
        } else {
            "The browser could not save the file.".to_owned()
        });
    };
    view! { <Button label="Export CSV" picture=Icon::Export look=Look::Quiet on_press=press /> }.into_any()
}

/// The full alternative of the picture, the newest sample first.
fn table(title: &'static str, slots: Vec<Slot>) -> AnyView {
    let summary = format!("Table of {}", count(slots.len(), "sample"));
    let row = |slot: Slot| {
        let class = if slot.figure.is_some() { "end" } else { "end soft" };
        view! {
            <tr>
                <th scope="row">{slot.name()}</th>
                <td class=class>{slot.words()}</td>
            </tr>
        }
    };
    let rows = slots.into_iter().rev().map(row).collect_view();
    view! {
        <details class="more">
            <summary>{summary}</summary>
            <Table label=title head=&["Time", "Identities"]>
                {rows}
            </Table>
        </details>
    }
    .into_any()
}
