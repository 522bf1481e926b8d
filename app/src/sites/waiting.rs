use domain::site::{SiteRefusal, TestReport};
use leptos::html;
use leptos::prelude::*;

use super::{refused, reported};
use crate::dom;

/// One deed with a token that takes a while: whether it runs, and what came of it.
#[derive(Clone, Copy)]
pub(crate) struct Waiting {
    /// Whether it runs now.
    pub(crate) busy: RwSignal<bool>,
    outcome: RwSignal<Option<Result<TestReport, SiteRefusal>>>,
}

impl Waiting {
    /// A deed not begun.
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), outcome: RwSignal::new(None) }
    }

    /// Begins; `false` when it runs already.
    pub(crate) fn begin(self) -> bool {
        let begins = self.busy.try_get_untracked() == Some(false);
        if begins {
            self.busy.set(true);
            self.outcome.set(None);
        }
        begins
    }

    /// It was done, and there is nothing to say of it.
    pub(crate) fn done(self) {
        self.busy.try_set(false);
    }

    /// It ended so. Nobody hears of it when the place was left meanwhile.
    pub(crate) fn ended(self, outcome: Result<TestReport, SiteRefusal>) {
        self.busy.try_set(false);
        self.outcome.try_set(Some(outcome));
    }

    /// Forgets what came of it.
    pub(crate) fn forget(self) {
        self.outcome.set(None);
    }

    /// Whether it ended with a test that did not succeed, so that a person may want to go on all the same.
    pub(crate) fn failed_test(self) -> bool {
        self.outcome.with(|outcome| matches!(outcome, Some(Err(SiteRefusal::TestFailed(_)))))
    }

    /// Whether it ended well.
    pub(crate) fn report(self) -> Option<TestReport> {
        self.outcome.with(|outcome| outcome.as_ref().and_then(|outcome| outcome.as_ref().ok()).cloned())
    }

    /// What came of it, for a person.
    pub(crate) fn said(self) -> AnyView {
        let shown = move || {
            self.outcome.get().map(|outcome| match outcome {
                Ok(report) => reported(&report),
                Err(refusal) => refused(refusal),
            })
        };
        let node = NodeRef::<html::Div>::new();
        // In a long form it may stand below what is in sight.
        Effect::new(move |_| {
            if self.outcome.with(Option::is_some) {
                request_animation_frame(move || {
                    if let Some(Some(node)) = node.try_get_untracked() {
                        dom::bring_into_sight(&node);
                    }
                });
            }
        });
        view! { <div class="said" aria-live="polite" node_ref=node>{shown}</div> }.into_any()
    }
}
