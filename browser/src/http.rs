//! The way to our server: `fetch` of the same origin, JSON in and out.

use std::rc::Rc;

use domain::api::{Answering, Api, Call, Code, Problem, REQUEST_HEADER};
use domain::keeper::ClockSample;
use domain::secret::Secret;
use domain::time::Timestamp;
use js_sys::{Promise, Reflect};
use send_wrapper::SendWrapper;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCredentials, RequestInit, Response};

use crate::{clock, js};

/// How long one request may take, in milliseconds; a provider asked in between has less.
const PATIENCE: u32 = 30_000;

/// What came of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The answer's JSON (`Null` for none), or what went wrong.
    pub answer: Result<Value, Problem>,
    /// The server's clock, if the answer showed it.
    pub clock: Option<ClockSample>,
}

/// The [`Api`] port over HTTP.
#[derive(Clone)]
pub struct HttpApi {
    on_clock: SendWrapper<Rc<dyn Fn(ClockSample)>>,
}

impl HttpApi {
    /// `on_clock` is told of the server's clock with every answer that shows it.
    pub fn new(on_clock: impl Fn(ClockSample) + 'static) -> Self {
        Self { on_clock: SendWrapper::new(Rc::new(on_clock)) }
    }
}

impl Api for HttpApi {
    fn send(&self, call: Call) -> Answering {
        let on_clock = self.on_clock.clone();
        // The browser has one thread: the future is never sent anywhere, the port's type only says it could be.
        Box::pin(SendWrapper::new(async move {
            let exchange = exchange(&call).await;
            if let Some(sample) = exchange.clock {
                on_clock(sample);
            }
            exchange.answer
        }))
    }
}

/// Sends one request and reads its answer as our server's own; it takes 30 s at most.
pub async fn exchange(call: &Call) -> Exchange {
    Exchange::of(reply(call).await)
}

impl Exchange {
    /// What a reply of our server says; `None` when none came.
    pub fn of(reply: Option<Reply>) -> Self {
        match reply {
            Some(reply) => Self { answer: reply.read(), clock: reply.clock() },
            None => Self { answer: Err(Problem::new(Code::Unreachable)), clock: None },
        }
    }
}

/// An answer as it came.
pub struct Reply {
    response: Response,
    text: String,
    sent_at: Timestamp,
    received_at: Timestamp,
}

/// Sends one request; `None` when no answer came within 30 s.
pub async fn reply(call: &Call) -> Option<Reply> {
    replied(call, &AbortController::new().ok()?).await
}

/// As [`reply`] goes, for a rehearsal: the request is taken back before it leaves, and `text` stands for its answer.
pub async fn rehearsed(call: &Call, text: &str) -> Option<Reply> {
    let controller = AbortController::new().ok()?;
    controller.abort();
    // With a signal that is aborted already nothing is sent (Fetch, section 5.6).
    drop(replied(call, &controller).await);
    received(Response::new_with_opt_str(Some(text)).ok()?, clock::now()).await.ok()
}

async fn replied(call: &Call, controller: &AbortController) -> Option<Reply> {
    let answered = js::within(PATIENCE, answered(call, controller)).await;
    if answered.is_none() {
        controller.abort();
    }
    answered?.ok()
}

/// Begins a request at once, which goes on when the page is left meanwhile; `None` when no answer came, or nobody is left to
/// hear it. Of the bodies of such requests a browser takes 64 KiB at a time.
pub fn parting(call: &Call) -> impl Future<Output = Option<Reply>> + use<> {
    let begun = request(call).and_then(|init| {
        // A browser that knows nothing of it ends the request with the page.
        Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE)?;
        begin(call, &init)
    });
    async move { finished(begun.ok()?).await.ok() }
}

/// The answer's head, when that was there, and its text.
async fn answered(call: &Call, controller: &AbortController) -> Result<Reply, JsValue> {
    let init = request(call)?;
    init.set_signal(Some(&controller.signal()));
    finished(begin(call, &init)?).await
}

