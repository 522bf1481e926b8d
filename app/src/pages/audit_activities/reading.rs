use std::time::Duration;

use domain::api::{Code, Problem};
use domain::management::activities::{Call, Log, ROUND, Search};
use domain::time::{Span, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::gateway::Gateway;
use crate::{Ports, dom};

/// How often a page is asked for again after the provider said to wait.
const WAITS: u32 = 5;
/// The longest wait that is waited for; after a longer one a person decides.
const LONGEST_WAIT: u64 = 60;

/// How far the reading is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    /// Nothing asked yet.
    Idle,
    /// Pages are being read.
    Running,
    /// The provider said to wait; it goes on by itself then.
    Waiting(Timestamp),
    /// Enough for now; there is more.
    Paused,
    /// All that can be read was.
    Ended,
    /// A page was refused; what was read stays.
    Refused(Problem),
}

/// The log as it is read, page by page. A newer search wins over an older one.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    gateway: StoredValue<Gateway>,
    pub(super) log: RwSignal<Option<Log>>,
    pub(super) state: RwSignal<State>,
    latest: StoredValue<u64>,
}

impl Reading {
    pub(super) fn new(gateway: Gateway) -> Self {
        Self {
            gateway: StoredValue::new(gateway),
            log: RwSignal::new(None),
            state: RwSignal::new(State::Idle),
            latest: StoredValue::new(0),
        }
    }

    /// Whether pages are being read, or will be by themselves.
    pub(super) fn is_busy(self) -> Signal<bool> {
        Signal::derive(move || self.state.with(|state| matches!(state, State::Running | State::Waiting(_))))
    }

    /// Begins anew.
    pub(super) fn begin(self, search: Search) {
        let log = self.gateway.with_value(|gateway| Log::new(search, gateway.environment()));
        self.log.set(Some(log));
        self.go_on();
    }

    /// Reads a round more.
    pub(super) fn go_on(self) {
        let number = self.next_number();
        let now = expect_context::<Ports>().desk.now;
        self.state.set(State::Running);
        spawn_local(async move {
            for _ in 0..ROUND {
                let Some(call) = self.next(number) else { return };
                match self.answer(number, call, &now).await {
                    Some(Ok(answer)) => {
                        self.log.try_update(|log| log.as_mut().map(|log| log.take(&answer)));
                    }
                    Some(Err(problem)) => return self.become_state(State::Refused(problem)),
                    None => return,
                }
            }
            if self.next(number).is_some() {
                self.become_state(State::Paused);
            }
        });
    }

    /// Stops; what was read stays.
    pub(super) fn stop(self) {
        self.next_number();
        self.state.set(State::Paused);
    }

    fn next_number(self) -> u64 {
        let number = self.latest.get_value() + 1;
        self.latest.set_value(number);
        number
    }

    fn is_current(self, number: u64) -> bool {
        self.latest.try_get_value() == Some(number)
    }

    fn become_state(self, state: State) {
        self.state.try_set(state);
    }

    /// The next call of this reading; at its end, the state says so. `None` too when it is no longer wanted.
    fn next(self, number: u64) -> Option<Call> {
        if !self.is_current(number) {
            return None;
        }
        let call = self.log.try_with_untracked(|log| log.as_ref().and_then(Log::next)).flatten();
        if call.is_none() {
            self.become_state(State::Ended);
        }
        call
    }

    /// The answer to a call; when the provider says to wait, after waiting. `None` when it is no longer wanted.
    async fn answer(
        self,
        number: u64,
        call: Call,
        now: &ArcRwSignal<Option<Timestamp>>,
    ) -> Option<Result<Value, Problem>> {
        let gateway = self.gateway.try_get_value()?;
        for _ in 0..WAITS {
            let answer = ask(&gateway, call.clone()).await;
            let wait = answer.as_ref().err().and_then(wait);
            if !self.is_current(number) {
                return None;
            }
            let Some(seconds) = wait else { return Some(answer) };
            let until = now.get_untracked().unwrap_or_default() + Span::from_seconds(seconds);
            self.become_state(State::Waiting(until));
            dom::pause(Duration::from_secs(seconds)).await;
            if !self.is_current(number) {
                return None;
            }
            self.become_state(State::Running);
        }
        Some(ask(&gateway, call).await)
    }
}

async fn ask(gateway: &Gateway, call: Call) -> Result<Value, Problem> {
    match call {
        Call::Get(route) => gateway.get(route).await,
        Call::Follow(link) => gateway.follow(link).await,
        Call::Post(route, body) => gateway.post(route, body).await,
    }
}

/// How long to wait, in seconds, where waiting helps and is bearable.
fn wait(problem: &Problem) -> Option<u64> {
    let throttled = matches!(problem.code, Code::UpstreamThrottled | Code::TooManyRequests);
    problem.retry_after.filter(|seconds| throttled && *seconds <= LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearable_wait_that_was_asked_for_is_waited_for() {
        let of = |code, seconds: Option<u64>| Problem { retry_after: seconds, ..Problem::new(code) };
        assert_eq!(wait(&of(Code::UpstreamThrottled, Some(3))), Some(3));
        assert_eq!(wait(&of(Code::TooManyRequests, Some(60))), Some(60));
        for (code, seconds) in [
            (Code::UpstreamThrottled, Some(61)),
            (Code::UpstreamThrottled, None),
            (Code::ApiRoleMissing, Some(3)),
            (Code::Unreachable, Some(3)),
        ] {
            assert_eq!(wait(&of(code, seconds)), None, "{code:?} {seconds:?}");
        }
    }
}
