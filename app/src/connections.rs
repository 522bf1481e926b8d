//! The connections this browser keeps, as signals of what the keeper shows.

use std::cmp::Ordering;

use domain::id::ConnectionId;
use domain::keeper::ConnectionView;
use leptos::prelude::*;

use crate::Ports;
use crate::words::{Mood, mood};

/// The ids of all connections in an order; it changes only when the order does.
pub(crate) fn connection_ids(order: fn(&ConnectionView, &ConnectionView) -> Ordering) -> Memo<Vec<ConnectionId>> {
    let view = expect_context::<Ports>().desk.view;
    Memo::new(move |_| {
        view.with(|view| {
            let mut all: Vec<&ConnectionView> = view.connections.iter().collect();
            all.sort_by(|left, right| order(left, right));
            all.into_iter().map(|one| one.connection.id.clone()).collect()
        })
    })
}

/// One connection as it is now; `None` once it is gone.
pub(crate) fn connection_signal(id: ConnectionId) -> Signal<Option<ConnectionView>> {
    let view = expect_context::<Ports>().desk.view;
    Memo::new(move |_| view.with(|view| view.connections.iter().find(|one| one.connection.id == id).cloned())).into()
}

/// How its token is doing.
pub(crate) fn mood_signal(connection: Signal<Option<ConnectionView>>) -> Signal<Mood> {
    let now = expect_context::<Ports>().desk.now;
    Memo::new(move |_| {
        let now = now.get();
        connection.with(|one| one.as_ref().zip(now).map_or(Mood::None, |(one, now)| mood(one, now)))
    })
    .into()
}
