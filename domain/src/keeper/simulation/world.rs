use std::collections::{BTreeMap, BTreeSet};

use super::browser::{Browser, Kind, TabNumber};
use super::callers::Waiting;
use super::dice::Dice;
use super::happening::Happening;
use super::promises::{SETTLING, SMOOTH};
use super::provider::Provider;
use super::wires::{Wire, Wires};
use super::{Broken, Flaw, Report, Trial, trace};
use crate::id::{ConnectionId, IntentId, TabId};
use crate::keeper::{Event, Held, Input, Keeper, Moment, WaiterId};
use crate::time::Timestamp;

/// Everything outside the keepers. Times are true milliseconds; the browser's clock may show others.
pub(super) struct World {
    pub dice: Dice,
    pub now: i64,
    /// The browser's clock minus the true time.
    pub skew: i64,
    /// When the browser's clock was set, and by how much.
    pub clock_set: Vec<(i64, i64)>,
    pub tabs: BTreeMap<TabNumber, Tab>,
    pub browser: Browser,
    pub provider: Provider,
    pub wires: Wires,
    pub storage_full: bool,
    /// Whether the next tab that gets a lock is frozen with it.
    pub trap: bool,
    pub online: bool,
    /// How many news in a hundred are lost.
    pub lost: u64,
    pub report: Report,
    pub seed: u64,
    pub flaw: Flaw,
    pub trial: Option<Trial>,
    pub server_skew: i64,
    pub calm_from: i64,
    /// When the machine last woke, or will wake.
    pub awake_from: i64,
    pub queue: BTreeMap<(i64, u64), Happening>,
    pub numbers: u64,
    /// Which issued token a generation is.
    pub committed: BTreeMap<(ConnectionId, u64), usize>,
    /// When intents began, and in which epoch.
    pub begun: BTreeMap<IntentId, (i64, u64)>,
    /// When each connection's newest token was committed.
    pub committed_at: BTreeMap<ConnectionId, i64>,
    /// Which tab heard under which intent that the provider refused the credential.
    pub refusals: BTreeSet<(TabNumber, IntentId)>,
    /// Connections whose record says so, since when.
    pub refused: BTreeMap<ConnectionId, i64>,
    pub asks_when_smooth: BTreeMap<ConnectionId, i64>,
    /// What was asked for, and when first.
    pub asked: BTreeMap<IntentId, (ConnectionId, i64)>,
    /// The requests a tab still waits for.
    pub awaited: BTreeSet<u64>,
    /// With [`Flaw::Rereads`]: the record as it stood when a tab asked for its lock.
    pub unread: BTreeMap<(TabNumber, ConnectionId), Option<Held>>,
    pub lines: Option<Vec<String>>,
    pub broken: Option<String>,
}

pub(super) struct Tab {
    pub keeper: Keeper,
    /// Its timers come late.
    pub hidden: bool,
    /// A person asked here for these tokens, and need not wait.
    pub obtained: BTreeSet<ConnectionId>,
    /// Those the last attempt was made for.
    pub acting: BTreeSet<ConnectionId>,
    pub timer: u64,
    /// What happens to it once it is thawed; `None` while it runs.
    pub frozen: Option<Vec<Happening>>,
    /// When it was last thawed: nobody in it could be let go before.
    pub thawed_at: i64,
    /// The sign-out epoch when its page last heard that it runs again.
    pub resumed_in: u64,
    /// Which lock of the vault it heeded, or was unlocked after.
    pub locks: u64,
    pub shown: BTreeMap<ConnectionId, u64>,
    /// Who waits for a token.
    pub waiting: BTreeMap<WaiterId, Waiting>,
    /// The newest generations it was told of and does not have yet, and when.
    pub told: BTreeMap<ConnectionId, (u64, i64)>,
    /// Its line to the others, where news do not go straight from keeper to keeper.
    pub wire: Option<Box<Wire>>,
}

