use std::time::Duration;

use leptos::prelude::*;

use crate::Ports;

/// How long callers wait unseen: most renewals are over by then, and a banner that flickers helps nobody.
const UNSEEN: Duration = Duration::from_millis(300);

/// What is said of requests that wait for a token; nothing in normal operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Requests wait for a renewal.
    Connecting,
    /// A renewal failed that requests waited for, and is tried again.
    Issue,
}

impl Said {
    fn class(self) -> &'static str {
        match self {
            Self::Connecting => "connecting info",
            Self::Issue => "connecting bad",
        }
    }

    /// The sign, which is only for the eye, and the words.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Connecting => ("🔄", "Connecting..."),
            Self::Issue => ("⚠️", "Connection issue, retrying..."),
        }
    }
}

/// An issue is said while it is new, whatever waits again meanwhile; else that requests have waited for a while.
fn said(waited: bool, issue: bool) -> Option<Said> {
    match (issue, waited) {
        (true, _) => Some(Said::Issue),
        (false, true) => Some(Said::Connecting),
        (false, false) => None,
    }
}

/// The one line over the page while requests wait for a token, or when a renewal they waited for failed.
pub(super) fn connecting() -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let (waiting_since, let_down_at) = {
        let (callers, other) = (view.clone(), view.clone());
        (
            Memo::new(move |_| callers.with(|view| view.callers.waiting_since)),
            Memo::new(move |_| other.with(|view| view.callers.let_down_at)),
        )
    };
    let waited = RwSignal::new(false);
    Effect::new(move |_| {
        let since = waiting_since.get();
        waited.set(false);
        if since.is_some() {
            later(UNSEEN, move || waited.try_set(waiting_since.try_get_untracked() == Some(since)));
        }
    });
    let issue = RwSignal::new(false);
    Effect::new(move |_| {
        let at = let_down_at.get();
        issue.set(at.is_some());
        let shown = Duration::from_millis(view.with_untracked(|view| view.settings.issue_shown.millis()));
        if at.is_some() {
            later(shown, move || issue.try_update(|issue| *issue &= let_down_at.try_get_untracked() != Some(at)));
        }
    });
    let shown = move || {
        let said = said(waited.get(), issue.get())?;
        let (sign, words) = said.words();
        Some(view! { <p class=said.class()><span aria-hidden="true">{sign} " "</span>{words}</p> })
    };
    view! { <div class="connection-status" role="status" aria-live="polite">{shown}</div> }.into_any()
}

fn later<T>(time: Duration, then: impl FnOnce() -> T + 'static) {
    set_timeout(move || drop(then()), time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_said_over_requests_that_wait_again() {
        assert_eq!(said(false, false), None);
        assert_eq!(said(true, false), Some(Said::Connecting));
        assert_eq!([said(true, true), said(false, true)], [Some(Said::Issue); 2]);
    }
}
