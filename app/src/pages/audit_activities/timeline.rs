use domain::chart::{HIGH, Scale, WIDE, scale};
use domain::management::activities::{Bin, Timeline};
use domain::number::grouped;
use domain::time::date::{self, DAY};
use domain::time::{Span, Timestamp, words};
use leptos::prelude::*;

use crate::components::Table;

/// How much of its place a bar fills.
const BAR: f64 = 0.8;
/// About how many numbers stand at the side.
const TICKS: u64 = 3;

/// How many entries there were when, failed and not, as bars; the table behind says the same in numbers.
pub(super) fn timeline_chart(timeline: Memo<Option<Timeline>>) -> AnyView {
    let shown = move || timeline.get().map(drawn);
    view! { {shown} }.into_any()
}

fn drawn(timeline: Timeline) -> AnyView {
    let summary = summary(&timeline);
    let Timeline { step, bins } = timeline;
    let bins = &bins;
    let most = bins.iter().map(Bin::all).max().unwrap_or(0) as u64;
    let scale = scale(0, most, true, TICKS);
    let all = bars(bins, scale, |_| 0, Bin::all);
    let failed = bars(bins, scale, |_| 0, |bin| bin.failed);
    let other = bars(bins, scale, |bin| bin.failed, |bin| bin.failed + bin.other);
    let unread = unread(bins);
    let is_partial = !unread.is_empty();
    let has_other = bins.iter().any(|bin| bin.other > 0);
    let grid: String = scale.ticks().map(|tick| format!("M0 {}H{WIDE}", scale.y(tick))).collect();
    let view_box = format!("0 0 {WIDE} {HIGH}");
    let key = |class: &'static str, words: &'static str| {
        view! { <li><svg class=class viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2" /></svg>{words}</li> }
    };
    let ends = [bins.first(), bins.get(bins.len() / 2), bins.last()];
    let side: Vec<AnyView> = scale.ticks().map(|tick| side(scale, tick)).collect();
    let ends: Vec<String> = ends.into_iter().flatten().map(|bin| name(bin.start, step)).collect();
    let rows: Vec<AnyView> = bins.iter().map(row).collect();
    view! {
        <figure class="card timeline">
            <figcaption>
                <h2>"When"</h2>
                <span class="soft">{format!("One bar is {}.", words::span(step))}</span>
                <ul class="timeline-key">
                    {key("timeline-success", "Success")}
                    {key("timeline-failed", "Failed")}
                    {has_other.then(|| key("timeline-other", "Other"))}
                    {is_partial.then(|| key("timeline-unread", "Not read yet"))}
                </ul>
            </figcaption>
            <div class="timeline-frame">
                <svg class="timeline-side" width=format!("{}ch", grouped(scale.last).len() + 1) aria-hidden="true">
                    {side}
                </svg>
                <svg class="timeline-plot" role="img" aria-label=summary viewBox=view_box preserveAspectRatio="none">
                    <path class="timeline-grid" d=grid />
                    <path class="timeline-unread" d=unread />
                    <path class="timeline-success" d=all />
                    <path class="timeline-other" d=other />
                    <path class="timeline-failed" d=failed />
                </svg>
                <p class="timeline-below" aria-hidden="true">
                    {ends.into_iter().map(|name| view! { <span>{name}</span> }).collect_view()}
                </p>
            </div>
            <details>
                <summary>"The same in numbers"</summary>
                <Table label="Timeline" head=&["From (UTC)", "Entries", "Success", "Failed", "Other"]>
                    {rows}
                </Table>
            </details>
        </figure>
    }
    .into_any()
}

fn side(scale: Scale, tick: u64) -> AnyView {
    let y = format!("{:.2}%", scale.y(tick) * 100.0 / HIGH);
    view! { <text x="100%" y=y dy="0.32em" text-anchor="end">{grouped(tick)}</text> }.into_any()
}

fn row(bin: &Bin) -> AnyView {
    let cell = |number: usize| grouped(number as u64);
    let all = if bin.is_read { cell(bin.all()) } else { format!("{}, not all read", cell(bin.all())) };
    view! {
        <tr>
            <th scope="row">{moment(bin.start)}</th>
            <td>{all}</td>
            <td>{cell(bin.success)}</td>
            <td>{cell(bin.failed)}</td>
            <td>{cell(bin.other)}</td>
        </tr>
    }
    .into_any()
}

/// `2026-11-21 02:00`.
fn moment(at: Timestamp) -> String {
    date::utc(at).chars().take(16).collect::<String>().replace('T', " ")
}

/// The beginning of a bin, as short as its length allows.
fn name(start: Timestamp, step: Span) -> String {
    if step >= DAY {
        date::Day::of(start).short()
    } else {
        format!("{} {}", date::Day::of(start).short(), &moment(start)[11..])
    }
}

/// The picture in a sentence.
fn summary(timeline: &Timeline) -> String {
    let all: usize = timeline.bins.iter().map(Bin::all).sum();
    let failed: usize = timeline.bins.iter().map(|bin| bin.failed).sum();
    let ends = timeline.bins.first().zip(timeline.bins.last());
    let (from, to) =
        ends.map(|(first, last)| (moment(first.start), moment(last.start + timeline.step))).unwrap_or_default();
    let busiest = timeline.bins.iter().max_by_key(|bin| bin.all()).filter(|bin| bin.all() > 0);
    let busiest = busiest
        .map(|bin| format!(" Most in {} from {}: {}.", words::span(timeline.step), moment(bin.start), bin.all()));
    format!(
        "Bar chart of {all} entries from {from} to {to} UTC, {failed} of them failed.{}",
        busiest.unwrap_or_default()
    )
}

/// The bars from one count to another, as the data of a path.
fn bars(bins: &[Bin], scale: Scale, from: fn(&Bin) -> usize, to: fn(&Bin) -> usize) -> String {
    let wide = WIDE / float(bins.len().max(1));
    let one = |(index, bin): (usize, &Bin)| {
        let (bottom, top) = (scale.y(from(bin) as u64), scale.y(to(bin) as u64));
        let left = (float(index) + (1.0 - BAR) / 2.0) * wide;
        (to(bin) > from(bin)).then(|| format!("M{left:.2} {bottom:.2}V{top:.2}h{:.2}V{bottom:.2}Z", wide * BAR))
    };
    bins.iter().enumerate().filter_map(one).collect()
}

/// The ground behind bins that were not read whole.
fn unread(bins: &[Bin]) -> String {
    let wide = WIDE / float(bins.len().max(1));
    let open = bins.iter().enumerate().filter(|(_, bin)| !bin.is_read);
    open.map(|(index, _)| format!("M{:.2} 0h{wide:.2}V{HIGH}h-{wide:.2}Z", float(index) * wide)).collect()
}

/// There are at most a few dozen bins.
#[allow(clippy::cast_precision_loss)]
const fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bin(success: usize, failed: usize, is_read: bool) -> Bin {
        Bin { start: Timestamp::from_seconds(0), success, failed, other: 0, is_read }
    }

    #[test]
    fn bars_stand_on_one_another_to_scale() {
        let bins = [bin(2, 2, true), bin(0, 0, true)];
        let scale = scale(0, 4, true, TICKS);
        assert_eq!(bars(&bins, scale, |_| 0, Bin::all), "M50.00 1000.00V0.00h400.00V1000.00Z");
        assert_eq!(bars(&bins, scale, |_| 0, |bin| bin.failed), "M50.00 1000.00V500.00h400.00V1000.00Z");
    }

    #[test]
    fn what_was_not_read_has_another_ground() {
        assert_eq!(unread(&[bin(0, 0, false), bin(0, 0, true)]), "M0.00 0h500.00V1000h-500.00Z");
        assert_eq!(unread(&[bin(0, 0, true)]), "");
    }

    #[test]
    fn the_picture_is_told_in_a_sentence() {
        let timeline = Timeline { step: Span::from_seconds(3_600), bins: vec![bin(2, 1, true)] };
        assert_eq!(
            summary(&timeline),
            "Bar chart of 3 entries from 1970-01-01 00:00 to 1970-01-01 01:00 UTC, 1 of them failed. Most in 1 h from 1970-01-01 00:00: 3."
        );
        assert_eq!(
            (name(timeline.bins[0].start, timeline.step), name(timeline.bins[0].start, DAY)),
            ("1 Jan 00:00".into(), "1 Jan".into())
        );
    }
}