impl World {
    pub fn new(seed: u64, flaw: Flaw, traced: bool) -> Self {
        let mut dice = Dice::new(seed);
        let lifetime = dice.pick(&[20_000, 60_000, 60_000, 120_000, 300_000]);
        let connections = dice.pick(&[1, 1, 1, 2]);
        let hostile_for = dice.pick(&[0, 30_000, 60_000, 180_000]);
        let mut world = Self {
            now: 0,
            skew: 1_700_000_000_000 + dice.pick(&[0, 0, -4_000_000, 90_000]),
            clock_set: Vec::new(),
            tabs: BTreeMap::new(),
            browser: Browser::new(connections, Kind::drawn(&mut dice)),
            provider: Provider::new(lifetime),
            wires: Wires::drawn(seed, 0),
            storage_full: false,
            trap: false,
            online: true,
            lost: dice.pick(&[0, 10, 50, 100]),
            report: Report::default(),
            seed,
            flaw,
            trial: None,
            server_skew: 1_700_000_000_000,
            calm_from: hostile_for,
            awake_from: 0,
            queue: BTreeMap::new(),
            numbers: 0,
            committed: BTreeMap::new(),
            begun: BTreeMap::new(),
            committed_at: BTreeMap::new(),
            refusals: BTreeSet::new(),
            refused: BTreeMap::new(),
            asks_when_smooth: BTreeMap::new(),
            asked: BTreeMap::new(),
            awaited: BTreeSet::new(),
            unread: BTreeMap::new(),
            lines: traced.then(Vec::new),
            broken: None,
            dice,
        };
        let tabs = match world.dice.between(0, 1_000) {
            0..4 => world.dice.between(50, 201),
            4..100 => world.dice.between(5, 21),
            _ => world.dice.between(1, 5),
        };
        world.wires = Wires::drawn(seed, tabs);
        if world.wires.are_there() {
            world.at(0, Happening::Trouble);
        }
        (0..tabs).for_each(|_| world.open_tab());
        world.later(0, 1, Happening::Call);
        world.later(0, 1, Happening::Hostility);
        world.at(hostile_for, Happening::Calm);
        world
    }

    /// Runs to the end, or to the first broken promise.
    pub fn run(mut self) -> Result<Report, Broken> {
        while let Some(((at, _), happening)) = self.queue.pop_first() {
            if at > self.calm_from + SETTLING + SMOOTH || self.broken.is_some() {
                break;
            }
            self.now = at;
            self.happen(happening);
        }
        if self.broken.is_none() {
            self.check_end();
        }
        match self.broken {
            None => Ok(self.report),
            Some(promise) => Err(Broken { seed: self.seed, promise, trace: self.lines.unwrap_or_default() }),
        }
    }

    /// What the browser's clock shows.
    pub fn clock(&self) -> Timestamp {
        Timestamp::from_millis(self.now + self.skew)
    }

    pub fn is_calm(&self) -> bool {
        self.now >= self.calm_from
    }

    /// Lets something happen `low` to `high` milliseconds from now.
    pub fn later(&mut self, low: u64, high: u64, happening: Happening) {
        let delay = i64::try_from(self.dice.between(low, high)).unwrap_or(0);
        self.at(self.now + delay, happening);
    }

    pub fn at(&mut self, at: i64, happening: Happening) {
        let number = self.number();
        self.queue.insert((at, number), happening);
    }

    pub fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub fn open_tab(&mut self) {
        let number = self.number();
        let keeper = Keeper::new(TabId::new(format!("tab {number}")));
        let (shown, waiting, told) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (obtained, acting) = (BTreeSet::new(), BTreeSet::new());
        let (frozen, thawed_at, resumed_in, locks) = (None, 0, 0, self.browser.locked);
        let wire = self.wire(number);
        self.tabs.insert(
            number,
            Tab {
                keeper,
                hidden: false,
                obtained,
                acting,
                timer: 0,
                frozen,
                thawed_at,
                resumed_in,
                locks,
                shown,
                waiting,
                told,
                wire,
            },
        );
        self.begin_line(number);
        let opened = self.browser.opened();
        self.later(5, 50, Happening::Tell(number, opened));
        if !self.online {
            self.later(50, 60, Happening::Tell(number, Event::Network { online: false }));
        }
    }

    /// A tab is gone from one moment to the next; the browser frees its locks.
    pub fn kill_tab(&mut self, number: TabNumber) {
        self.note(number, || "killed".to_owned());
        self.leaves(number);
        self.tabs.remove(&number);
        self.report.killed += 1;
        let ids: Vec<ConnectionId> = self.browser.records.keys().cloned().collect();
        for id in ids {
            self.unlock(number, id, 30);
        }
    }

