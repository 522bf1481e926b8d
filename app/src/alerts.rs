//! Alerts of the audit log: what the rail counts and the page of alerts lists.

use std::sync::Arc;

use domain::api::Problem;
use domain::api::audit::Alerts;
use domain::audit::suspicion::Alert;
use domain::time::{Span, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use crate::Ports;
use crate::ask::ask;
use crate::session::SignedIn;

/// How soon after a look the next one follows by itself.
const PAUSE: Span = Span::from_seconds(30);

/// What is known of the alerts. It is looked again when a page is opened and when the tab is seen again, not by a timer: a
/// page nobody looks at must not keep a session alive.
#[derive(Clone, Copy)]
pub(crate) struct AlertWatch {
    /// The alerts, those nobody has acknowledged first; `None` until they are known.
    pub(crate) all: RwSignal<Option<Vec<Alert>>>,
    /// Why they could not be read last.
    pub(crate) trouble: RwSignal<Option<Problem>>,
    looked: StoredValue<Option<Timestamp>>,
    ports: StoredValue<Ports>,
}

impl AlertWatch {
    /// Looks for alerts, for all pages below, if the person may see them.
    pub(crate) fn provide(signed_in: SignedIn) {
        let watch = Self {
            all: RwSignal::new(None),
            trouble: RwSignal::new(None),
            looked: StoredValue::new(None),
            ports: StoredValue::new(expect_context::<Ports>()),
        };
        provide_context(watch);
        let (audits, path) = (signed_in.audits(), use_location().pathname);
        Effect::new(move |_| {
            path.track();
            if audits.get() == Some(true) {
                watch.look_if_due();
            }
        });
        Effect::new(move |_| {
            let seen = window_event_listener_untyped("visibilitychange", move |_| {
                if !document().hidden() && audits.try_get_untracked() == Some(Some(true)) {
                    watch.look_if_due();
                }
            });
            on_cleanup(move || seen.remove());
        });
    }

    /// How many nobody has acknowledged.
    pub(crate) fn open(self) -> usize {
        self.all.with(|all| all.iter().flatten().filter(|alert| alert.acknowledged_at.is_none()).count())
    }

    fn look_if_due(self) {
        let now = self.ports.with_value(|ports| (ports.desk.clock)());
        if self.looked.get_value().is_none_or(|looked| now.since(looked) >= PAUSE || now < looked) {
            self.look();
        }
    }

    /// Reads them now.
    pub(crate) fn look(self) {
        let Some((api, now)) = self.ports.try_with_value(|ports| (Arc::clone(&ports.api), (ports.desk.clock)())) else {
            return;
        };
        self.looked.set_value(Some(now));
        spawn_local(async move {
            match ask(api, Alerts, ()).await {
                Ok(alerts) => {
                    self.trouble.try_set(None);
                    self.all.try_set(Some(alerts));
                }
                Err(problem) => {
                    self.trouble.try_set(Some(problem));
                }
            }
        });
    }

    /// Takes in what became of one alert.
    pub(crate) fn changed(self, alert: &Alert) {
        self.all.try_update(|all| {
            if let Some(known) = all.iter_mut().flatten().find(|known| known.id == alert.id) {
                known.clone_from(alert);
            }
        });
    }
}
