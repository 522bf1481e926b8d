use std::sync::Arc;

use domain::api::audit::{AuditEvents, Chain};
use domain::api::{Api, Problem};
use domain::audit::{Event, Filter};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::Ports;
use crate::ask::ask_at;

/// What is known of the events that fit, beside the events.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// Where the older ones begin; `None` when all are shown.
    pub(super) older: Option<u64>,
    /// How many fit, counted up to 10,000.
    pub(super) total: u64,
    /// How far the whole log reaches.
    pub(super) chain: Chain,
}

/// The events that fit the filter in the address, the newest first, as far as they were read.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// Which are wanted. It stands in the address, so that a reload, a link and the way back keep it.
    pub(super) filter: Memo<Filter>,
    pub(super) events: RwSignal<Option<Vec<Event>>>,
    pub(super) facts: RwSignal<Option<Facts>>,
    pub(super) busy: RwSignal<bool>,
    pub(super) problem: RwSignal<Option<Problem>>,
    /// Which request is the newest: the answers of others are dropped.
    turn: StoredValue<u32>,
    api: StoredValue<Arc<dyn Api>>,
    go: Callback<Filter>,
}

impl Reading {
    /// Reads as soon as it is known that the person may, and anew whenever the filter changes. Nothing is asked on the server:
    /// names and addresses of people are in no page's source.
    pub(super) fn begin(audits: Memo<Option<bool>>) -> Self {
        let query = use_query_map();
        let filter = Memo::new(move |_| query.with(|query| Filter::read(|name| query.get(name)).unwrap_or_default()));
        let reading = Self {
            filter,
            events: RwSignal::new(None),
            facts: RwSignal::new(None),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            turn: StoredValue::new(0),
            api: StoredValue::new(expect_context::<Ports>().api),
            go: go_to(),
        };
        Effect::new(move |_| {
            filter.track();
            if audits.get() == Some(true) {
                reading.events.set(None);
                reading.read(None);
            }
        });
        reading
    }

    /// Narrows to another filter.
    pub(super) fn narrow(self, filter: Filter) {
        self.go.run(filter);
    }

    /// Reads the newest that fit, or those from before a place.
    pub(super) fn read(self, before: Option<u64>) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.busy.set(true);
        let mut query = self.filter.with_untracked(Filter::query);
        if let Some(before) = before {
            query.push_str(if query.is_empty() { "" } else { "&" });
            query.push_str(&format!("before={before}"));
        }
        let api = self.api.get_value();
        spawn_local(async move {
            let answer = ask_at(api, AuditEvents, &format!("?{query}")).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.busy.try_set(false);
            match answer {
                Ok(page) => {
                    self.problem.try_set(None);
                    self.facts.try_set(Some(Facts { older: page.older, total: page.total, chain: page.chain }));
                    self.events.try_update(|events| match (before, events) {
                        (Some(_), Some(events)) => events.extend(page.events),
                        (_, events) => *events = Some(page.events),
                    });
                }
                Err(problem) => {
                    self.problem.try_set(Some(problem));
                }
            }
        });
    }
}

fn go_to() -> Callback<Filter> {
    let navigate = use_navigate();
    Callback::new(move |filter: Filter| {
        let query = filter.query();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        navigate(&format!("/admin/audit{query}"), NavigateOptions { scroll: false, ..NavigateOptions::default() });
    })
}
