//! The way of pages to a provider's API, behind the worker token.
//!
//! The token itself never comes by here: a call is handed to the worker-token service, which puts it in, renews it when it is
//! due or refused, and gives back the answer's body. What comes of it lives in signals, never in a `Resource`: it is about
//! people, and a resource is written into the HTML.

mod all_pages;
mod behind;
mod refused;
mod remote;

pub(crate) use all_pages::Rest;
pub(crate) use behind::behind_worker_token;
pub(crate) use refused::refused;
pub(crate) use remote::Remote;

use std::sync::Arc;

use domain::api::{Code, Problem};
use domain::id::ConnectionId;
use domain::management::Route;
use domain::worker_token::{ApiCall, At, Request, Whose};
use futures::channel::oneshot;
use serde_json::Value;

use crate::Ports;

/// A connection whose API can be called: its token was valid when the page was opened, and is kept so.
#[derive(Clone)]
pub(crate) struct Gateway {
    ask: Arc<dyn Fn(Request) + Send + Sync>,
    id: ConnectionId,
    environment: String,
    organization: Option<String>,
}

impl Gateway {
    /// The environment the token is for.
    pub(crate) fn environment(&self) -> &str {
        &self.environment
    }

    /// The organisation the token names, if it names one.
    pub(crate) fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// Reads what is at a route.
    ///
    /// # Errors
    ///
    /// The [`Problem`], in words a person can act on.
    pub(crate) async fn get(&self, route: Route) -> Result<Value, Problem> {
        self.call(at(&route)?, None).await
    }

    /// Sends a search in a body.
    ///
    /// # Errors
    ///
    /// As [`Gateway::get`].
    pub(crate) async fn post(&self, route: Route, body: Value) -> Result<Value, Problem> {
        self.call(at(&route)?, Some(body)).await
    }

    /// Reads the page a link of an answer leads to.
    ///
    /// # Errors
    ///
    /// As [`Gateway::get`].
    pub(crate) async fn follow(&self, link: String) -> Result<Value, Problem> {
        self.call(At::Link(link), None).await
    }

    async fn call(&self, at: At, body: Option<Value>) -> Result<Value, Problem> {
        let (sender, answer) = oneshot::channel();
        let done = Box::new(move |answer| drop(sender.send(answer)));
        let call = ApiCall { at, body };
        (self.ask)(Request::Call { whose: Whose::Of(self.id.clone()), call, done });
        answer.await.unwrap_or_else(|_| Err(Problem::new(Code::Unavailable)))
    }
}

fn at(route: &Route) -> Result<At, Problem> {
    let refused =
        |_| Problem::new(Code::InvalidApiPath).with_detail("This is no identifier the provider could have given.");
    route.path().map(At::Path).map_err(refused)
}

/// Keeps what a page works on, sealed in the vault; gives whether it is durable.
pub(crate) async fn keep_work(ports: &Ports, name: &'static str, work: Option<Value>) -> bool {
    let (sender, kept) = oneshot::channel();
    (ports.desk.ask)(Request::KeepWork { name, work, done: Box::new(move |kept| drop(sender.send(kept))) });
    matches!(kept.await, Ok(Ok(())))
}

/// What a page worked on before it was left, if there is something.
pub(crate) async fn recall_work(ports: &Ports, name: &'static str) -> Option<Value> {
    let (sender, work) = oneshot::channel();
    (ports.desk.ask)(Request::RecallWork { name, done: Box::new(move |work| drop(sender.send(work))) });
    work.await.ok()?.ok()?
}
