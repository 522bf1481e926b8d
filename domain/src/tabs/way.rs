use serde::{Deserialize, Serialize};

/// A way for messages to travel between the tabs of a browser; the later one is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// `storage` events of localStorage: in every browser, with the whole text written to disk and taken away again.
    Storage,
    /// `BroadcastChannel`: straight from tab to tab.
    Channel,
    /// A `SharedWorker` between them: it confirms what it passed on, knows who is there, and wakes hidden tabs in time.
    Worker,
}

impl Way {
    /// All of them, the best first.
    pub const ALL: [Self; 3] = [Self::Worker, Self::Channel, Self::Storage];

    /// The name in messages and in preferences.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Channel => "channel",
            Self::Worker => "worker",
        }
    }

    /// The way with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ways(u8);

impl Ways {
    /// No way at all.
    pub const NONE: Self = Self(0);

    /// The ways a tab uses when it stands on this one: it, and all below.
    pub fn up_to(best: Way) -> Self {
        Way::ALL.into_iter().filter(|way| *way <= best).collect()
    }

    /// Whether this one is among them.
    pub const fn has(self, way: Way) -> bool {
        self.0 & way.bit() != 0
    }

    /// These and that one.
    #[must_use]
    pub const fn with(self, way: Way) -> Self {
        Self(self.0 | way.bit())
    }

    /// These without that one.
    #[must_use]
    pub const fn without(self, way: Way) -> Self {
        Self(self.0 & !way.bit())
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The best of them.
    pub fn best(self) -> Option<Way> {
        self.iter().next()
    }

    /// Each of them, the best first.
    pub fn iter(self) -> impl Iterator<Item = Way> {
        Way::ALL.into_iter().filter(move |way| self.has(*way))
    }

    /// Each of them, the one that takes the fewest steps first.
    pub fn swiftest_first(self) -> impl Iterator<Item = Way> {
        [Way::Channel, Way::Worker, Way::Storage].into_iter().filter(move |way| self.has(*way))
    }

    /// The ways on which a message is told so that each of the others hears it: the best of these, and for each who has
    /// not got that one the best both have.
    #[must_use]
    pub fn reaching(self, others: impl IntoIterator<Item = Self>) -> Self {
        let best = self.best();
        let common = others.into_iter().filter(|theirs| best.is_some_and(|best| !theirs.has(best)));
        common.filter_map(|theirs| self.and(theirs).best()).chain(best).collect()
    }
}

impl FromIterator<Way> for Ways {
    fn from_iter<T: IntoIterator<Item = Way>>(ways: T) -> Self {
        ways.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ways(names: &[Way]) -> Ways {
        names.iter().copied().collect()
    }

    #[test]
    fn a_way_is_found_by_its_name_and_no_other() {
        for way in Way::ALL {
            assert_eq!(Way::from_name(way.name()), Some(way));
        }
        assert_eq!(Way::from_name("pigeon"), None);
    }

    #[test]
    fn where_all_have_the_best_way_only_that_is_used() {
        let all = Ways::up_to(Way::Worker);
        assert_eq!(all.reaching([all, all]), ways(&[Way::Worker]));
        assert_eq!(all.reaching([]), ways(&[Way::Worker]));
    }

    #[test]
    fn a_tab_that_stepped_down_is_reached_on_the_best_way_both_have() {
        let all = Ways::up_to(Way::Worker);
        assert_eq!(all.reaching([all, Ways::up_to(Way::Channel)]), ways(&[Way::Worker, Way::Channel]));
        assert_eq!(Ways::up_to(Way::Channel).reaching([all]), ways(&[Way::Channel]));
    }

    fn any_ways() -> impl Strategy<Value = Ways> {
        (0..8_u8).prop_map(Ways)
    }

    proptest! {
        #[test]
        fn everybody_with_a_way_in_common_is_reached(mine in any_ways(), others in prop::collection::vec(any_ways(), 0..6)) {
            let told = mine.reaching(others.iter().copied());
            prop_assert_eq!(told.and(mine), told);
            for theirs in others {
                prop_assert_eq!(mine.and(theirs).is_empty(), told.and(theirs).is_empty());
            }
        }
    }
}
