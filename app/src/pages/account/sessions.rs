use std::sync::Arc;

use domain::api::account::{EndSession, SessionSummary, Sessions, SignOutEverywhere};
use domain::id::SessionId;
use leptos::prelude::*;

use crate::Ports;
use crate::ask::{Deed, Load, ask, load, loaded};
use crate::components::{Button, Confirm, Look, Moment, ProblemBox, Table};
use crate::shell::Leaving;
use crate::words::browser_name;

/// Asks for the sessions.
pub(super) fn load_sessions() -> Load {
    load(&Sessions)
}

/// Where the person is signed in, and the way to end it.
pub(super) fn sessions(sessions: Load) -> AnyView {
    let api = expect_context::<Ports>().api;
    let leaving = expect_context::<Leaving>();
    let deed = Deed::new();
    let asking = RwSignal::new(false);
    let end_all = Arc::clone(&api);
    let everywhere = move |()| {
        let api = Arc::clone(&end_all);
        deed.run(async move {
            ask(api, SignOutEverywhere, ()).await?;
            leaving.sign_out();
            Ok(())
        });
    };
    let end = Callback::new(move |id: SessionId| {
        let api = Arc::clone(&api);
        deed.run(async move {
            ask(api, EndSession { id }, ()).await?;
            sessions.refetch();
            Ok(())
        });
    });
    let list = move |all: Vec<SessionSummary>| {
        let rows = all.into_iter().map(|one| row(one, end, deed.busy)).collect_view();
        view! { <Table label="Sessions" head=&["Browser", "Address", "Last used", "Signed in", ""]>{rows}</Table> }
            .into_any()
    };
    view! {
        <section class="card">
            <h2>"Sessions"</h2>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            {loaded(sessions, 2, list)}
            <div class="actions">
                <Button label="Sign out everywhere" look=Look::Danger busy=deed.busy busy_words="Signing out…" on_press=move |()| asking.set(true) />
            </div>
            <Confirm
                id="everywhere"
                title="Sign out everywhere?"
                open=asking
                text="All your sessions end, this one included. What your browsers keep stays there, and opens again when you sign in."
                verb="Sign out everywhere"
                on_yes=everywhere
            />
        </section>
    }
    .into_any()
}

fn row(session: SessionSummary, end: Callback<SessionId>, busy: RwSignal<bool>) -> AnyView {
    let id = session.id;
    let action = if session.current {
        view! { <span class="mark">"This session"</span> }.into_any()
    } else {
        view! { <Button label="End session" look=Look::Quiet busy on_press=move |()| end.run(id.clone()) /> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" title=session.user_agent.clone()>{browser_name(&session.user_agent)}</th>
            <td class="code">{session.address}</td>
            <td><Moment at=session.last_used_at /></td>
            <td><Moment at=session.created_at /></td>
            <td class="end">{action}</td>
        </tr>
    }
    .into_any()
}
