//! Faults that can be switched on.

use serde::{Deserialize, Serialize};

/// A way the token endpoint misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Answers as it should, after so many milliseconds, at most 120,000.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
    /// 401 `invalid_client`.
    Unauthorized,
    /// 429, with `Retry-After` when it is given.
    Throttled {
        /// Seconds.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// 500 with a JSON error.
    Failing,
    /// Closes the connection without a byte of an answer.
    Dropped,
    /// 200 with an HTML page.
    Html,
    /// 302 to another path of the sandbox.
    Redirect,
}

/// Which fault strikes whom, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    /// The fault; `None` switches it off.
    pub fault: Option<Fault>,
    /// How many requests it strikes; `None` until it is switched off.
    #[serde(default)]
    pub count: Option<u32>,
    /// The one client it strikes; `None` strikes all, and `None` without a fault switches all faults off.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// The plans in force: at most one for each client, and one for all.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FaultPlan>);

impl Faults {
    /// Puts a plan in force, in place of the one for the same client.
    pub(crate) fn set(&mut self, plan: FaultPlan) {
        if plan.fault.is_none() && plan.client_id.is_none() {
            self.0.clear();
            return;
        }
        self.0.retain(|known| known.client_id != plan.client_id);
        if plan.fault.is_some() {
            self.0.push(plan);
        }
    }

    /// The fault that strikes the next request of `client_id`, which counts as struck. Its own plan goes first.
    pub(crate) fn strike(&mut self, client_id: &str) -> Option<Fault> {
        let own = self.0.iter().position(|plan| plan.client_id.as_deref() == Some(client_id));
        let at = own.or_else(|| self.0.iter().position(|plan| plan.client_id.is_none()))?;
        let plan = &mut self.0[at];
        let fault = plan.fault;
        let left = plan.count.map(|count| count.saturating_sub(1));
        plan.count = left;
        if left == Some(0) {
            self.0.remove(at);
        }
        fault
    }
}
