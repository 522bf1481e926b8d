//! What there is to see of a line.

use super::super::known::Other;
use super::super::message::Hello;
use super::super::report::{OtherTab, TabsReport, WakesBy};
use super::Line;
use crate::id::TabId;

impl Line {
    /// What there is to see.
    pub fn report(&self) -> TabsReport {
        let me = OtherTab {
            id: self.me.clone(),
            ways: self.mine(),
            since: self.since,
            seen: self.seen,
            heard_at: self.since,
            silent_since: None,
        };
        let others: Vec<OtherTab> = self.known.iter().map(|(id, other)| shown(id, other)).collect();
        TabsReport {
            wakes: self.wakes(&me, &others),
            excludes: None,
            me,
            way: self.mine().best(),
            wanted: self.wanted,
            others,
            steps: self.steps.to_vec(),
            log: self.log.to_vec(),
            counts: self.counts,
            round_trip: self.round_trip.response(),
        }
    }

    fn wakes(&self, me: &OtherTab, others: &[OtherTab]) -> WakesBy {
        if self.link.is_open() {
            return WakesBy::Worker;
        }
        let awake = others.iter().filter(|other| other.silent_since.is_none());
        let first = awake.chain([me]).min_by_key(|tab| (!tab.seen, tab.since, &tab.id));
        WakesBy::Tab(first.map_or_else(|| self.me.clone(), |tab| tab.id.clone()))
    }
}

fn shown(id: &TabId, other: &Other) -> OtherTab {
    let Hello { since, seen, .. } = other.hello;
    let (ways, heard_at, silent_since) = (other.ways(), other.heard_at, other.silent_since);
    OtherTab { id: id.clone(), ways, since, seen, heard_at, silent_since }
}
