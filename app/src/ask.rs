//! Asking the server: for what a page shows, and for what a person does.

use std::future::Future;
use std::sync::Arc;

use domain::api::{self, Api, Code, Endpoint, FieldError, Problem};
use domain::connection::validation::Severity;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::components::{Note, Notes, ProblemBox, skeleton};
use crate::{Ports, dom};

/// An answer as it came, or why there is none. One type for all pages, so that its machinery is compiled once.
pub(crate) type Load = Resource<Result<Value, Problem>>;

/// Asks for what a page shows; on the server the answer travels to the browser inside the page.
///
/// Only for routes whose answers hold no secret.
pub(crate) fn load<E: Endpoint<Body = ()>>(endpoint: &E) -> Load {
    let call = api::request(endpoint, &());
    let api = expect_context::<Ports>().api;
    Resource::new(
        || (),
        move |()| {
            let (api, call) = (Arc::clone(&api), call.clone());
            async move { api.send(call?).await }
        },
    )
}

/// Shows an answer: a skeleton while it is awaited, the problem with a way to try again when there is none.
pub(crate) fn loaded<T: DeserializeOwned>(
    load: Load,
    rows: usize,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    framed(
        load,
        rows,
        Arc::new(move |value| {
            serde_json::from_value(value).map(&view).map_err(|_| Problem::new(Code::UnreadableAnswer))
        }),
    )
}

fn framed(load: Load, rows: usize, view: Arc<dyn Fn(Value) -> Result<AnyView, Problem> + Send + Sync>) -> AnyView {
    let shown = move || {
        let view = Arc::clone(&view);
        load.get().map(|answer| answer.and_then(|value| view(value)).unwrap_or_else(|problem| failed(problem, load)))
    };
    view! { <Transition fallback=move || skeleton(rows)>{shown}</Transition> }.into_any()
}

fn failed(problem: Problem, load: Load) -> AnyView {
    if problem.code == Code::NotSignedIn {
        dom::leave_for_sign_in();
    }
    view! { <ProblemBox problem retry=Callback::new(move |()| load.refetch()) /> }.into_any()
}

/// Calls a route for something a person does; a session that has ended leads to the sign-in page.
///
/// # Errors
///
/// The server's [`Problem`].
pub(crate) async fn ask<E: Endpoint>(api: Arc<dyn Api>, endpoint: E, body: E::Body) -> Result<E::Answer, Problem> {
    let answer = api::call(api.as_ref(), endpoint, body).await;
    if answer.as_ref().is_err_and(|problem| problem.code == Code::NotSignedIn) {
        dom::leave_for_sign_in();
    }
    answer
}

/// Calls a route with what stands behind its path, from `?` on.
///
/// # Errors
///
/// The server's [`Problem`].
pub(crate) async fn ask_at<E: Endpoint<Body = ()>>(
    api: Arc<dyn Api>,
    endpoint: E,
    query: &str,
) -> Result<E::Answer, Problem> {
    let mut call = api::request(&endpoint, &())?;
    call.path.push_str(query);
    let answer = api.send(call).await;
    if answer.as_ref().is_err_and(|problem| problem.code == Code::NotSignedIn) {
        dom::leave_for_sign_in();
    }
    serde_json::from_value(answer?).map_err(|_| Problem::new(Code::UnreadableAnswer))
}

/// One deed of a person that takes a while: whether it runs, and why it failed last time.
#[derive(Clone, Copy)]
pub(crate) struct Deed {
    /// Whether it runs now.
    pub(crate) busy: RwSignal<bool>,
    /// Why the last try failed.
    pub(crate) problem: RwSignal<Option<Problem>>,
}

impl Deed {
    /// A deed not yet begun.
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// Begins, unless it runs already. The page may be gone when it ends; then nobody hears of it.
    pub(crate) fn run(self, work: impl Future<Output = Result<(), Problem>> + 'static) {
        if self.busy.try_get_untracked() != Some(false) {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        let work: std::pin::Pin<Box<dyn Future<Output = Result<(), Problem>>>> = Box::pin(work);
        leptos::task::spawn_local(async move {
            let ended = work.await;
            self.busy.try_set(false);
            self.problem.try_set(ended.err());
        });
    }

    /// What the server said about one field, for the field to show.
    pub(crate) fn notes(self, field: &'static str) -> Notes {
        Signal::derive(move || {
            self.problem.with(|problem| {
                let errors = problem.iter().flat_map(|problem| &problem.errors);
                let note = |error: &FieldError| Note { severity: Severity::Error, text: error.message.clone() };
                errors.filter(|error| error.field == field).map(note).collect()
            })
        })
    }
}
