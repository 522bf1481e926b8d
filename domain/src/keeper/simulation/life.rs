//! The lives of pages: frozen and thawed, locked and unlocked, asleep with the machine.

use super::browser::TabNumber;
use super::happening::Happening;
use super::world::World;
use crate::keeper::{Command, Event, Input, News, Phase};

impl World {
    /// The tabs that run.
    pub fn running(&self) -> Vec<TabNumber> {
        self.tabs.iter().filter(|(_, tab)| tab.frozen.is_none()).map(|(number, _)| *number).collect()
    }

    /// Gives back what happens now; what would happen inside a frozen tab is kept for it. Transactions that were begun may
    /// still end, and whoever else is concerned goes on.
    pub fn unless_frozen(&mut self, happening: Happening) -> Option<Happening> {
        let number = match &happening {
            Happening::Tell(tab, _) | Happening::Timer(tab, _) | Happening::Grant(tab, _) => *tab,
            Happening::Resume(tab) | Happening::HearLock(tab, _) | Happening::Unlock(tab) => *tab,
            Happening::GiveBack(tab, _) | Happening::GoAway(tab, _) => *tab,
            Happening::HoldEnds(tab, ..) | Happening::Looks(tab, ..) | Happening::WaitEnds(tab, ..) => *tab,
            Happening::Line(tab, _) | Happening::Look(tab, _) | Happening::Overhear(tab, ..) => *tab,
            Happening::Return(request, _) => request.tab,
            _ => return Some(happening),
        };
        match self.tabs.get_mut(&number).and_then(|tab| tab.frozen.as_mut()) {
            Some(kept) => {
                kept.push(happening);
                None
            }
            None => Some(happening),
        }
    }

    /// The browser stops a tab as it is, its locks held; it is thawed after a while.
    pub fn freeze(&mut self, number: TabNumber) {
        let Some(tab) = self.tabs.get_mut(&number).filter(|tab| tab.frozen.is_none()) else { return };
        tab.frozen = Some(Vec::new());
        self.report.frozen += 1;
        self.note(number, || "frozen".to_owned());
        let (least, most) = self.frozen_for();
        self.later(least, most, Happening::Thaw(number));
    }

    /// All that came meanwhile comes now; then the page hears that it runs again.
    pub fn thaw(&mut self, number: TabNumber) {
        let now = self.now;
        let Some(tab) = self.tabs.get_mut(&number) else { return };
        let Some(kept) = tab.frozen.take() else { return };
        tab.thawed_at = now;
        self.note(number, || "thawed".to_owned());
        kept.into_iter().for_each(|happening| self.happen(happening));
        self.resume_line(number);
    }

    /// The page hears that it runs again, or is seen again.
    pub fn resumes(&mut self, number: TabNumber) {
        let epoch = self.browser.epoch;
        self.tabs.get_mut(&number).into_iter().for_each(|tab| tab.resumed_in = epoch);
        self.tell(number, Input::Event(Event::Resumed));
    }

    /// The machine sleeps: nothing of this browser happens, its clock goes on, and the provider's requests end. Gives for
    /// how long.
    pub fn sleep(&mut self) -> i64 {
        let by = self.dice.pick(&[600_000, 3_600_000, 10_800_000]);
        self.note(0, || format!("asleep for {by} ms"));
        self.report.slept += 1;
        let queue = std::mem::take(&mut self.queue);
        for ((at, number), happening) in queue {
            let elsewhere = matches!(happening, Happening::Arrive(_) | Happening::Complete(_));
            self.queue.insert((if elsewhere { at } else { at + by }, number), happening);
        }
        self.calm_from += by;
        self.awake_from = self.now + by;
        for tab in self.tabs.values_mut() {
            tab.thawed_at = self.now + by;
        }
        let tabs: Vec<TabNumber> = self.tabs.keys().copied().collect();
        for tab in tabs {
            if self.dice.chance(80) {
                self.at(self.now + by, Happening::Resume(tab));
            }
        }
        by
    }

    /// A person locks the vault in a tab; sooner or later they come back and unlock it.
    pub fn lock_in(&mut self, number: TabNumber) {
        self.count_lock(number);
        self.tell(number, Input::Command(Command::Lock));
        self.later(1, 60_000, Happening::Unlock(number));
    }

    /// The lock is durable, and the other tabs are told.
    pub fn lock_vault(&mut self, number: TabNumber) {
        self.browser.locked += 1;
        let lock = self.browser.locked;
        self.tabs.get_mut(&number).into_iter().for_each(|tab| tab.locks = lock);
        if self.wires.are_there() {
            return self.spread(number, &News::VaultLocked { generation: lock });
        }
        let others: Vec<TabNumber> = self.tabs.keys().copied().filter(|tab| *tab != number).collect();
        for tab in others {
            if self.is_calm() || !self.dice.chance(self.lost) {
                self.later(0, 500, Happening::HearLock(tab, lock));
            }
        }
    }

    /// A tab heeds a lock it has not heard of, and that is no older than its own unlocking.
    pub fn hear_lock(&mut self, number: TabNumber, lock: u64) {
        let Some(tab) = self.tabs.get_mut(&number).filter(|tab| tab.locks < lock) else { return };
        tab.locks = lock;
        self.count_lock(number);
        self.tell(number, Input::Event(Event::VaultLocked));
        self.later(1, 60_000, Happening::Unlock(number));
    }

    fn count_lock(&mut self, number: TabNumber) {
        let is_open = self.tabs.get(&number).is_some_and(|tab| tab.keeper.phase == Phase::Open);
        self.report.locked += u64::from(is_open);
    }

    /// The vault is read anew once its key is there.
    pub fn unlock_vault(&mut self, number: TabNumber) {
        let (locked, opened) = (self.browser.locked, self.browser.opened());
        let Some(tab) = self.tabs.get_mut(&number) else { return };
        if tab.keeper.phase == Phase::Locked {
            tab.locks = locked;
            self.later(5, 50, Happening::Tell(number, opened));
        }
    }
}
