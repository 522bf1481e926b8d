use domain::api::{Code, Problem};
use domain::id::ConnectionId;
use domain::keeper::Command;
use domain::time::{Span, words};
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, ProblemBox};
use crate::connection_dialog::{ConnectionDialog, Outcome};
use crate::dom;

/// Why a call was refused, and what to do: wait as long as it takes, get a new token, enter credentials, sign in, or try
/// again.
pub(crate) fn refused(problem: Problem, again: Callback<()>) -> AnyView {
    let code = problem.code;
    let wait = problem.retry_after;
    // The button below counts down; a second word on it would stand still.
    let shown = Problem { retry_after: None, ..problem };
    let next = match code {
        Code::ApiRoleMissing | Code::ApiTokenRefused => new_token(again),
        Code::NoCredential => credentials(),
        Code::NotSignedIn => {
            view! { <Button label="Sign in" on_press=move |()| dom::leave_for_sign_in() /> }.into_any()
        }
        _ => try_again(wait, again),
    };
    view! {
        <div class="refused">
            <ProblemBox problem=shown />
            <div class="actions">{next}</div>
        </div>
    }
    .into_any()
}

fn try_again(wait: Option<u64>, again: Callback<()>) -> AnyView {
    let now = expect_context::<Ports>().desk.now;
    let until = now.get_untracked().zip(wait).map(|(now, wait)| now + Span::from_seconds(wait));
    let reason = Signal::derive(move || {
        let left = until?.since(now.get()?);
        (left > Span::ZERO).then(|| format!("Wait {}", words::span(left)))
    });
    let label = Signal::derive(move || {
        let wait = reason.get().map(|wait| format!(" ({})", wait.to_lowercase().replacen("wait", "in", 1)));
        format!("Try again{}", wait.unwrap_or_default())
    });
    view! { <Button label reason on_press=again /> }.into_any()
}

/// A new token is what shows a role that was granted.
fn new_token(again: Callback<()>) -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let (view, send) = (desk.view, desk.send);
    let awaited = RwSignal::new(None::<Outcome>);
    Effect::new(move |_| {
        let received = awaited.with(|outcome| outcome.as_ref().and_then(Outcome::ended));
        if received.is_some() {
            awaited.set(None);
        }
        if received == Some(true) {
            again.run(());
        }
    });
    let press = move |()| {
        let Some(id) = view.with_untracked(|view| view.current.clone()) else { return };
        awaited.set(Some(Outcome::awaited(id.clone())));
        send(Command::Obtain(id));
    };
    let busy = Signal::derive(move || awaited.with(Option::is_some));
    view! {
        <Button label="Get a new token" busy busy_words="Getting a token…" on_press=press />
        <Button label="Try again" on_press=again />
    }
    .into_any()
}

fn credentials() -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let view = expect_context::<Ports>().desk.view;
    let press = move |()| match view.with_untracked(|view| view.current.clone()) {
        Some(id) => dialog.edit(ConnectionId::clone(&id)),
        None => dialog.add(),
    };
    view! { <Button label="Enter credentials" on_press=press /> }.into_any()
}
