use super::browser::TabNumber;
use super::happening::Happening;
use super::provider::Mood;
use super::world::{Tab, World};
use crate::id::ConnectionId;
use crate::keeper::{Command, Event, Input, Phase, Remedy};

impl World {
    /// Does one nasty thing, and comes back for the next.
    pub fn be_hostile(&mut self) {
        if self.is_calm() {
            return;
        }
        let mut asleep = 0;
        let tabs = self.running();
        let any = (!tabs.is_empty()).then(|| self.dice.pick(&tabs));
        match (self.dice.between(0, 100), any) {
            (0..25, _) => self.change_mood(),
            (25..40, Some(tab)) => self.kill_tab(tab),
            (40..53, _) if tabs.len() < 20 => self.open_tab(),
            (53..55, _) => asleep = self.sleep(),
            (55..57, Some(tab)) => self.freeze(tab),
            (57..59, _) => self.trap = true,
            (59..65, Some(tab)) => {
                let now = self.now;
                if let Some(page) = self.tabs.get_mut(&tab) {
                    // Its timers came late until now.
                    page.thawed_at = if page.hidden { now } else { page.thawed_at };
                    page.hidden = !page.hidden;
                    let seen = !page.hidden;
                    self.is_seen(tab, seen);
                }
                self.resumes(tab);
            }
            (65..78, Some(tab)) => {
                let connection = self.any_connection();
                self.obtain(tab, connection);
            }
            (78..83, _) => self.set_clock(),
            (83..88, _) => self.storage_full = !self.storage_full,
            (88..90, Some(tab)) => {
                self.tell(tab, Input::Command(Command::SignOut));
                self.open_tab();
            }
            (90..93, Some(tab)) => self.lock_in(tab),
            (93..100, _) => self.lost = self.dice.pick(&[0, 10, 50, 100]),
            _ => {}
        }
        let pause = i64::try_from(self.dice.between(10, 8_000)).unwrap_or(10);
        self.at(self.now + asleep + pause, Happening::Hostility);
    }

    /// A person asks for a token, whatever there is to wait for.
    fn obtain(&mut self, number: TabNumber, connection: ConnectionId) {
        if let Some(tab) = self.tabs.get_mut(&number) {
            tab.obtained.insert(connection.clone());
        }
        self.tell(number, Input::Command(Command::Obtain(connection)));
    }

    fn change_mood(&mut self) {
        let moods = [
            Mood::Well,
            Mood::Well,
            Mood::Slow,
            Mood::Stuck,
            Mood::Unreachable,
            Mood::Down,
            Mood::Throttling,
            Mood::Refusing,
        ];
        self.provider.mood = self.dice.pick(&moods);
        let mood = self.provider.mood;
        self.note(0, || format!("the provider is now: {mood:?}"));
        let online = !self.provider.is_unreachable() || self.dice.chance(50);
        if online != self.online {
            self.online = online;
            let tabs: Vec<TabNumber> = self.tabs.keys().copied().collect();
            tabs.into_iter().for_each(|tab| self.later(0, 500, Happening::Tell(tab, Event::Network { online })));
        }
    }

    fn set_clock(&mut self) {
        let by = self.dice.pick(&[3_600_000, -3_600_000, 30_000, -30_000, 86_400_000]);
        self.skew += by;
        self.clock_set.push((self.now, by));
        self.note(0, || format!("the clock is set by {by} ms"));
    }

    /// The provider is well, the clock and the storage work, no news are lost, and somebody opens a tab.
    pub fn calm_down(&mut self) {
        self.note(0, || "from here on everything is well".to_owned());
        self.provider.mood = Mood::Well;
        (self.storage_full, self.online) = (false, true);
        self.wires.no_worker = false;
        let frozen: Vec<TabNumber> = self.tabs.keys().copied().collect();
        frozen.into_iter().for_each(|number| self.thaw(number));
        let closed = |tab: &Tab| tab.keeper.phase == Phase::SignedOut;
        let signed_out: Vec<TabNumber> =
            self.tabs.iter().filter(|(_, tab)| closed(tab)).map(|(number, _)| *number).collect();
        signed_out.into_iter().for_each(|number| self.kill_tab(number));
        self.open_tab();
        let numbers: Vec<TabNumber> = self.tabs.keys().copied().collect();
        for number in numbers {
            self.unlock_vault(number);
            self.tabs.get_mut(&number).into_iter().for_each(|tab| tab.hidden = false);
            self.is_seen(number, true);
            self.tell(number, Input::Event(Event::Network { online: true }));
            self.resumes(number);
        }
        let newest = self.tabs.keys().next_back().copied().unwrap_or_default();
        let opened = self.browser.opened();
        self.tell(newest, Input::Event(opened));
        // Our server repeats a refusal for a minute.
        self.at(self.now + 65_000, Happening::Person);
    }

    /// Obtains what waits for a person, in each tab that says so, and what nobody wanted yet.
    pub fn act_as_a_person(&mut self) {
        let mut wanted = Vec::new();
        for (number, tab) in &self.tabs {
            for (id, entry) in &tab.keeper.entries {
                let stopped = entry.failure.as_ref().is_some_and(|failure| failure.remedy == Remedy::Person);
                if stopped || entry.token.is_none() {
                    wanted.push((*number, id.clone()));
                }
            }
        }
        for (number, id) in wanted {
            let asks = self.dice.chance(50) || self.tabs.keys().next_back() == Some(&number);
            if asks {
                self.obtain(number, id);
            }
        }
    }
}
