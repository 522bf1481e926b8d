use domain::keeper::{Command, ConnectionView};
use domain::monitoring::standing;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Badge, Button, Icon, Look};
use crate::connection_dialog::Outcome;
use crate::connections::connection_signal;
use crate::session::SignedIn;
use crate::words::Mood;

/// A renewal of all tokens, with what came of each.
#[derive(Clone, Copy)]
pub(super) struct Renewals(RwSignal<Vec<One>>);

/// What comes of one.
#[derive(Clone, Debug, PartialEq)]
enum One {
    Asked(String, Outcome),
    Skipped(String),
}

impl Renewals {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// The button that begins it.
    pub(super) fn button(self) -> AnyView {
        let not_member = expect_context::<SignedIn>().not_member();
        let desk = expect_context::<Ports>().desk;
        let none = Memo::new(move |_| {
            let Some(now) = desk.now.get() else { return true };
            desk.view.with(|view| view.connections.iter().all(|one| standing(one, now).is_none()))
        });
        let reason = Signal::derive(move || {
            not_member.get().or_else(|| none.get().then(|| "There is no token to renew.".to_owned()))
        });
        let busy = Signal::derive(move || {
            self.0.with(|all| all.iter().any(|one| matches!(one, One::Asked(_, outcome) if outcome.ended().is_none())))
        });
        let press = move |()| self.begin();
        view! {
            <Button
                label="Renew all"
                picture=Icon::Renew
                look=Look::Primary
                busy
                busy_words="Renewing…"
                reason
                on_press=press
            />
        }
        .into_any()
    }

    fn begin(self) {
        let desk = expect_context::<Ports>().desk;
        let Some(now) = desk.now.get_untracked() else { return };
        let all: Vec<ConnectionView> = desk.view.with_untracked(|view| {
            view.connections.iter().filter(|one| standing(one, now).is_some()).cloned().collect()
        });
        let begun = all.into_iter().map(|one| {
            let (id, name) = (one.connection.id, one.connection.name);
            if !one.has_credential {
                return One::Skipped(name);
            }
            let outcome = Outcome::awaited(id.clone());
            (desk.send)(Command::Retrieve(id));
            One::Asked(name, outcome)
        });
        self.0.set(begun.collect());
    }

    /// What came of each, as it comes.
    pub(super) fn results(self) -> AnyView {
        let shown = move || {
            let all = self.0.get();
            (!all.is_empty()).then(|| {
                view! {
                    <section class="card" aria-live="polite">
                        <div class="card-head">
                            <h2>"Renewing all"</h2>
                            <Button label="Close" look=Look::Quiet on_press=move |()| self.0.set(Vec::new()) />
                        </div>
                        <ul class="results">{all.into_iter().map(result).collect_view()}</ul>
                    </section>
                }
            })
        };
        view! { {shown} }.into_any()
    }
}

fn result(one: One) -> AnyView {
    let (name, outcome) = match one {
        One::Skipped(name) => {
            return row(name, Signal::stored((Mood::None, "Not renewed", "No credential is kept for it.".to_owned())));
        }
        One::Asked(name, outcome) => (name, outcome),
    };
    let connection = connection_signal(outcome.id());
    let state = Memo::new(move |_| match outcome.ended() {
        None => (Mood::Renewing, "Renewing", String::new()),
        Some(true) => (Mood::Good, "Renewed", String::new()),
        Some(false) => (Mood::Bad, "Failed", why(&connection.get())),
    });
    row(name, state.into())
}

fn why(connection: &Option<ConnectionView>) -> String {
    let failure = connection.as_ref().and_then(|one| one.failure.as_ref());
    failure.map(|failure| format!("{}.", failure.problem.title)).unwrap_or_default()
}

fn row(name: String, state: Signal<(Mood, &'static str, String)>) -> AnyView {
    let mood = Signal::derive(move || state.with(|state| state.0));
    let word = Signal::derive(move || state.with(|state| state.1.to_owned()));
    view! {
        <li>
            <span class="strong">{name}</span>
            <Badge mood word />
            <span class="soft">{move || state.with(|state| state.2.clone())}</span>
        </li>
    }
    .into_any()
}