/// A request that is under way.
struct Begun {
    sent_at: Timestamp,
    response: Promise,
}

fn begin(call: &Call, init: &RequestInit) -> Result<Begun, JsValue> {
    let sent_at = clock::now();
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    Ok(Begun { sent_at, response: window.fetch_with_str_and_init(&call.path, init) })
}

async fn finished(Begun { sent_at, response }: Begun) -> Result<Reply, JsValue> {
    received(JsFuture::from(response).await?.dyn_into()?, sent_at).await
}

/// The text of an answer whose head is there.
async fn received(response: Response, sent_at: Timestamp) -> Result<Reply, JsValue> {
    let received_at = clock::now();
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Reply { response, text, sent_at, received_at })
}

impl Reply {
    /// The status.
    pub fn status(&self) -> u16 {
        self.response.status()
    }

    /// All headers the browser shows, names in lower case.
    pub fn headers(&self) -> Vec<(String, String)> {
        let entries = js_sys::try_iter(&self.response.headers()).ok().flatten();
        let pairs = entries.into_iter().flatten().filter_map(|entry| Some(js_sys::Array::from(&entry.ok()?)));
        pairs.filter_map(|pair| Some((pair.get(0).as_string()?, pair.get(1).as_string()?))).collect()
    }

    /// The body's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// One header.
    pub fn header(&self, name: &str) -> Option<String> {
        self.response.headers().get(name).ok().flatten()
    }

    /// The body's JSON: `Null` for none, `None` for what is no JSON.
    pub fn json(&self) -> Option<Value> {
        if self.text.is_empty() { Some(Value::Null) } else { serde_json::from_slice(self.text.as_bytes()).ok() }
    }

    /// The body of a route of our server, or its problem.
    pub fn read(&self) -> Result<Value, Problem> {
        if self.response.ok() {
            return self.json().ok_or_else(|| Problem::new(Code::UnreadableAnswer));
        }
        Err(self.problem())
    }

    /// The server's own problem document, or what can be told from the status of an answer something in between gave.
    fn problem(&self) -> Problem {
        if let Some(problem) = js::from_json(self.text.as_bytes()) {
            return problem;
        }
        let problem = Problem::new(match self.status() {
            401 => Code::NotSignedIn,
            429 => Code::TooManyRequests,
            500.. => Code::Unreachable,
            _ => Code::UnreadableAnswer,
        });
        match self.header("retry-after").and_then(|seconds| seconds.parse().ok()) {
            Some(seconds) => problem.with_retry_after(seconds),
            None => problem,
        }
    }

    /// The server's clock, if the answer shows it.
    pub fn clock(&self) -> Option<ClockSample> {
        let millis = js_sys::Date::parse(&self.header("date")?);
        // What is no date is NaN, and what is one is a whole number of milliseconds.
        #[allow(clippy::cast_possible_truncation)]
        let server_date = (!millis.is_nan()).then(|| Timestamp::from_millis(millis as i64))?;
        Some(ClockSample { sent_at: self.sent_at, received_at: self.received_at, server_date })
    }
}

/// The headers a call is sent with.
pub fn headers(call: &Call) -> Vec<(&'static str, Secret)> {
    let mut headers = vec![("accept", Secret::new("application/json")), (REQUEST_HEADER, Secret::new("1"))];
    if call.body.is_some() {
        headers.push(("content-type", Secret::new("application/json")));
    }
    headers.extend(call.headers.iter().cloned());
    headers
}

fn request(call: &Call) -> Result<RequestInit, JsValue> {
    let sent = Headers::new()?;
    for (name, value) in headers(call) {
        sent.set(name, value.expose())?;
    }
    let init = RequestInit::new();
    init.set_method(call.method.name());
    init.set_credentials(RequestCredentials::SameOrigin);
    if let Some(body) = &call.body {
        init.set_body(&JsValue::from_str(body.expose()));
    }
    init.set_headers(&sent);
    Ok(init)
}
