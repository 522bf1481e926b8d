use super::{Effect, Input, Moment};
use crate::id::TabId;
use crate::token::RenewalPolicy;

/// The state of one tab's keeper.
#[derive(Clone, Debug)]
pub struct Keeper {
    tab: TabId,
    policy: RenewalPolicy,
}

impl Keeper {
    /// A keeper that knows nothing yet; the first input it wants is `Opened`.
    pub fn new(tab: TabId, policy: RenewalPolicy) -> Self {
        Self { tab, policy }
    }

    /// Takes one input and gives what is to be done, in order.
    pub fn handle(&mut self, input: Input, moment: Moment) -> Vec<Effect> {
        let _ = (&self.tab, &self.policy, input, moment);
        Vec::new()
    }
}
