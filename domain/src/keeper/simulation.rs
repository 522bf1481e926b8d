//! Many tabs of one browser, simulated from a seed: the same seed gives the same run, step by step.
//!
//! The world around the keepers is hostile for a few minutes and then kind. In the hostile part up to two hundred tabs are
//! opened, hidden, frozen and killed at any step, the machine sleeps for hours, news come late, twice, out of order or not at
//! all, the provider is slow, stuck, down, throttling or refusing, answers are lost after a token was issued, storage is
//! full, the clock is set, a person locks the vault or signs out. Some browsers have no Web Locks, and some read localStorage as it stood a
//! moment ago.
//!
//! In two worlds of five the news travel by the tabs' own protocol: a [`Line`](crate::tabs::Line) stands beside each keeper, and
//! the ways between them delay, repeat and, in some worlds, lose what is told; a way fails or is missing in some tabs, the shared
//! worker dies, is stuck, or is another's, pages leave for the back-forward cache and come back. In the other worlds news go
//! straight from keeper to keeper, late, twice or not at all: there are up to two hundred tabs in those, sixty in the former.
//!
//! After each step the promises are checked ([`Broken`] names them); after the kind part every tab must hold a
//! good token.
//!
//! [`Flaw`] breaks one part of the world's own protocol, to show that the simulation would notice.

mod adapter;
mod browser;
mod callers;
mod dice;
mod exchange;
mod flaws;
mod happening;
mod hostility;
mod life;
mod promises;
mod protocol;
mod provider;
mod switchboard;
mod trace;
mod trial;
mod troubles;
mod ways;
mod wires;
mod world;

pub use promises::Broken;

use world::World;

/// A part of the protocol taken away on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    /// None: the protocol as it is.
    #[default]
    None,
    /// Locks are given to everybody who asks.
    Locks,
    /// Our server forgets idempotency keys at once.
    IdempotencyKeys,
    /// Locks are given to everybody, and commits check neither generation nor epoch.
    Fences,
    /// The record is not read again after a lock was granted.
    Rereads,
    /// Intents are said to be durable and are not.
    Intents,
    /// Renewals are planned as if every provider were quick.
    Margin,
    /// Nobody counts how many tokens were asked for.
    Budget,
    /// Nobody takes news of tokens.
    News,
    /// Callers are let go last come, first served.
    Order,
    /// A holder whose lock was taken away is not told, and goes on.
    Steals,
    /// Nobody takes a lock from a holder, however long it stands still.
    Bounds,
    /// The server's clock is taken to be this browser's.
    Clock,
    /// Records carry nothing of what tabs share: each has measured and counted for itself.
    Sharing,
    /// A refused credential is taken for a provider that is down.
    Refusals,
    /// A network that is down is taken for a refusal.
    NetworkErrors,
    /// A tab does not look whether the shared worker confirms what it says.
    SteppingDown,
    /// No tab knows a message again that it has had.
    Copies,
}

/// A kind world in which one decision matters all the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// The provider takes 16 to 18 s for each token of two minutes: from the second on nobody is without one, and nobody waits
    /// for more than a moment.
    SlowProvider,
    /// Tokens live a second, and every fourth request fails: all tabs together ask a dozen times a minute at most, also those that
    /// hear of nothing in time; twice as often without locks, where some tabs act at once, as long as there are few.
    BriefTokens,
    /// Whoever gets a lock may be frozen with it for minutes: no caller goes without a token for that.
    FrozenHolder,
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Inputs all keepers took.
    pub steps: u64,
    /// Requests sent to our server.
    pub asks: u64,
    /// Tokens the provider issued.
    pub issued: u64,
    /// Callers let go with a token.
    pub served: u64,
    /// Tabs killed.
    pub killed: u64,
    /// Tabs frozen.
    pub frozen: u64,
    /// Sleeps of the whole machine.
    pub slept: u64,
    /// Tabs locked while their vault was open.
    pub locked: u64,
    /// Locks taken from a holder past its time.
    pub stolen: u64,
    /// Callers that went away.
    pub cancelled: u64,
    /// Texts that lines heard.
    pub heard: u64,
    /// Shared workers that died with tabs at them.
    pub workers: u64,
}

impl std::ops::AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.asks += other.asks;
        self.issued += other.issued;
        self.served += other.served;
        self.killed += other.killed;
        self.frozen += other.frozen;
        self.slept += other.slept;
        self.locked += other.locked;
        self.stolen += other.stolen;
        self.cancelled += other.cancelled;
        self.heard += other.heard;
        self.workers += other.workers;
    }
}

/// Runs the world of one seed to its end.
///
/// # Errors
///
/// The first broken promise, with the seed and the last steps before it.
pub fn run(seed: u64, flaw: Flaw) -> Result<Report, Broken> {
    twice(|traced| World::new(seed, flaw, traced))
}

/// As [`run`], of a trial.
///
/// # Errors
///
/// As [`run`].
pub fn try_out(trial: Trial, seed: u64, flaw: Flaw) -> Result<Report, Broken> {
    twice(|traced| {
        let mut world = World::new(seed, flaw, traced);
        world.set_up(trial);
        world
    })
}

fn twice(world: impl Fn(bool) -> World) -> Result<Report, Broken> {
    // Once more, writing down what happens: most runs keep their promises and need no trace.
    world(false).run().or_else(|_| world(true).run())
}
