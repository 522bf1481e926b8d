use domain::api::users::{User, Users};
use domain::audit::{Action, Filter, Group, Outcome};
use domain::connection::validation::Severity;
use domain::id::{TenantId, UserId};
use domain::site::SiteId;
use domain::time::{Timestamp, date};
use leptos::prelude::*;

use super::reading::Reading;
use crate::ask::load;
use crate::components::{Button, Choice, Field, Icon, Look, Note, Notes, Select};

/// What a person narrows the log by, while they enter it.
#[derive(Clone, Copy)]
struct Form {
    text: RwSignal<String>,
    user: RwSignal<String>,
    group: RwSignal<String>,
    action: RwSignal<String>,
    outcome: RwSignal<String>,
    tenant: RwSignal<String>,
    site: RwSignal<String>,
    from: RwSignal<String>,
    until: RwSignal<String>,
    wrong: RwSignal<Option<(&'static str, &'static str)>>,
}

/// The form above the list. It follows the address: the way back brings back what was looked for.
pub(super) fn filters(reading: Reading) -> AnyView {
    let form = Form::new();
    Effect::new(move |_| reading.filter.with(|filter| form.show(filter)));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match form.read() {
            Ok(filter) => {
                form.wrong.set(None);
                // The same once more means: look again.
                if reading.filter.with_untracked(|shown| *shown == filter) {
                    reading.read(None);
                } else {
                    reading.narrow(filter);
                }
            }
            Err(wrong) => form.wrong.set(Some(wrong)),
        }
    };
    let clear = move || {
        (!reading.filter.with(Filter::is_all)).then(|| {
            view! { <Button label="Clear the filter" on_press=move |()| reading.narrow(Filter::default()) /> }
        })
    };
    view! {
        <form class="card search audit-filters" on:submit=submit>
            <div class="search-fields">
                <Field id="log-text" label="Find" kind="search" hint="A name, an id, a reason, an address." value=form.text notes=form.notes("text") />
                {form.user_choice()}
                {form.choices()}
                <Field id="log-site" label="Site" code=true value=form.site notes=form.notes("site") />
                <Field id="log-tenant" label="Tenant" code=true value=form.tenant />
                <Field id="log-from" label="From (UTC)" kind="datetime-local" value=form.from notes=form.notes("from") />
                <Field id="log-until" label="Before (UTC)" kind="datetime-local" value=form.until notes=form.notes("until") />
            </div>
            <div class="actions">
                {clear}
                <Button label="Search" picture=Icon::Find look=Look::Primary submit=true busy=reading.busy busy_words="Reading…" />
            </div>
        </form>
    }
    .into_any()
}

impl Form {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            text: empty(),
            user: empty(),
            group: empty(),
            action: empty(),
            outcome: empty(),
            tenant: empty(),
            site: empty(),
            from: empty(),
            until: empty(),
            wrong: RwSignal::new(None),
        }
    }

    fn show(self, filter: &Filter) {
        let moment = |at: Option<Timestamp>| at.map_or_else(String::new, |at| date::utc(at).chars().take(16).collect());
        self.text.set(filter.text.clone().unwrap_or_default());
        self.user.set(filter.user.as_ref().map(ToString::to_string).unwrap_or_default());
        self.group.set(filter.group.map(Group::name).unwrap_or_default().to_owned());
        self.action.set(filter.action.map(Action::name).unwrap_or_default().to_owned());
        self.outcome.set(filter.outcome.map(Outcome::name).unwrap_or_default().to_owned());
        self.tenant.set(filter.tenant.as_ref().map(ToString::to_string).unwrap_or_default());
        self.site.set(filter.site.as_ref().map(ToString::to_string).unwrap_or_default());
        self.from.set(moment(filter.from));
        self.until.set(moment(filter.until));
        self.wrong.set(None);
    }

    /// The filter that is entered, or the field that can't be read and what it must be.
    fn read(self) -> Result<Filter, (&'static str, &'static str)> {
        let given =
            |field: RwSignal<String>| Some(field.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        let moment = |name: &'static str, field| match given(field) {
            None => Ok(None),
            Some(text) => date::read(&text).map(Some).ok_or((name, "Enter a day and a time.")),
        };
        let text = given(self.text);
        if text.as_ref().is_some_and(|text| text.chars().count() > 100) {
            return Err(("text", "Enter at most 100 characters."));
        }
        let site = given(self.site).map(|text| SiteId::parse(&text)).transpose();
        let (from, until) = (moment("from", self.from)?, moment("until", self.until)?);
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            return Err(("until", "This must be later than the beginning."));
        }
        let group = given(self.group).and_then(|name| Group::named(&name));
        let action = given(self.action).and_then(|name| Action::named(&name));
        Ok(Filter {
            text,
            group,
            action: action.filter(|action| group.is_none_or(|group| action.group() == group)),
            outcome: given(self.outcome).and_then(|name| Outcome::named(&name)),
            user: given(self.user).map(UserId::new),
            tenant: given(self.tenant).map(TenantId::new),
            site: site.map_err(|_| ("site", "Enter a site's id, as its events show it."))?,
            from,
            until,
        })
    }

    fn notes(self, field: &'static str) -> Notes {
        Signal::derive(move || {
            let wrong = self.wrong.get().filter(|(wrong, _)| *wrong == field);
            wrong.map(|(_, text)| Note { severity: Severity::Error, text: text.to_owned() }).into_iter().collect()
        })
    }

    fn user_choice(self) -> AnyView {
        let users = load(&Users);
        let choices = Signal::derive(move || {
            let all =
                users.get().and_then(Result::ok).and_then(|value| serde_json::from_value::<Vec<User>>(value).ok());
            let mut choices = vec![Choice::new("", "Anybody")];
            choices.extend(all.into_iter().flatten().map(|user| Choice::new(user.id.as_str(), user.username)));
            // Somebody who is in no list any more.
            let chosen = self.user.get();
            if !choices.iter().any(|choice| choice.value == chosen) {
                choices.push(Choice::new(chosen.clone(), chosen));
            }
            choices
        });
        view! {
            <Transition>
                {move || {
                    users.track();
                    view! { <Select id="log-user" label="Who" value=self.user choices /> }
                }}
            </Transition>
        }
        .into_any()
    }

    fn choices(self) -> AnyView {
        let all = |words: &str| std::iter::once(Choice::new("", words));
        let groups: Vec<_> = all("Everything")
            .chain(Group::ALL.into_iter().map(|group| Choice::new(group.name(), group.words())))
            .collect();
        let actions = Signal::derive(move || {
            let group = self.group.with(|name| Group::named(name));
            let fitting = Action::ALL.iter().filter(|action| group.is_none_or(|group| action.group() == group));
            let actions = fitting.map(|action| Choice::new(action.name(), action.words()));
            all("Any action").chain(actions).collect::<Vec<_>>()
        });
        let outcomes: Vec<_> = all("Any result")
            .chain(Outcome::ALL.into_iter().map(|outcome| Choice::new(outcome.name(), outcome.word())))
            .collect();
        view! {
            <Select id="log-group" label="About" value=self.group choices=Signal::stored(groups) />
            <Select id="log-action" label="Action" value=self.action choices=actions />
            <Select id="log-outcome" label="Result" value=self.outcome choices=Signal::stored(outcomes) />
        }
        .into_any()
    }
}
