use domain::connection::validation::Severity;
use domain::management::activities::{Beside, Choice as RangeChoice, RangeError, Search};
use domain::time::date::{self, DAY};
use leptos::prelude::*;

use super::reading::Reading;
use crate::Ports;
use crate::components::{Button, Choice, Field, Icon, Look, Note, Select, icon};

/// The types PingOne names most; any other can be entered.
const ACTION_TYPES: [&str; 12] = [
    "USER.ACCESS_ALLOWED",
    "USER.ACCESS_DENIED",
    "USER.CREATED",
    "USER.UPDATED",
    "USER.DELETED",
    "SESSION.CREATED",
    "SESSION.DELETED",
    "APPLICATION.CREATED",
    "APPLICATION.UPDATED",
    "APPLICATION.DELETED",
    "ROLE_ASSIGNMENT.CREATED",
    "ROLE_ASSIGNMENT.DELETED",
];
/// The value of the choice to enter another type.
const ANOTHER: &str = "another";
/// How far back PingOne reads without restoring entries first.
const AT_HAND_DAYS: u64 = 14;

/// What a person asks of the log.
#[derive(Clone, Copy)]
pub(super) struct Form {
    range: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    beside: RwSignal<String>,
    action: RwSignal<String>,
    value: RwSignal<String>,
    error: RwSignal<Option<Wrong>>,
}

/// What is wrong with what was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Range(RangeError),
    Value,
}

impl Form {
    pub(super) fn new() -> Self {
        Self {
            range: RwSignal::new(RangeChoice::default().name().to_owned()),
            from: RwSignal::new(String::new()),
            to: RwSignal::new(String::new()),
            beside: RwSignal::new(String::new()),
            action: RwSignal::new(ACTION_TYPES[0].to_owned()),
            value: RwSignal::new(String::new()),
            error: RwSignal::new(None),
        }
    }

    /// Reads the log for what is entered, or says what is wrong with it.
    pub(super) fn search(self, reading: Reading) {
        match self.read() {
            Ok(search) => {
                self.error.set(None);
                reading.begin(search);
            }
            Err(wrong) => self.error.set(Some(wrong)),
        }
    }

    fn choice(self) -> RangeChoice {
        self.range.with(|name| RangeChoice::from_name(name))
    }

    fn condition(self) -> Option<Beside> {
        self.beside.with(|name| Beside::from_attribute(name))
    }

    /// Whether the value is a text of its own.
    fn is_entered(self) -> bool {
        match self.condition() {
            None => false,
            Some(Beside::ActionType) => self.action.with(|action| action == ANOTHER),
            Some(_) => true,
        }
    }

    fn read(self) -> Result<Search, Wrong> {
        untrack(|| {
            let now = expect_context::<Ports>().desk.now.get().unwrap_or_default();
            let range = self.choice().range(now, &self.from.get(), &self.to.get()).map_err(Wrong::Range)?;
            let value = if self.is_entered() { self.value.get() } else { self.action.get() };
            let beside = self.condition().map(|beside| (beside, value.trim().to_owned()));
            if beside.as_ref().is_some_and(|(_, value)| value.is_empty()) {
                return Err(Wrong::Value);
            }
            Ok(Search { range, beside })
        })
    }

