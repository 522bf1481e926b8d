//! The way to our server: `fetch` of the same origin, JSON in and out.

use std::rc::Rc;

use domain::api::{Answering, Api, Call, Code, IDEMPOTENCY_HEADER, Problem, REQUEST_HEADER};
use domain::keeper::ClockSample;
use domain::time::Timestamp;
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

/// Sends one request; it takes 30 s at most.
pub async fn exchange(call: &Call) -> Exchange {
    let sent_at = clock::now();
    let Ok(controller) = AbortController::new() else { return Exchange::unreachable() };
    match js::within(PATIENCE, answered(call, &controller)).await {
        Some(Ok((response, received_at, text))) => Exchange {
            answer: read(&response, &text),
            clock: server_date(&response).map(|server_date| ClockSample { sent_at, received_at, server_date }),
        },
        Some(Err(_)) => Exchange::unreachable(),
        None => {
            controller.abort();
            Exchange::unreachable()
        }
    }
}

impl Exchange {
    fn unreachable() -> Self {
        Self { answer: Err(Problem::new(Code::Unreachable)), clock: None }
    }
}

/// The answer's head, when that was there, and its text.
async fn answered(call: &Call, controller: &AbortController) -> Result<(Response, Timestamp, String), JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let promise = window.fetch_with_str_and_init(&call.path, &request(call, controller)?);
    let response: Response = JsFuture::from(promise).await?.dyn_into()?;
    let received_at = clock::now();
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok((response, received_at, text))
}

fn request(call: &Call, controller: &AbortController) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set(REQUEST_HEADER, "1")?;
    if let Some(key) = &call.idempotency_key {
        headers.set(IDEMPOTENCY_HEADER, key)?;
    }
    let init = RequestInit::new();
    init.set_method(call.method.name());
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(Some(&controller.signal()));
    if let Some(body) = &call.body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body.expose()));
    }
    init.set_headers(&headers);
    Ok(init)
}

fn read(response: &Response, text: &str) -> Result<Value, Problem> {
    if !response.ok() {
        return Err(problem(response, text));
    }
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(text.as_bytes()).map_err(|_| Problem::new(Code::UnreadableAnswer))
}

/// The server's own problem document, or what can be told from the status of an answer something in between gave.
fn problem(response: &Response, text: &str) -> Problem {
    if let Some(problem) = js::from_json(text.as_bytes()) {
        return problem;
    }
    let problem = Problem::new(match response.status() {
        401 => Code::NotSignedIn,
        429 => Code::TooManyRequests,
        500.. => Code::Unreachable,
        _ => Code::UnreadableAnswer,
    });
    match header(response, "retry-after").and_then(|seconds| seconds.parse().ok()) {
        Some(seconds) => problem.with_retry_after(seconds),
        None => problem,
    }
}

fn server_date(response: &Response) -> Option<Timestamp> {
    let millis = js_sys::Date::parse(&header(response, "date")?);
    // What is no date is NaN, and what is one is a whole number of milliseconds.
    #[allow(clippy::cast_possible_truncation)]
    (!millis.is_nan()).then(|| Timestamp::from_millis(millis as i64))
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}
