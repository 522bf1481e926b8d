use crate::time::{Span, Timestamp};

/// So many failures in a row open it.
const FAILURES: u32 = 5;
/// How long it stays open before one probe may go, and how long a probe may take before it counts as lost, unless it was
/// made otherwise.
const OPEN_FOR: Span = Span::from_seconds(30);

/// Keeps calls away from a layer that fails: after five failures in a row it opens for 30 s, then lets exactly one probe
/// through; its success closes it, its failure opens it again. (M. Nygard, Release It!, 2007: circuit breaker.)
#[derive(Clone, Debug)]
pub struct Breaker {
    state: State,
    rest: Span,
    /// Counts openings and closings, so that an answer to a call from before is told from a newer one.
    round: u64,
    trips: u64,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::resting(OPEN_FOR)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Timestamp },
    Probing { since: Timestamp },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// Leave to make one call, to be given back with how it ended.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    round: u64,
    /// Whether it is the one probe.
    pub is_probe: bool,
}

/// No call may be made before that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shut {
    /// When a probe may go.
    pub until: Timestamp,
}

impl Breaker {
    /// A breaker that stays open for `rest`.
    pub const fn resting(rest: Span) -> Self {
        Self { state: State::Closed { failures: 0 }, rest, round: 0, trips: 0 }
    }

    /// How it stands: 0 lets calls through, 1 waits for its probe, 2 lets none through.
    pub const fn standing(&self) -> u8 {
        match self.state {
            State::Closed { .. } => 0,
            State::Probing { .. } => 1,
            State::Open { .. } => 2,
        }
    }

    /// Leave for a call now.
    ///
    /// # Errors
    ///
    /// [`Shut`] while it is open, and while a probe is under way.
    pub fn admit(&mut self, now: Timestamp) -> Result<Permit, Shut> {
        let is_probe = match self.state {
            State::Closed { .. } => false,
            State::Open { until } => {
                // A clock that was set back must not keep it open for longer.
                let until = until.min(now + self.rest);
                self.state = State::Open { until };
                if now < until {
                    return Err(Shut { until });
                }
                true
            }
            State::Probing { since } => {
                let until = since.min(now) + self.rest;
                if now < until {
                    return Err(Shut { until });
                }
                true
            }
        };
        if is_probe {
            self.round += 1;
            self.state = State::Probing { since: now };
        }
        Ok(Permit { round: self.round, is_probe })
    }

    /// The call ended well. One from before the breaker opened says nothing about now.
    pub fn succeeded(&mut self, permit: Permit) {
        if permit.round == self.round && !matches!(self.state, State::Open { .. }) {
            self.round += u64::from(permit.is_probe);
            self.state = State::default();
        }
    }

    /// The call failed in a way that tells about the layer.
    pub fn failed(&mut self, permit: Permit, now: Timestamp) {
        match self.state {
            _ if permit.round != self.round => {}
            State::Closed { failures } if failures + 1 < FAILURES => {
                self.state = State::Closed { failures: failures + 1 };
            }
            State::Closed { .. } | State::Probing { .. } => self.trip(now),
            State::Open { .. } => {}
        }
    }

    /// Opens it, however many failures there were: its layer was given up.
    pub fn trip(&mut self, now: Timestamp) {
        self.trips += u64::from(!matches!(self.state, State::Open { .. }));
        self.round += 1;
        self.state = State::Open { until: now + self.rest };
    }

    /// Whether calls go through as usual.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// How often it opened, failed probes included.
    pub fn trips(&self) -> u64 {
        self.trips
    }
}
