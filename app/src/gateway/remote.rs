use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::api::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::refused;
use crate::components::skeleton;

type Work<T> = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, Problem>>>> + Send + Sync>;

/// Something a page asks of the provider's API: asked for, there, or refused with a way to try again.
///
/// A newer request wins over an older one that is still under way.
pub(crate) struct Remote<T: Send + Sync + 'static> {
    state: RwSignal<State<T>>,
    latest: StoredValue<Latest<T>>,
}

enum State<T> {
    Idle,
    Loading,
    Ready(Arc<T>),
    Refused(Problem),
}

struct Latest<T> {
    number: u64,
    work: Option<Work<T>>,
}

impl<T: Send + Sync> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Remote<T> {}

impl<T: Send + Sync> Remote<T> {
    /// Nothing was asked yet.
    pub(crate) fn new() -> Self {
        Self { state: RwSignal::new(State::Idle), latest: StoredValue::new(Latest { number: 0, work: None }) }
    }

    /// Asks. `work` is done again when a person tries again.
    pub(crate) fn ask<F>(self, work: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<T, Problem>> + 'static,
    {
        self.begin(Arc::new(move || Box::pin(work())));
    }

    /// Asks the same again.
    pub(crate) fn again(self) {
        if let Some(work) = self.latest.with_value(|latest| latest.work.clone()) {
            self.begin(work);
        }
    }

    /// Forgets what was asked and what came of it.
    pub(crate) fn clear(self) {
        self.latest.update_value(|latest| *latest = Latest { number: latest.number + 1, work: None });
        self.state.set(State::Idle);
    }

    fn begin(self, work: Work<T>) {
        let asked = work();
        self.latest.update_value(|latest| *latest = Latest { number: latest.number + 1, work: Some(work) });
        let number = self.latest.with_value(|latest| latest.number);
        self.state.set(State::Loading);
        spawn_local(async move {
            let answer = asked.await;
            // The page may be gone, or have asked for something else meanwhile.
            if self.latest.try_with_value(|latest| latest.number) == Some(number) {
                self.state.set(match answer {
                    Ok(value) => State::Ready(Arc::new(value)),
                    Err(problem) => State::Refused(problem),
                });
            }
        });
    }

    /// Whether nothing was asked yet; not tracked.
    pub(crate) fn is_idle(self) -> bool {
        self.state.with_untracked(|state| matches!(state, State::Idle))
    }

    /// Whether an answer is awaited.
    pub(crate) fn is_loading(self) -> Signal<bool> {
        Signal::derive(move || self.state.with(|state| matches!(state, State::Loading)))
    }

    /// What came, once it is there.
    pub(crate) fn ready(self) -> Option<Arc<T>> {
        self.state.with(|state| if let State::Ready(value) = state { Some(Arc::clone(value)) } else { None })
    }

    /// Why nothing came.
    pub(crate) fn problem(self) -> Option<Problem> {
        self.state.with(|state| if let State::Refused(problem) = state { Some(problem.clone()) } else { None })
    }

    /// Shows it: nothing before it was asked, a skeleton of `rows` while it is awaited, why it was refused with what to do,
    /// or what came.
    pub(crate) fn show(self, rows: usize, view: impl Fn(Arc<T>) -> AnyView + Send + Sync + 'static) -> AnyView {
        let shown = move || {
            self.state.with(|state| match state {
                State::Idle => ().into_any(),
                State::Loading => skeleton(rows),
                State::Refused(problem) => refused(problem.clone(), Callback::new(move |()| self.again())),
                State::Ready(value) => view(Arc::clone(value)),
            })
        };
        view! { {shown} }.into_any()
    }
}
