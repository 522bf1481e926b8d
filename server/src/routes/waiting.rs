//! Requests that wait for news, for a bounded time (long polling, RFC 6202 §2).

use std::pin::Pin;
use std::time::Duration;

use domain::api::Problem;
use domain::api::widget::MOST_WAIT_SECONDS;
use domain::id::ConversationId;

use crate::changes::LOOK_EVERY;
use crate::state::AppState;

/// What a look gave.
pub enum Seen<T> {
    /// Something new: worth an answer now.
    News(T),
    /// Nothing new: the answer if the time is up.
    Nothing(T),
}

/// A look that is under way.
pub type Looking<'a, T> = Pin<Box<dyn Future<Output = Result<Seen<T>, Problem>> + Send + 'a>>;

/// Looks until there are news, for so many seconds at most. Without a free place to wait in, or when the server stops, it
/// answers with what there is.
pub async fn wait_for<'a, T: Send>(
    state: &'a AppState,
    about: Option<&'a ConversationId>,
    seconds: u64,
    look: impl Fn() -> Looking<'a, T> + Send,
) -> Result<T, Problem> {
    // Listening comes before looking, so that nothing falls in between.
    let mut ear = state.changes.listen();
    let mut seen = look().await?;
    let Some(_place) = (seconds > 0).then(|| state.changes.place()).flatten() else { return Ok(answer(seen)) };
    let end = tokio::time::sleep(Duration::from_secs(seconds.min(MOST_WAIT_SECONDS)));
    tokio::pin!(end);
    loop {
        let Seen::Nothing(found) = seen else { return Ok(answer(seen)) };
        tokio::select! {
            () = &mut end => return Ok(found),
            () = state.in_flight.stopped() => return Ok(found),
            () = ear.hear(about) => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        seen = look().await?;
    }
}

fn answer<T>(seen: Seen<T>) -> T {
    match seen {
        Seen::News(found) | Seen::Nothing(found) => found,
    }
}
