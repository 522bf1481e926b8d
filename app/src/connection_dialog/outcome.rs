use domain::id::ConnectionId;
use domain::keeper::{ConnectionView, Renewal};
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::Ports;

/// What will have come of a request for a token: what was there before it, compared with what is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    id: ConnectionId,
    generation: u64,
    failed_at: Option<Timestamp>,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Waiting,
    Failed,
    Received,
}

impl Outcome {
    /// Notes what is there now; to be called just before the request is made.
    pub(crate) fn awaited(id: ConnectionId) -> Self {
        let (generation, failed_at) = untrack(|| with(&id, so_far));
        Self { id, generation, failed_at }
    }

    /// Whose token.
    pub(crate) fn id(&self) -> ConnectionId {
        self.id.clone()
    }

    /// Whether the token was received, once that is known.
    pub(crate) fn ended(&self) -> Option<bool> {
        match self.stage() {
            Stage::Waiting => None,
            Stage::Failed => Some(false),
            Stage::Received => Some(true),
        }
    }

    pub(super) fn stage(&self) -> Stage {
        with(&self.id, |connection| {
            let (generation, failed_at) = so_far(connection);
            let is_running = connection.is_some_and(|one| matches!(one.renewal, Renewal::Running { .. }));
            if generation > self.generation {
                Stage::Received
            } else if failed_at.is_some() && failed_at != self.failed_at && !is_running {
                Stage::Failed
            } else {
                Stage::Waiting
            }
        })
    }
}

/// The generation of the token there, and when the last try failed.
fn so_far(connection: Option<&ConnectionView>) -> (u64, Option<Timestamp>) {
    let token = connection.and_then(|one| one.token.as_ref());
    let failure = connection.and_then(|one| one.failure.as_ref());
    (token.map_or(0, |token| token.generation), failure.map(|failure| failure.at))
}

fn with<T>(id: &ConnectionId, read: impl FnOnce(Option<&ConnectionView>) -> T) -> T {
    let view = expect_context::<Ports>().desk.view;
    view.with(|view| read(view.connections.iter().find(|one| one.connection.id == *id)))
}
