use domain::id::ConnectionId;
use domain::keeper::ConnectionView;
use domain::secret::Secret;
use domain::token::TokenFacts;
use leptos::prelude::*;

use super::TOKEN;
use super::outcome::{Outcome, Stage};
use crate::Ports;
use crate::components::{Button, LifeBar, Moment, ProblemBox, fact, facts};
use crate::connections::connection_signal;
use crate::token::token_text;
use crate::words::{duration, remedy, tries};

/// Watches for the outcome of "Generate token".
#[derive(Clone, Copy)]
pub(super) struct Progress {
    id: StoredValue<ConnectionId>,
    connection: Signal<Option<ConnectionView>>,
    outcome: RwSignal<Option<Outcome>>,
}

impl Progress {
    pub(super) fn new(id: ConnectionId) -> Self {
        Self { id: StoredValue::new(id.clone()), connection: connection_signal(id), outcome: RwSignal::new(None) }
    }

    /// Called just before the command is sent.
    pub(super) fn begin(self) {
        self.outcome.set(Some(Outcome::awaited(self.id.get_value())));
    }

    fn is_at(self, stage: Stage) -> bool {
        self.outcome.with(|outcome| outcome.as_ref().is_some_and(|outcome| outcome.stage() == stage))
    }

    /// Whether the token is there.
    pub(super) fn received(self) -> bool {
        self.is_at(Stage::Received)
    }

    pub(super) fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.is_at(Stage::Waiting))
    }

    /// Why nothing else can be done now.
    pub(super) fn reason(self) -> Signal<Option<String>> {
        Signal::derive(move || self.is_at(Stage::Waiting).then(|| "A token is being asked for".to_owned()))
    }

    /// Why no token came, and what is next.
    pub(super) fn problem(self) -> AnyView {
        let now = expect_context::<Ports>().desk.now;
        let shown = move || {
            (self.is_at(Stage::Failed)).then(|| {
                let failure = self.connection.with(|one| one.as_ref().and_then(|one| one.failure.clone()))?;
                let now = now.get_untracked().unwrap_or(failure.at);
                let next = remedy(&failure.remedy, now);
                Some(view! {
                    <ProblemBox problem=failure.problem />
                    <p class="soft">{next}</p>
                })
            })
        };
        view! { {shown} }.into_any()
    }

    /// The token that came: how it is, how the request went, and its text where a person wants that shown.
    pub(super) fn result(self, open: RwSignal<bool>) -> AnyView {
        let Some(one) = self.connection.get_untracked() else { return ().into_any() };
        let Some(token) = one.token else { return ().into_any() };
        let href = format!("/connections/{}", one.connection.id);
        let took = format!("{}, {}", duration(token.took), tries(token.tries));
        let shows = expect_context::<Ports>().desk.view.with_untracked(|view| view.settings.show_token_at_end);
        let text = shows.then(|| token_text(one.connection.id.clone(), self.connection, TOKEN));
        let answer = answer(&token);
        view! {
            <section class="result" role="status">
                <h3>"Worker token received"</h3>
                <LifeBar connection=self.connection />
                {facts(vec![
                    fact("Issued by", view! { <span class="code">{token.host}</span> }.into_any()),
                    fact("Status", "200 OK".into_any()),
                    fact("It took", took.into_any()),
                    fact("Expires", view! { <Moment at=token.expires_at /> }.into_any()),
                    fact("Answer", view! { <code class="code">{answer}</code> }.into_any()),
                ])}
            </section>
            {text}
            <div class="actions">
                <Button label="Close" on_press=move |()| open.set(false) />
                <a class="button primary" href=href on:click=move |_| open.set(false)>"Open the token"</a>
            </div>
        }
        .into_any()
    }
}

/// The answer's members as the provider sent them, the token masked (RFC 6749 §5.1).
fn answer(token: &TokenFacts) -> String {
    let mut members = vec![
        format!("\"access_token\": \"{}\"", Secret::default().masked()),
        format!("\"token_type\": \"{}\"", token.token_type),
    ];
    if token.lifetime_known {
        members.push(format!("\"expires_in\": {}", token.lifetime().seconds()));
    }
    members.extend(token.scope.as_ref().map(|scope| format!("\"scope\": \"{scope}\"")));
    format!("{{ {} }}", members.join(", "))
}
