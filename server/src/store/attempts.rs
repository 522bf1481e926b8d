use async_trait::async_trait;
use domain::time::{Span, Timestamp};

use super::StoreError;

/// What is remembered of failed sign-ins of one account or from one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How many failed since the count began.
    pub failures: u32,
    /// When the last one was.
    pub last_at: Timestamp,
    /// Until when no other is looked at.
    pub blocked_until: Timestamp,
}

/// The rule that paces attempts: from what is remembered and the time, either what to remember now (the attempt counts
/// as failed until it is forgiven) or how long to wait.
pub type Pace = dyn Fn(Option<Attempt>) -> Result<Attempt, Span> + Send + Sync;

/// Failed sign-ins, by subject (an account or an address).
#[async_trait]
pub trait Attempts {
    /// Counts an attempt in one step, so that parallel guesses can't slip through; the inner error is how long to wait.
    async fn begin_attempt(&self, subject: &str, pace: &Pace) -> Result<Result<(), Span>, StoreError>;

    /// Takes one attempt back.
    async fn forgive_attempt(&self, subject: &str) -> Result<(), StoreError>;

    /// Forgets all attempts of a subject.
    async fn forget_attempts(&self, subject: &str) -> Result<(), StoreError>;
}
