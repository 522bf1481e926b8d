//! What waits to happen in a world.

use std::rc::Rc;

use super::browser::TabNumber;
use super::protocol::Told;
use super::switchboard::Port;
use super::wires::Spoken;
use crate::api::Problem;
use crate::id::ConnectionId;
use crate::keeper::{Event, Intent, WaiterId};
use crate::tabs::{LineInput, Way};
use crate::time::Timestamp;
use crate::token::StoredToken;

/// What waits to happen.
pub(super) enum Happening {
    Tell(TabNumber, Event),
    Timer(TabNumber, u64),
    Grant(TabNumber, ConnectionId),
    /// What was written under a lock that is given back is written.
    GiveBack(TabNumber, ConnectionId),
    WriteIntent(TabNumber, ConnectionId, Intent),
    Commit(TabNumber, ConnectionId, StoredToken, u64),
    AdvanceEpoch(TabNumber),
    LockVault(TabNumber),
    /// A tab hears of a lock of the vault, by its number.
    HearLock(TabNumber, u64),
    /// A person unlocks the vault in this tab.
    Unlock(TabNumber),
    Arrive(Request),
    Complete(Request),
    Return(Request, Result<usize, Problem>),
    Call,
    /// A caller waits no more.
    GoAway(TabNumber, WaiterId),
    Hostility,
    Calm,
    Person,
    Freeze(TabNumber),
    Thaw(TabNumber),
    /// A page hears that it runs again.
    Resume(TabNumber),
    /// A holder has held a lock as long as it may; the grant by its number.
    HoldEnds(TabNumber, ConnectionId, u64),
    /// A tab looks who holds the lock it waits for; the wait by its number.
    Looks(TabNumber, ConnectionId, u64),
    /// A tab has waited for a lock as long as it may; the wait by its number.
    WaitEnds(TabNumber, ConnectionId, u64),
    /// A line is told something.
    Line(TabNumber, LineInput),
    /// A line's timer; the look by its number.
    Look(TabNumber, u64),
    /// A text is there in a tab by this way; of the worker, by the port of that number.
    Overhear(TabNumber, Way, u64, Rc<Spoken>),
    /// A text is there at this worker.
    Switch(u64, Port, Rc<Spoken>),
    /// A worker passes on what it held back.
    PassOn(u64, Port),
    /// A worker hears that a port was closed.
    PortClosed(u64, Port),
    /// A worker's timer.
    RingAll(u64, u64),
    /// Something nasty happens to the ways.
    Trouble,
    /// What was told should have been heard by now.
    Heeded(Told),
}

#[derive(Clone)]
pub(super) struct Request {
    pub tab: TabNumber,
    pub connection: ConnectionId,
    pub intent: Intent,
    pub sent_at: Timestamp,
    /// Its number: whoever sent it hears of it once.
    pub number: u64,
}
