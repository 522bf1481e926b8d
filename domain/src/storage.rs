//! What stands between a caller and the places for records: a cache, batched writes, a breaker and retries for each
//! layer, and what is measured of them.
//!
//! Each part is a small state machine that takes the time and the dice as arguments; the browser carries out what they
//! say. What must not be lost (tokens, intents, credentials, connections, queue entries) never waits in a batch: it is
//! written at once. What may be lost with the page (settings, when something was last used, metrics) is batched.

mod batch;
mod breaker;
mod cache;
mod histogram;
mod metrics;
mod retry;

pub use batch::{Batch, BatchRules};
pub use breaker::{Breaker, Permit, Shut};
pub use cache::{Cache, Ticket};
pub use histogram::{Histogram, Response};
pub use metrics::{LayerMetrics, Meter, StorageMetrics};
pub use retry::RetryRules;
