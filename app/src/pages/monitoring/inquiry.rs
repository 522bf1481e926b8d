use domain::api::Problem;
use domain::api::introspection::{Introspection, Revocation};
use domain::id::ConnectionId;
use domain::keeper::ConnectionView;
use domain::time::{Span, Timestamp};
use domain::worker_token::{Request, Whose};
use leptos::prelude::*;
use serde_json::Value;

use crate::Ports;
use crate::components::{Badge, Moment, ProblemBox, fact, facts};
use crate::toasts::Toasts;
use crate::words::{Mood, duration, tries};

/// The claims that are moments (RFC 7662 §2.2).
const MOMENTS: [&str; 3] = ["exp", "iat", "nbf"];

/// What was asked about one token, and what came of it.
#[derive(Clone, Copy)]
pub(super) struct Inquiry {
    id: StoredValue<ConnectionId>,
    said: RwSignal<Said>,
}

#[derive(Clone, Debug, PartialEq)]
enum Said {
    Nothing,
    Introspecting,
    Revoking,
    Introspected(Box<Introspection>),
    NotIntrospected(Problem),
    NotRevoked(Problem),
}

impl Inquiry {
    /// Nothing asked yet. What was said of a token is dropped when the next one is there.
    pub(super) fn new(id: ConnectionId, connection: Signal<Option<ConnectionView>>) -> Self {
        let inquiry = Self { id: StoredValue::new(id), said: RwSignal::new(Said::Nothing) };
        let generation = Memo::new(move |_| {
            connection.with(|one| one.as_ref().and_then(|one| one.token.as_ref()).map(|token| token.generation))
        });
        Effect::new(move |before: Option<Option<u64>>| {
            let now = generation.get();
            if before.is_some_and(|before| before != now) {
                inquiry.said.set(Said::Nothing);
            }
            now
        });
        inquiry
    }

    pub(super) fn introspecting(self) -> Signal<bool> {
        Signal::derive(move || self.said.with(|said| *said == Said::Introspecting))
    }

    pub(super) fn revoking(self) -> Signal<bool> {
        Signal::derive(move || self.said.with(|said| *said == Said::Revoking))
    }

    /// Asks the provider what it knows of the token.
    pub(super) fn introspect(self) {
        let Some(id) = self.id.try_get_value() else { return };
        self.said.set(Said::Introspecting);
        let done = move |answer: Result<Introspection, Problem>| {
            let said = answer.map_or_else(Said::NotIntrospected, |told| Said::Introspected(Box::new(told)));
            self.said.try_set(said);
        };
        (expect_context::<Ports>().desk.ask)(Request::Introspect { whose: Whose::Of(id), done: Box::new(done) });
    }

    /// Has the provider end the token.
    pub(super) fn revoke(self) {
        // The token may have been cleared while the person was asked.
        let Some(id) = self.id.try_get_value() else { return };
        let toasts = expect_context::<Toasts>();
        self.said.set(Said::Revoking);
        let done = move |answer: Result<Revocation, Problem>| match answer {
            Ok(revocation) => {
                self.said.try_set(Said::Nothing);
                toasts.done(format!("{} ended the token. It is gone from every tab.", revocation.host));
            }
            Err(problem) => {
                self.said.try_set(Said::NotRevoked(problem));
            }
        };
        (expect_context::<Ports>().desk.ask)(Request::Revoke { whose: Whose::Of(id), done: Box::new(done) });
    }

    /// What came of it.
    pub(super) fn shown(self) -> AnyView {
        let again = Callback::new(move |()| self.introspect());
        let shown = move || {
            match self.said.get() {
            Said::Nothing | Said::Introspecting | Said::Revoking => ().into_any(),
            Said::Introspected(told) => introspected(*told),
            Said::NotIntrospected(problem) => view! { <ProblemBox problem retry=again /> }.into_any(),
            Said::NotRevoked(problem) => view! {
                <ProblemBox problem />
                <p class="soft">"The token stays here: the provider did not say that it ended it. Press Revoke to try again."</p>
            }
            .into_any(),
        }
        };
        view! { <div class="said" aria-live="polite">{shown}</div> }.into_any()
    }
}

fn introspected(told: Introspection) -> AnyView {
    let (mood, word) = if told.active { (Mood::Good, "Active") } else { (Mood::Bad, "Not active") };
    let from = format!("Asked at {}: {}, {}.", told.host, duration(Span::from_millis(told.took_ms)), tries(told.tries));
    let not_active = (!told.active).then(
        || view! { <p>"It was revoked, has expired, or is not known to the provider. Renew it to get a new one."</p> },
    );
    let claims = told.claims.iter().map(|(name, value)| fact(name.clone(), claim(name, value))).collect::<Vec<_>>();
    let claims = (!claims.is_empty()).then(|| facts(claims));
    view! {
        <section class="guide info">
            <div class="card-head">
                <h3>"What the provider says"</h3>
                <Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) />
            </div>
            {not_active}
            {claims}
            <p class="hint">{from}</p>
        </section>
    }
    .into_any()
}

fn claim(name: &str, value: &Value) -> AnyView {
    let moment = value.as_i64().filter(|_| MOMENTS.contains(&name));
    match (moment, value) {
        (Some(seconds), _) => view! { <Moment at=Timestamp::from_seconds(seconds) /> }.into_any(),
        (None, Value::String(text)) => view! { <span class="code">{text.clone()}</span> }.into_any(),
        (None, other) => view! { <span class="code">{other.to_string()}</span> }.into_any(),
    }
}