    pub(super) fn shown(self, reading: Reading) -> AnyView {
        let submit = move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            self.search(reading);
        };
        view! {
            <form class="card search" on:submit=submit>
                <div class="search-fields">
                    {self.range_choice()}
                    {self.custom()}
                    {self.beside_choice()}
                    {self.value_field()}
                    <Button
                        label="Search"
                        picture=Icon::Find
                        look=Look::Primary
                        submit=true
                        busy=reading.is_busy()
                        busy_words="Reading…"
                    />
                </div>
                {self.older_note()}
            </form>
        }
        .into_any()
    }

    fn range_choice(self) -> AnyView {
        let choices: Vec<Choice> =
            RangeChoice::ALL.into_iter().map(|(_, name, words)| Choice::new(name, words)).collect();
        let suggested = expect_context::<Ports>().desk.now;
        Effect::new(move |_| {
            // The custom range begins with the last day, so that there is something to change.
            let is_new = self.choice() == RangeChoice::Custom && self.from.with_untracked(String::is_empty);
            if let Some(now) = suggested.get_untracked().filter(|_| is_new) {
                let entered = |moment| date::utc(moment).chars().take(16).collect::<String>();
                self.from.set(entered(now - DAY));
                self.to.set(entered(now));
            }
        });
        view! { <Select id="audit-range" label="When" value=self.range choices=Signal::stored(choices) /> }.into_any()
    }

    fn custom(self) -> AnyView {
        let is_custom = Memo::new(move |_| self.choice() == RangeChoice::Custom);
        let notes = move |end: bool| {
            Signal::derive(move || match self.error.get() {
                Some(Wrong::Range(error))
                    if end == (error != RangeError::NoBeginning && error != RangeError::Ahead) =>
                {
                    vec![wrong(&error.to_string())]
                }
                _ => Vec::new(),
            })
        };
        let shown = move || {
            is_custom.get().then(|| {
                view! {
                    <Field id="audit-from" label="From (UTC)" kind="datetime-local" value=self.from notes=notes(false) />
                    <Field id="audit-to" label="To (UTC)" kind="datetime-local" value=self.to notes=notes(true) />
                }
            })
        };
        view! { {shown} }.into_any()
    }

    fn beside_choice(self) -> AnyView {
        let all = std::iter::once(Choice::new("", "Everything"));
        let choices: Vec<Choice> =
            all.chain(Beside::ALL.into_iter().map(|(_, name, words)| Choice::new(name, words))).collect();
        view! { <Select id="audit-beside" label="Only by" value=self.beside choices=Signal::stored(choices) /> }
            .into_any()
    }

    fn value_field(self) -> AnyView {
        let condition = Memo::new(move |_| self.condition());
        let is_entered = Memo::new(move |_| self.is_entered());
        let types: Vec<Choice> = ACTION_TYPES
            .into_iter()
            .map(|name| Choice::new(name, name))
            .chain([Choice::new(ANOTHER, "Another type…")])
            .collect();
        let notes = Signal::derive(move || match self.error.get() {
            Some(Wrong::Value) => vec![wrong("Enter what is looked for.")],
            _ => Vec::new(),
        });
        let types = StoredValue::new(types);
        let action = move || {
            (condition.get() == Some(Beside::ActionType)).then(|| {
                let choices = Signal::stored(types.get_value());
                view! { <Select id="audit-action" label="Action type" value=self.action choices /> }
            })
        };
        let text = move || {
            let beside = condition.get().filter(|_| is_entered.get())?;
            let label = Beside::ALL.into_iter().find(|(one, ..)| *one == beside).map_or("Value", |(.., words)| words);
            Some(view! { <Field id="audit-value" label=label code=true value=self.value notes /> })
        };
        view! { {action} {text} }.into_any()
    }

    /// What to know of a range that reaches far back.
    fn older_note(self) -> AnyView {
        let now = expect_context::<Ports>().desk.now;
        let is_old = Memo::new(move |_| {
            let now = now.get().unwrap_or_default();
            let range = self.choice().range(now, &self.from.get(), &self.to.get());
            range.is_ok_and(|range| now.since(range.from) > DAY.scaled(AT_HAND_DAYS, 1))
        });
        let shown = move || {
            is_old.get().then(|| {
                view! {
                    <p class="hint">
                        {icon(Icon::Alert)}
                        "PingOne has the last 14 days at hand. Older entries may be missing until an admin restores them there."
                    </p>
                }
            })
        };
        view! { {shown} }.into_any()
    }
}

fn wrong(text: &str) -> Note {
    Note { severity: Severity::Error, text: text.to_owned() }
}
