//! News of conversations inside this process, for requests that wait for them. They are hints: who hears one looks into
//! the database, and looks there now and then anyway, because another node may have written.

use std::sync::Arc;
use std::time::Duration;

use domain::id::ConversationId;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many requests may wait at once; one more is answered at once.
const MOST_WAITING: usize = 1_000;

/// How often somebody who waits looks without having heard anything.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Tells those who wait that a conversation changed.
#[derive(Debug)]
pub struct Changes {
    news: Sender<ConversationId>,
    places: Arc<Semaphore>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { news: Sender::new(256), places: Arc::new(Semaphore::new(MOST_WAITING)) }
    }
}

impl Changes {
    /// Says that a conversation changed.
    pub fn tell(&self, conversation: &ConversationId) {
        // Nobody may be listening.
        let _ = self.news.send(conversation.clone());
    }

    /// Hears what is told from now on.
    pub fn listen(&self) -> Ear {
        Ear(self.news.subscribe())
    }

    /// A place to wait in; `None` when all are taken.
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }
}

/// Hears of changes.
#[derive(Debug)]
pub struct Ear(Receiver<ConversationId>);

impl Ear {
    /// Ends when a conversation changed; any one where none is named.
    pub async fn hear(&mut self, about: Option<&ConversationId>) {
        loop {
            match self.0.recv().await {
                Ok(changed) if about.is_some_and(|about| *about != changed) => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                // The sender lives in the state, which outlives every request.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_for_one_conversation_does_not_hear_of_another() {
        let changes = Changes::default();
        let (mut ear, mine) = (changes.listen(), ConversationId::new("mine"));
        changes.tell(&ConversationId::new("another"));
        let heard = tokio::time::timeout(Duration::from_millis(20), ear.hear(Some(&mine))).await;
        assert!(heard.is_err());
        changes.tell(&mine);
        ear.hear(Some(&mine)).await;
    }

    #[test]
    fn only_so_many_wait_at_once() {
        let changes = Changes::default();
        let waiting: Vec<_> = (0..MOST_WAITING).map(|_| changes.place().unwrap()).collect();
        assert!(changes.place().is_none());
        drop(waiting);
        assert!(changes.place().is_some());
    }
}
