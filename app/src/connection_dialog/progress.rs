use domain::id::ConnectionId;
use domain::keeper::{ConnectionView, Renewal};
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, LifeBar, Moment, ProblemBox, fact, facts};
use crate::pages::connection_signal;
use crate::words::{duration, remedy, tries};

/// What was there before a token was asked for; what differs from it is the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Before {
    generation: u64,
    failed_at: Option<Timestamp>,
}

/// Watches the keeper's view for the outcome of "Generate token".
#[derive(Clone, Copy)]
pub(super) struct Progress {
    connection: Signal<Option<ConnectionView>>,
    before: RwSignal<Option<Before>>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    Waiting,
    Failed,
    Received,
}

impl Progress {
    pub(super) fn new(id: ConnectionId) -> Self {
        Self { connection: connection_signal(id), before: RwSignal::new(None) }
    }

    /// Notes what is there now; called just before the command is sent.
    pub(super) fn begin(self) {
        self.before.set(Some(self.connection.with_untracked(|one| so_far(one.as_ref()))));
    }

    fn stage(self) -> Stage {
        let Some(before) = self.before.get() else { return Stage::Idle };
        self.connection.with(|one| stage(one.as_ref(), before))
    }

    /// Whether the token is there.
    pub(super) fn received(self) -> bool {
        self.stage() == Stage::Received
    }

    pub(super) fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.stage() == Stage::Waiting)
    }

    /// Why nothing else can be done now.
    pub(super) fn reason(self) -> Signal<Option<String>> {
        Signal::derive(move || (self.stage() == Stage::Waiting).then(|| "A token is being asked for".to_owned()))
    }

    /// Why no token came, and what is next.
    pub(super) fn problem(self) -> AnyView {
        let now = expect_context::<Ports>().desk.now;
        let shown = move || {
            (self.stage() == Stage::Failed).then(|| {
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

    /// The token that came: how it is and where it came from, without its text.
    pub(super) fn result(self, open: RwSignal<bool>) -> AnyView {
        let Some(one) = self.connection.get_untracked() else { return ().into_any() };
        let Some(token) = one.token else { return ().into_any() };
        let href = format!("/connections/{}", one.connection.id);
        let took = format!("{}, {}", duration(token.took), tries(token.tries));
        view! {
            <section class="result" role="status">
                <h3>"Worker token received"</h3>
                <LifeBar connection=self.connection />
                {facts(vec![
                    fact("Issued by", view! { <span class="code">{token.host}</span> }.into_any()),
                    fact("Expires", view! { <Moment at=token.expires_at /> }.into_any()),
                    fact("It took", took.into_any()),
                ])}
            </section>
            <div class="actions">
                <Button label="Close" on_press=move |()| open.set(false) />
                <a class="button primary" href=href on:click=move |_| open.set(false)>"Open the token"</a>
            </div>
        }
        .into_any()
    }
}

fn so_far(connection: Option<&ConnectionView>) -> Before {
    let token = connection.and_then(|one| one.token.as_ref());
    let failure = connection.and_then(|one| one.failure.as_ref());
    Before { generation: token.map_or(0, |token| token.generation), failed_at: failure.map(|failure| failure.at) }
}

fn stage(connection: Option<&ConnectionView>, before: Before) -> Stage {
    let after = so_far(connection);
    if after.generation > before.generation {
        Stage::Received
    } else if after.failed_at.is_some() && after.failed_at != before.failed_at && !is_running(connection) {
        Stage::Failed
    } else {
        Stage::Waiting
    }
}

fn is_running(connection: Option<&ConnectionView>) -> bool {
    connection.is_some_and(|one| matches!(one.renewal, Renewal::Running { .. }))
}
