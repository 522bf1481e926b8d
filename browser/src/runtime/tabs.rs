//! What the other tabs say, and what happens to this one's page.

use std::rc::Rc;

use domain::keeper::{Event, Input, News};
use domain::tabs::TabsReport;
use domain::time::{Span, Timestamp};

use super::{Inner, Runtime};
use crate::locks;
use crate::page::{self, PageEvent};
use crate::tabs::{Said, Tabs};
use crate::vault::leaving;

/// How far the shared worker's clock may be ahead of the page's: both read the same one.
const AHEAD: Span = Span::from_millis(50);

impl Runtime {
    /// Which tabs there are; `call` asks them first. `None` before the line to them is open.
    pub fn tabs(&self, call: bool) -> Option<TabsReport> {
        let tabs = self.inner.tabs.borrow();
        let tabs = tabs.as_ref()?;
        if call {
            tabs.call();
        }
        Some(TabsReport { excludes: Some(locks::excludes_by()), ..tabs.report() })
    }
}

impl Inner {
    pub(super) fn said(self: &Rc<Self>, said: Said) {
        match said {
            Said::News(news) => self.hear(news),
            Said::Ring => self.alarm.check_within(AHEAD),
            Said::Missed => self.woke(),
            Said::Deaf => {
                self.at_hand.go_blind();
                if let Ok(vault) = self.vault() {
                    vault.cache_nothing();
                }
            }
        }
    }

    /// News drop what they outdate before the keeper hears of them.
    pub(super) fn hear(self: &Rc<Self>, news: News) {
        self.at_hand.hear(&news);
        if let Ok(vault) = self.vault() {
            vault.hear(&news);
        }
        if matches!(news, News::Sites { .. }) {
            self.reread_sites();
        }
        self.hear_of_sync(&news);
        self.hear_of_key(&news);
        self.feed(Input::Event(Event::Heard(news)));
    }

    pub(super) fn tell(&self, news: &News) {
        self.with_tabs(|tabs| tabs.tell(news));
    }

    /// The page's own timer, and beside it the shared worker's, which is not throttled while the page is hidden.
    pub(super) fn wake_at(&self, time: Timestamp) {
        self.alarm.set(time);
        self.with_tabs(|tabs| tabs.wake_at(time));
    }

    pub(super) fn with_tabs(&self, then: impl FnOnce(&Tabs)) {
        if let Some(tabs) = &*self.tabs.borrow() {
            then(tabs);
        }
    }

    pub(super) fn page_event(self: &Rc<Self>, event: PageEvent) {
        if matches!(event, PageEvent::Woke | PageEvent::Hidden) {
            self.ticking.follow();
            self.with_tabs(|tabs| tabs.seen(page::is_visible()));
        }
        match event {
            PageEvent::Woke => self.woke(),
            PageEvent::Hidden => {
                self.page_hidden();
                self.write_site_uses(true);
                self.part_with_reports();
                self.look_after_site_prompts();
            }
            PageEvent::Left => {
                self.part_from_clearing();
                leaving::leave();
                self.with_tabs(Tabs::leave);
            }
            // Both say that news may have been missed, so the page wakes.
            PageEvent::Back => {
                leaving::back();
                self.with_tabs(Tabs::back);
            }
            PageEvent::Resumed => self.with_tabs(Tabs::resumed),
            PageEvent::Network { online } => {
                self.feed(Input::Event(Event::Network { online }));
                if online {
                    self.network_is_back();
                    self.sync_with_network();
                }
            }
        }
    }

    /// A page that stood still has heard nothing meanwhile.
    fn woke(self: &Rc<Self>) {
        if self.leave_if_removed() {
            return;
        }
        self.at_hand.clear();
        if let Ok(vault) = self.vault() {
            vault.distrust();
        }
        self.look_after_idle();
        self.distrust_key();
        self.tick();
        self.alarm.check();
        self.look_after_warnings();
        self.reread_sites();
        self.look_after_site_prompts();
        self.sync_on_waking();
        self.feed(Input::Event(Event::Resumed));
    }
}
