//! Work that outlives its request, and the word that the server is stopping.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Counts work that must end before the process does.
#[derive(Clone, Debug)]
pub struct InFlight {
    /// Each task holds one receiver while it runs.
    count: Arc<watch::Sender<()>>,
    stopping: Arc<watch::Sender<bool>>,
}

/// Something that must end before the process does; it counts until this is dropped.
#[derive(Debug)]
pub struct Held {
    _count: watch::Receiver<()>,
}

impl Default for InFlight {
    fn default() -> Self {
        Self { count: Arc::new(watch::Sender::new(())), stopping: Arc::new(watch::Sender::new(false)) }
    }
}

impl InFlight {
    /// Runs work to its end even if nobody waits for it any more, such as when the tab that asked was closed.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let held = self.count.subscribe();
        tokio::spawn(async move {
            let output = work.await;
            drop(held);
            output
        })
    }

    /// Counts something that runs elsewhere, until this is dropped.
    pub fn hold(&self) -> Held {
        Held { _count: self.count.subscribe() }
    }

    /// Waits until no such work is left.
    pub async fn finished(&self) {
        self.count.closed().await;
    }

    /// Says that the server is stopping: readiness ends.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether the server is stopping.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Ends when the server is stopping.
    pub async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // The sender lives as long as `self`, so waiting can't fail.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_nobody_waits_for_still_runs_to_its_end() {
        let in_flight = InFlight::default();
        let (send, receive) = tokio::sync::oneshot::channel();
        drop(in_flight.spawn(async move { send.send(7).unwrap() }));
        in_flight.finished().await;
        assert_eq!(receive.await, Ok(7));
    }
}
