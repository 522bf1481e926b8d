use domain::api::Problem;
use domain::connection::validation::Severity;
use domain::management::users::{Attribute, Search, Step, User};
use leptos::prelude::*;

use crate::components::{Badge, Button, Field, Look, Note, Table};
use crate::gateway::{Gateway, Remote};
use crate::words::Mood;

/// What a search came to, when it was not one user.
enum Found {
    One(String),
    Several { users: Vec<User>, more: bool },
    None(&'static [Attribute]),
}

/// A form that finds a user, and what it came to; `found` gets the identifier.
pub(super) fn find(gateway: &Gateway, id: &'static str, label: &'static str, found: Callback<String>) -> AnyView {
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<&'static str>);
    let notes = Signal::derive(move || {
        let note = |text: &str| Note { severity: Severity::Error, text: text.to_owned() };
        wrong.get().map(note).into_iter().collect::<Vec<_>>()
    });
    let result = Remote::<Found>::new();
    // What was searched for: whoever types the next name meanwhile keeps it.
    let asked = StoredValue::new(String::new());
    let gateway = gateway.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        asked.set_value(text.get_untracked());
        let search = Search::new(&text.get_untracked());
        wrong.set(search.as_ref().err().copied());
        let Ok(search) = search else { return result.clear() };
        let gateway = gateway.clone();
        result.ask(move || carry_out(gateway.clone(), search.clone()));
    };
    Effect::new(move |_| {
        if let Some(Found::One(id)) = result.ready().as_deref() {
            let id = id.clone();
            result.clear();
            if text.get_untracked() == asked.get_value() {
                text.set(String::new());
            }
            found.run(id);
        }
    });
    view! {
        <form class="inline finder" role="search" on:submit=submit>
            <Field id label value=text notes hint="An id, a user name or an email address" />
            <Button label="Find" look=Look::Primary submit=true busy=result.is_loading() busy_words="Looking…" />
        </form>
        {result.show(2, move |result| told(&result, found))}
    }
    .into_any()
}

async fn carry_out(gateway: Gateway, search: Search) -> Result<Found, Problem> {
    let mut search = search;
    loop {
        let answer = gateway.get(search.ask().route(gateway.environment())).await;
        match search.take(answer) {
            Step::On(next) => search = next,
            Step::Found(user) => return Ok(Found::One(user.id)),
            Step::Several { users, more } => return Ok(Found::Several { users, more }),
            Step::None(asked) => return Ok(Found::None(asked)),
            Step::Failed(problem) => return Err(problem),
        }
    }
}

fn told(found: &Found, choose: Callback<String>) -> AnyView {
    match found {
        Found::One(_) => ().into_any(),
        Found::Several { users, more } => several(users, *more, choose),
        Found::None(asked) => nobody(asked),
    }
}

fn nobody(asked: &[Attribute]) -> AnyView {
    let names: Vec<&str> = asked.iter().map(|attribute| attribute.words()).collect();
    view! {
        <div class="notice info" role="status">
            <div>
                <p class="strong">"No user found"</p>
                <p>{format!("Nobody in this environment has this {}.", names.join(" or "))}</p>
                <p>"A role that covers some populations only does not see the users of others."</p>
            </div>
        </div>
    }
    .into_any()
}

fn several(users: &[User], more: bool, choose: Callback<String>) -> AnyView {
    let heading = match (users.len(), more) {
        (count, true) => format!("More than {count} users match"),
        (count, false) => format!("{count} users match"),
    };
    let rows = users.iter().map(|user| row(user, choose)).collect_view();
    view! {
        <section class="card" aria-label="Users that match">
            <h2>{heading.clone()}</h2>
            <p class="hidden" role="status">{heading}</p>
            <p>"Choose the one you mean."</p>
            <Table label="Users that match" head=&["Name", "User name", "Email", "State"]>{rows}</Table>
        </section>
    }
    .into_any()
}

fn row(user: &User, choose: Callback<String>) -> AnyView {
    let id = user.id.clone();
    view! {
        <tr>
            <th scope="row">
                <Button label=user.called().to_owned() look=Look::Quiet on_press=move |()| choose.run(id.clone()) />
            </th>
            <td>{user.username.clone()}</td>
            <td>{user.email.clone()}</td>
            <td>{state(user)}</td>
        </tr>
    }
    .into_any()
}

/// Whether a user can be used, in one word.
pub(super) fn state(user: &User) -> AnyView {
    let (mood, word) = match user.enabled {
        Some(false) => (Mood::Bad, "Disabled"),
        _ if user.is_locked() => (Mood::Soon, "Locked"),
        Some(true) => (Mood::Good, "Enabled"),
        None => (Mood::None, "Unknown"),
    };
    view! { <Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) /> }.into_any()
}