    pub fn unlock(&mut self, tab: TabNumber, id: ConnectionId, delay: u64) {
        if let Some(next) = self.browser.unlock(&id, tab, self.flaw, &mut self.dice) {
            self.later(delay, delay + 5, Happening::Grant(next, id));
        }
    }

    pub fn happen(&mut self, happening: Happening) {
        let Some(happening) = self.unless_frozen(happening) else { return };
        match happening {
            Happening::Tell(tab, event) => self.tell(tab, Input::Event(event)),
            Happening::Timer(tab, timer) => {
                if self.tabs.get(&tab).is_some_and(|tab| tab.timer == timer) {
                    self.tell(tab, Input::Event(Event::Woke));
                }
            }
            Happening::Grant(tab, connection) => self.grant(tab, connection),
            Happening::GiveBack(tab, connection) => self.gives_back(tab, connection),
            Happening::WriteIntent(tab, id, intent) => self.write_intent(tab, id, intent),
            Happening::Commit(tab, id, token, epoch) => self.commit(tab, id, token, epoch),
            Happening::AdvanceEpoch(tab) => self.advance_epoch(tab),
            Happening::LockVault(tab) => self.lock_vault(tab),
            Happening::HearLock(tab, lock) => self.hear_lock(tab, lock),
            Happening::Unlock(tab) => self.unlock_vault(tab),
            Happening::Arrive(request) => self.arrive(request),
            Happening::Complete(request) => self.complete(request),
            Happening::Return(request, result) => self.give_back(request, result),
            Happening::Call => self.call(),
            Happening::GoAway(tab, waiter) => self.goes_away(tab, waiter),
            Happening::Hostility => self.be_hostile(),
            Happening::Calm => self.calm_down(),
            Happening::Person => self.act_as_a_person(),
            Happening::Freeze(tab) if !self.is_calm() => self.freeze(tab),
            Happening::Freeze(_) => {}
            Happening::Thaw(tab) => self.thaw(tab),
            Happening::Resume(tab) => self.resumes(tab),
            Happening::HoldEnds(tab, connection, grant) => self.hold_ends(tab, connection, grant),
            Happening::Looks(tab, connection, wait) => self.looks(tab, connection, wait),
            Happening::WaitEnds(tab, connection, wait) => self.wait_ends(tab, connection, wait),
            Happening::Line(tab, input) => self.line(tab, input),
            Happening::Look(tab, look) => self.look(tab, look),
            Happening::Overhear(tab, way, port, spoken) => self.overhear(tab, way, port, spoken),
            Happening::Switch(worker, port, spoken) => self.switch(worker, port, &spoken),
            Happening::PassOn(worker, port) => self.pass_on_held(worker, port),
            Happening::PortClosed(worker, port) => self.port_closed(worker, port),
            Happening::RingAll(worker, timer) => self.ring_all(worker, timer),
            Happening::Trouble => self.be_trouble(),
            Happening::Heeded(told) => self.check_heard(&told),
        }
    }

    pub fn tell(&mut self, number: TabNumber, input: Input) {
        let moment =
            Moment { now: self.clock(), random: u128::from(self.dice.next()) << 64 | u128::from(self.dice.next()) };
        let line = self.lines.is_some().then(|| trace::input(&input));
        self.forget_before(number);
        self.joins(number, &input);
        self.hears(number, &input);
        if self.is_unheard(&input) {
            return;
        }
        let Some(tab) = self.tabs.get_mut(&number) else { return };
        let mut effects = tab.keeper.handle(input, moment);
        self.forget_after(number, &mut effects);
        self.report.steps += 1;
        if let Some(line) = line {
            self.note(number, || format!("{line}\n            -> {}", trace::effects(&effects)));
        }
        effects.into_iter().for_each(|effect| self.carry_out(number, effect));
        self.check_generations(number);
        self.check_told(number);
    }

    pub fn any_connection(&mut self) -> ConnectionId {
        let count = self.browser.records.len() as u64;
        ConnectionId::new(format!("c{}", self.dice.between(0, count)))
    }

    pub fn note(&mut self, tab: TabNumber, text: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{now:>7} tab {tab}: {}", text()));
        }
    }
}
