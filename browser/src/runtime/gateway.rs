//! Calls to a provider's API: the token is put in here, and never passes by the app.
//!
//! A call waits for a valid token like every caller. When the API says that the token is not good (401, and not for missing
//! permissions), a token of a later generation is waited for, and the call made once more; a 403 renews nothing.

use domain::api::gateway::{ApiPath, REGION_HEADER, TOKEN_HEADER, UPSTREAM_HEADER};
use domain::api::{Call, Code, Method, Problem};
use domain::calls::CallKind;
use domain::connection::Connection;
use domain::id::ConnectionId;
use domain::management::{self, Refused};
use domain::provider::Provider;
use domain::secret::Secret;
use domain::token::StoredToken;
use domain::worker_token::{ApiCall, At, Refusal, Whose};
use serde_json::Value;

use super::Runtime;
use crate::http::Reply;

impl Runtime {
    /// Makes a call; gives the body of the answer.
    pub(super) async fn call(&self, whose: Whose, call: ApiCall) -> Result<Value, Problem> {
        let id = self.id(whose)?;
        let connection = self.connection(&id).ok_or(Refusal::NoCredentials)?;
        let provider = self.inner.provider(&connection).await?;
        let path = path(&provider, &connection, call.at)?;
        let outgoing = Outgoing { provider: &provider, connection: &connection, path, body: call.body };
        let token = self.worker_token(&id, None).await?;
        match self.sent(&outgoing, &token).await? {
            Answer::Given(answer) => return Ok(answer),
            Answer::Refused(problem, false) => return Err(problem),
            Answer::Refused(_, true) => {}
        }
        let token = self.worker_token(&id, Some(token.facts.generation)).await?;
        match self.sent(&outgoing, &token).await? {
            Answer::Given(answer) => Ok(answer),
            Answer::Refused(problem, _) => Err(problem),
        }
    }

    pub(super) fn connection(&self, id: &ConnectionId) -> Option<Connection> {
        let view = self.inner.shown.borrow();
        view.connections.iter().find(|shown| shown.connection.id == *id).map(|shown| shown.connection.clone())
    }

    async fn sent(&self, outgoing: &Outgoing<'_>, token: &StoredToken) -> Result<Answer, Problem> {
        let reply = self
            .inner
            .reply(CallKind::Gateway, &outgoing.with(token))
            .await
            .ok_or_else(|| Problem::new(Code::Unreachable))?;
        if let Some(sample) = reply.clock() {
            self.hear_clock(sample);
        }
        answer(&reply)
    }
}

/// A call, ready but for the token.
struct Outgoing<'a> {
    provider: &'a Provider,
    connection: &'a Connection,
    path: ApiPath,
    body: Option<Value>,
}

impl Outgoing<'_> {
    fn with(&self, token: &StoredToken) -> Call {
        let mut headers = vec![(TOKEN_HEADER, token.access_token.clone())];
        headers.extend(self.connection.place.region.map(|region| (REGION_HEADER, Secret::new(region.to_string()))));
        Call {
            method: if self.body.is_some() { Method::Post } else { Method::Get },
            path: self.path.through(&self.provider.id),
            body: self.body.as_ref().map(|body| Secret::new(body.to_string())),
            headers,
        }
    }
}

fn path(provider: &Provider, connection: &Connection, at: At) -> Result<ApiPath, Problem> {
    let link = match at {
        At::Path(path) => return Ok(path),
        At::Link(link) => link,
    };
    let base = provider
        .api_base(connection.place.region)
        .map_err(|error| Problem::new(Code::ProviderNotAllowed).with_detail(error.to_string()))?;
    ApiPath::of_link(&base, &link).ok_or_else(|| {
        Problem::new(Code::UpstreamUnreadable).with_detail("The provider's link to the next page leads elsewhere.")
    })
}

/// What came of a call.
enum Answer {
    Given(Value),
    /// Why it was refused, and whether the token was the reason.
    Refused(Problem, bool),
}

/// The provider's answer, or our server's own problem.
fn answer(reply: &Reply) -> Result<Answer, Problem> {
    let Some(host) = reply.header(UPSTREAM_HEADER) else {
        return Err(reply.read().err().unwrap_or_else(|| Problem::new(Code::UnreadableAnswer)));
    };
    let body = reply.json().ok_or_else(|| Problem::new(Code::UnreadableAnswer))?;
    if reply.status() < 400 {
        return Ok(Answer::Given(body));
    }
    let retry_after = reply.header("retry-after").and_then(|seconds| seconds.parse().ok());
    let refused = Refused { host: &host, status: reply.status(), body: &body, retry_after };
    Ok(Answer::Refused(management::problem(&refused), refused.is_token_invalid()))
}
