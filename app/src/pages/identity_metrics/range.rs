use domain::connection::validation::Severity;
use domain::management::metrics::Choice as Span;
use domain::management::metrics::{End, Misfit, Period};
use domain::time::date::Day;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Choice, Field, Note, Notes, Select};

/// Over what time a person wants figures.
#[derive(Clone, Copy)]
pub(super) struct Range {
    choice: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    /// The day it is, in UTC as the figures are.
    pub(super) today: Memo<Day>,
    /// What was chosen, or why that is no period.
    pub(super) period: Memo<Result<Period, Misfit>>,
}

impl Range {
    /// The last thirty days.
    pub(super) fn new() -> Self {
        let now = expect_context::<Ports>().desk.now;
        let choice = RwSignal::new(Span::Month.value().to_owned());
        let (from, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let today = Memo::new(move |_| Day::of(now.get().unwrap_or_default()));
        let period = Memo::new(move |_| {
            let span = choice.with(|value| Span::of(value)).unwrap_or(Span::Month);
            from.with(|from| to.with(|to| Period::chosen(span, from, to, today.get())))
        });
        Self { choice, from, to, today, period }
    }

    /// The choice, and two days for a range of one's own. These begin with what was shown before.
    pub(super) fn form(self) -> AnyView {
        let choices = Span::ALL.map(|span| Choice::new(span.value(), span.label())).to_vec();
        let is_custom = Memo::new(move |_| self.choice.with(|value| value == Span::Custom.value()));
        Effect::new(move |before: Option<Option<Period>>| {
            let shown = self.period.get().ok();
            if is_custom.get() && self.from.with_untracked(String::is_empty) && self.to.with_untracked(String::is_empty)
            {
                let earlier = before.flatten();
                self.from.set(earlier.map(|period| period.first.to_string()).unwrap_or_default());
                self.to.set(earlier.map(|period| period.last.to_string()).unwrap_or_default());
            }
            shown.or(before.flatten())
        });
        let days = move || {
            is_custom.get().then(|| {
                view! {
                    <Field id="metrics-from" label="First day" kind="date" value=self.from notes=self.notes(End::From) />
                    <Field id="metrics-to" label="Last day" kind="date" value=self.to notes=self.notes(End::To) />
                }
            })
        };
        let words = move || match self.period.get() {
            Ok(period) => format!("{}, in UTC.", period.words()),
            Err(_) => String::new(),
        };
        view! {
            <section class="card range" aria-label="Period">
                <div class="range-fields">
                    <Select id="metrics-period" label="Period" value=self.choice choices=Signal::stored(choices) />
                    {days}
                </div>
                <p class="hint" role="status">{words}</p>
            </section>
        }
        .into_any()
    }

    fn notes(self, end: End) -> Notes {
        Signal::derive(move || {
            let wrong = self.period.get().err().filter(|misfit| misfit.end == end);
            wrong.map(|misfit| Note { severity: Severity::Error, text: misfit.words.to_owned() }).into_iter().collect()
        })
    }
}
