//! What storage does in this page, with what is expected of it beside.

use domain::storage::{LayerMetrics, StorageMetrics};
use domain::vault::StorageLevel;
use domain::worker_token::Request;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Badge, PageHeader, Table, fact, facts, skeleton};
use crate::words::Mood;

/// What contract 1 expects: more than this share of reads from memory.
const HITS: f64 = 0.8;
/// What contract 1 expects: at least this share of reads and writes saved.
const SAVED: f64 = 0.3;

/// Of fewer operations a share says nothing.
const ENOUGH: u64 = 20;

/// The page of `/settings/storage`.
pub(crate) fn storage() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let metrics = RwSignal::new(None::<StorageMetrics>);
    let (now, ask) = (desk.now, desk.ask);
    // Asked anew as the time shown moves on; the answer comes from memory.
    Effect::new(move |_| {
        if now.get().is_some() {
            let done = Box::new(move |measured| drop(metrics.try_set(Some(measured))));
            ask(Request::GetMetrics { done });
        }
    });
    let body = move || match metrics.get() {
        Some(metrics) => measured(metrics),
        None => skeleton(6),
    };
    view! {
        <p class="crumb"><a href="/settings">"Settings"</a></p>
        <PageHeader title="Storage" text="What storage did since this page was opened, and what is expected of it." />
        {body}
    }
    .into_any()
}

fn measured(metrics: StorageMetrics) -> AnyView {
    let hits = Target {
        name: "Reads answered from memory",
        expected: "over 80 %",
        share: metrics.hit_rate(),
        least: HITS,
        of: metrics.cache_hits + metrics.cache_misses,
    };
    let saved = Target {
        name: "Reads and writes saved",
        expected: "30 % and more",
        share: metrics.io_saved(),
        least: SAVED,
        of: metrics.total_operations,
    };
    let response = metrics.response;
    view! {
        <Table label="Targets" head=&["Measure", "Now", "Expected", "State"]>
            {[hits, saved].map(row).collect_view()}
        </Table>
        <section class="card">
            <h2>"Operations"</h2>
            {facts(vec![
                count("Reads and writes asked for", metrics.total_operations),
                count("Answered from memory", metrics.cache_hits),
                count("Read from the place", metrics.cache_misses),
                count("Read past the memory on purpose", metrics.fresh_reads),
                count("Writes asked for", metrics.writes_asked),
                count("Write transactions", metrics.transactions),
                count("Of them batches", metrics.batch_operations),
                count("Breaker trips", metrics.circuit_breaker_trips),
                count("Retries", metrics.retry_attempts),
                count("Operations mended by a retry", metrics.retry_successes),
            ])}
        </section>
        <section class="card">
            <h2>"Response time"</h2>
            {facts(vec![
                fact("Mean", micros(response.mean_us).into_any()),
                fact("Median", micros(response.p50_us).into_any()),
                fact("95th percentile", micros(response.p95_us).into_any()),
                fact("99th percentile", micros(response.p99_us).into_any()),
            ])}
        </section>
        <Table label="Layers" head=&["Layer", "Operations", "Failures", "Trips", "Retries", "99th percentile"]>
            {metrics.layers.into_iter().map(layer).collect_view()}
        </Table>
    }
    .into_any()
}

/// One thing expected, and how it is.
struct Target {
    name: &'static str,
    expected: &'static str,
    share: Option<f64>,
    least: f64,
    /// How many operations it is a share of.
    of: u64,
}

fn row(Target { name, expected, share, least, of }: Target) -> AnyView {
    let now = share.map_or_else(|| "Nothing yet".to_owned(), |share| format!("{:.0} %", share * 100.0));
    let (mood, word) = match share {
        None => (Mood::None, "Nothing yet"),
        Some(_) if of < ENOUGH => (Mood::None, "Too few to tell"),
        Some(share) if share >= least => (Mood::Good, "As expected"),
        Some(_) => (Mood::Soon, "Below"),
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{now}</td>
            <td class="soft">{expected}</td>
            <td><Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) /></td>
        </tr>
    }
    .into_any()
}

fn layer(layer: LayerMetrics) -> AnyView {
    let name = match layer.layer {
        StorageLevel::IndexedDb => "IndexedDB",
        StorageLevel::LocalStorage => "Local storage",
        StorageLevel::Memory => "Memory",
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{layer.response.count}</td>
            <td>{layer.failures}</td>
            <td>{layer.trips}</td>
            <td>{layer.retries}</td>
            <td>{micros(layer.response.p99_us)}</td>
        </tr>
    }
    .into_any()
}

fn count(name: &'static str, number: u64) -> AnyView {
    fact(name, number.into_any())
}

/// A time as people read it: microseconds below a millisecond, then milliseconds with one decimal.
pub(super) fn micros(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        _ => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::micros;

    #[test]
    fn times_are_read_in_the_unit_that_fits() {
        assert_eq!(micros(30), "30 µs");
        assert_eq!(micros(1_740), "1.7 ms");
        assert_eq!(micros(12_000), "12.0 ms");
    }
}
