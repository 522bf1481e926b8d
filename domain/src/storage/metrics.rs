use serde::{Deserialize, Serialize};

use super::histogram::{Histogram, Response};
use crate::vault::StorageLevel;

/// Counts what storage does in this page.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    counts: StorageMetrics,
    response: Histogram,
    layers: [Histogram; 3],
}

/// What storage did since the page was opened (contract 1, `StorageMetrics`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageMetrics {
    /// Reads and writes asked for.
    pub total_operations: u64,
    /// Reads answered from memory.
    pub cache_hits: u64,
    /// Reads that were not, though they might have been.
    pub cache_misses: u64,
    /// Reads that must see the place itself, such as those after a lock was granted.
    pub fresh_reads: u64,
    /// Writes asked for.
    pub writes_asked: u64,
    /// Write transactions made for them.
    pub transactions: u64,
    /// Those of them that were batches.
    pub batch_operations: u64,
    /// How often a breaker opened.
    pub circuit_breaker_trips: u64,
    /// How often an operation was tried again.
    pub retry_attempts: u64,
    /// How many operations were tried again.
    pub operations_retried: u64,
    /// How many of them ended well.
    pub retry_successes: u64,
    /// How long operations took, those answered from memory included.
    pub response: Response,
    /// Each layer that was used.
    pub layers: Vec<LayerMetrics>,
}

/// What one layer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerMetrics {
    /// Which.
    pub layer: StorageLevel,
    /// Tries that failed in a way that tells about the layer.
    pub failures: u64,
    /// How often its breaker opened.
    pub trips: u64,
    /// How often an operation was tried again.
    pub retries: u64,
    /// How many operations ended well after being tried again.
    pub recovered: u64,
    /// How long its operations took, pauses between tries included.
    pub response: Response,
}

impl Meter {
    /// A read was answered from memory, within so many microseconds.
    pub fn hit(&mut self, micros: u64) {
        self.counts.cache_hits += 1;
        self.asked(micros);
    }

    /// A read was not in memory, and took so long.
    pub fn miss(&mut self, micros: u64) {
        self.counts.cache_misses += 1;
        self.asked(micros);
    }

    /// A read went past the memory on purpose.
    pub fn fresh(&mut self, micros: u64) {
        self.counts.fresh_reads += 1;
        self.asked(micros);
    }

    /// A write was asked for; its transaction took so long. What it waited for others in a batch is no response time.
    pub fn written(&mut self, micros: u64) {
        self.counts.writes_asked += 1;
        self.asked(micros);
    }

    /// A write transaction was made.
    pub fn transaction(&mut self) {
        self.counts.transactions += 1;
    }

    /// A batch was begun.
    pub fn batch(&mut self) {
        self.counts.batch_operations += 1;
    }

    /// A layer ended an operation after `tries` tries, of which `failures` failed in a way that tells about the layer.
    pub fn layer(&mut self, layer: StorageLevel, tries: u32, failures: u32, worked: bool, micros: u64) {
        let retries = u64::from(tries.saturating_sub(1));
        let recovered = u64::from(worked && retries > 0);
        self.counts.retry_attempts += retries;
        self.counts.operations_retried += u64::from(retries > 0);
        self.counts.retry_successes += recovered;
        self.layers[layer as usize].note(micros);
        let counts = self.of(layer);
        counts.failures += u64::from(failures);
        counts.retries += retries;
        counts.recovered += recovered;
    }

    /// A layer's breaker has opened so often by now.
    pub fn trips(&mut self, layer: StorageLevel, trips: u64) {
        self.of(layer).trips = trips;
        self.counts.circuit_breaker_trips = self.counts.layers.iter().map(|layer| layer.trips).sum();
    }

    /// All of it, as it stands.
    pub fn metrics(&self) -> StorageMetrics {
        let mut metrics = self.counts.clone();
        metrics.response = self.response.response();
        for layer in &mut metrics.layers {
            layer.response = self.layers[layer.layer as usize].response();
        }
        metrics.layers.sort_by_key(|layer| std::cmp::Reverse(layer.layer));
        metrics
    }

    fn asked(&mut self, micros: u64) {
        self.counts.total_operations += 1;
        self.response.note(micros);
    }

    fn of(&mut self, layer: StorageLevel) -> &mut LayerMetrics {
        let layers = &mut self.counts.layers;
        let index = layers.iter().position(|known| known.layer == layer).unwrap_or_else(|| {
            let response = Response::default();
            layers.push(LayerMetrics { layer, failures: 0, trips: 0, retries: 0, recovered: 0, response });
            layers.len() - 1
        });
        &mut layers[index]
    }
}

impl StorageMetrics {
    /// The share of reads that were answered from memory, of those that might have been; `None` before the first.
    pub fn hit_rate(&self) -> Option<f64> {
        share(self.cache_hits, self.cache_hits + self.cache_misses)
    }

    /// The share of reads and writes asked for that reached no place; `None` before the first.
    pub fn io_saved(&self) -> Option<f64> {
        let made = self.cache_misses + self.fresh_reads + self.transactions;
        share(self.total_operations.saturating_sub(made), self.total_operations)
    }

    /// The share of operations that ended well, of those tried again; `None` before the first.
    pub fn retry_success_rate(&self) -> Option<f64> {
        share(self.retry_successes, self.operations_retried)
    }
}

#[allow(clippy::cast_precision_loss)]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
