use domain::chart::{Drawing, HIGH, Mark, Shape, WIDE, at, draw};
use domain::number::{compact, grouped};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// One sample of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// What it is of, such as `21 Nov 2026`.
    pub(crate) name: String,
    /// The same for the axis, short.
    pub(crate) mark: String,
    /// Its figure; `None` for a gap.
    pub(crate) figure: Option<u64>,
    /// The figure in words.
    pub(crate) words: String,
}

/// A line across, to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Where it is.
    pub(crate) figure: u64,
    /// What it is.
    pub(crate) words: String,
}

/// Figures over time, drawn. The table beside it is its full alternative.
///
/// The plot is one picture with a sentence for who can't see it; the axes' words stand outside of it, so that they keep their
/// size while the plot takes any. Over the plot lies a slider nobody sees: pointer, finger and arrow keys read single
/// samples with it. All places are SVG attributes, which a strict content security policy allows.
#[component]
pub(crate) fn Chart(
    /// What is counted, such as `Total identities`.
    label: &'static str,
    /// The picture in one sentence.
    summary: String,
    /// The samples, oldest first.
    samples: Vec<Sample>,
    /// Line or bars.
    shape: Shape,
    /// What to compare with.
    #[prop(optional_no_strip)]
    limit: Option<Limit>,
) -> AnyView {
    let figures: Vec<Option<u64>> = samples.iter().map(|sample| sample.figure).collect();
    let drawing = draw(&figures, shape, limit.as_ref().map(|limit| limit.figure));
    let latest = figures.iter().rposition(Option::is_some).unwrap_or(0);
    let reading = RwSignal::new(None::<usize>);
    let note = (!drawing.from_zero).then(|| {
        let first = drawing.ticks.first().map_or(0, |tick| tick.value);
        view! { <p class="hint">{format!("The axis begins at {}.", grouped(first))}</p> }
    });
    let key = limit.as_ref().map(|limit| view! { <p class="hint chart-key">{limit.words.clone()}</p> });
    let below = below(&drawing.marks, &samples);
    let side = side(&drawing);
    let plot = plot(&drawing, shape, summary);
    let samples = StoredValue::new(samples);
    let drawing = StoredValue::new(drawing);
    let here = move || reading.get().map(|index| drawing.with_value(|drawing| guide(drawing, index, &figures)));
    let words = move || {
        let index = reading.get().unwrap_or(latest);
        samples.with_value(|samples| samples.get(index).map(said)).unwrap_or_default()
    };
    view! {
        <figure class="chart">
            <figcaption class="chart-reading" aria-hidden="true">{words}</figcaption>
            <div class="chart-frame">
                {side}
                <div class="chart-plot">
                    {plot}
                    <svg class="chart-here" viewBox=format!("0 0 {WIDE} {HIGH}") preserveAspectRatio="none" aria-hidden="true">
                        {here}
                    </svg>
                    {slider(label, samples, reading, latest)}
                </div>
                {below}
            </div>
            {key}
            {note}
        </figure>
    }
    .into_any()
}

fn said(sample: &Sample) -> String {
    format!("{}: {}", sample.name, sample.words)
}

/// The picture itself.
fn plot(drawing: &Drawing, shape: Shape, summary: String) -> AnyView {
    let across = |y: f64| format!("M0 {y}H{WIDE}");
    let grid: String = drawing.ticks.iter().map(|tick| across(tick.y)).collect();
    let shape = if shape == Shape::Bars { "chart-bars" } else { "chart-line" };
    view! {
        <svg class="chart-picture" role="img" aria-label=summary viewBox=format!("0 0 {WIDE} {HIGH}") preserveAspectRatio="none">
            <path class="chart-grid" d=grid />
            <path class="chart-area" d=drawing.area.clone() />
            <path class=shape d=drawing.path.clone() />
            <path class="chart-point" d=drawing.alone.clone() />
            <path class="chart-limit" d=drawing.limit.map(across) />
        </svg>
    }
    .into_any()
}

/// The numbers at the left.
fn side(drawing: &Drawing) -> AnyView {
    let longest = drawing.ticks.iter().map(|tick| compact(tick.value).len()).max().unwrap_or(1);
    let number = |tick: &domain::chart::Tick| {
        view! { <text x="100%" y=percent(tick.y, HIGH) dy="0.32em" text-anchor="end">{compact(tick.value)}</text> }
    };
    view! {
        <svg class="chart-side" width=format!("{}ch", longest + 1) aria-hidden="true">
            {drawing.ticks.iter().map(number).collect_view()}
        </svg>
    }
    .into_any()
}

/// The names below.
fn below(marks: &[Mark], samples: &[Sample]) -> AnyView {
    let (first, last) = (0.02 * WIDE, 0.965 * WIDE);
    let name = |mark: &Mark| {
        let anchor = if mark.x > last {
            "end"
        } else if mark.x < first {
            "start"
        } else {
            "middle"
        };
        // At the edges the name leans on the edge, so that it is not cut off.
        let x = match anchor {
            "end" => WIDE,
            "start" => 0.0,
            _ => mark.x,
        };
        let words = samples.get(mark.index).map(|sample| sample.mark.clone()).unwrap_or_default();
        let class = if mark.minor { "minor" } else { "" };
        view! { <text class=class x=percent(x, WIDE) y="1em" text-anchor=anchor>{words}</text> }
    };
    view! {
        <svg class="chart-below" aria-hidden="true">
            {marks.iter().map(name).collect_view()}
        </svg>
    }
    .into_any()
}

/// Where the sample is that is read: a line down, and a point on its figure.
fn guide(drawing: &Drawing, index: usize, figures: &[Option<u64>]) -> AnyView {
    let x = drawing.x(index);
    let point = figures.get(index).copied().flatten().map(|figure| format!("M{x} {}h0", drawing.y(figure)));
    view! {
        <path class="chart-guide" d=format!("M{x} 0V{HIGH}") />
        <path class="chart-point" d=point />
    }
    .into_any()
}

/// Reads single samples by pointer, finger or arrow keys.
fn slider(
    label: &'static str,
    samples: StoredValue<Vec<Sample>>,
    reading: RwSignal<Option<usize>>,
    latest: usize,
) -> AnyView {
    let count = samples.with_value(Vec::len);
    let place = move || reading.get().unwrap_or(latest);
    let moved = move |event: web_sys::MouseEvent| {
        let Some(over) = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
            return;
        };
        let part = f64::from(event.offset_x()) / f64::from(over.client_width().max(1));
        reading.set(at(part, count));
    };
    let words = move || samples.with_value(|samples| samples.get(place()).map(said));
    view! {
        <input
            class="chart-slider"
            type="range"
            min="0"
            max=count.saturating_sub(1).to_string()
            step="1"
            aria-label=format!("Read single samples of {label}")
            aria-valuetext=words
            prop:value=move || place().to_string()
            on:input=move |event| reading.set(event_target_value(&event).parse().ok())
            on:focus=move |_| reading.set(Some(place()))
            on:blur=move |_| reading.set(None)
            on:mousemove=moved
            on:mouseleave=move |_| reading.set(None)
        />
    }
    .into_any()
}

fn percent(part: f64, whole: f64) -> String {
    format!("{:.2}%", part * 100.0 / whole)
}
