use domain::management::users::{self, Fact, User};
use leptos::prelude::*;

use super::Shown;
use super::find::{find, state};
use super::loaded::Loaded;
use super::parts::parts;
use crate::components::{Button, CopyButton, Moment, fact, facts};
use crate::dom;
use crate::gateway::Gateway;

/// One user with all that belongs to them.
pub(super) fn profile(gateway: &Gateway, id: String, go: Callback<Shown>) -> AnyView {
    let loaded = Loaded::of(gateway, &id);
    let asking = gateway.clone();
    Effect::new(move |_| loaded.ask_population(&asking));
    let comparing = RwSignal::new(false);
    let finder = gateway.clone();
    let own = id.clone();
    let second = Callback::new(move |with: String| go.run(Shown { user: Some(own.clone()), with: Some(with) }));
    let form = move || {
        comparing.get().then(|| {
            view! {
                <section class="card" aria-label="Compare with another user">
                    {find(&finder, "compare-user", "Compare with", second)}
                </section>
            }
        })
    };
    let user = loaded.user.show(4, move |user| person(&user, comparing));
    view! {
        <section class="result" aria-label="Profile">
            {user}
            {form}
            {parts(gateway, loaded)}
        </section>
    }
    .into_any()
}

fn person(user: &User, comparing: RwSignal<bool>) -> AnyView {
    let compare = move |()| {
        comparing.update(|on| *on = !*on);
        dom::focus_after_drawing("#compare-user");
    };
    let head = view! {
        <div class="card-head person-head">
            <div>
                <h2>{user.called().to_owned()}</h2>
                <p class="soft">{user.username.clone()}</p>
            </div>
            <div class="actions">
                {state(user)}
                <Button label="Compare with another" on_press=compare />
            </div>
        </div>
    };
    let sections = users::facts(user).into_iter().map(|(title, all)| section(title, all)).collect_view();
    view! {
        <p class="hidden" role="status">{format!("Showing {}", user.called())}</p>
        <div class="card">
            {head}
            <div class="columns">{sections}</div>
        </div>
    }
    .into_any()
}

fn section(title: &'static str, all: Vec<Fact>) -> AnyView {
    let rows = all.into_iter().map(|Fact { name, shown }| fact(name, value(&shown, true))).collect();
    view! {
        <section>
            <h3>{title}</h3>
            {facts(rows)}
        </section>
    }
    .into_any()
}

/// A fact's value; identifiers with a way to copy them where there is room.
pub(super) fn value(shown: &users::Shown, with_copy: bool) -> AnyView {
    match shown {
        users::Shown::Nothing => view! { <span class="soft">"–"<span class="hidden">"None"</span></span> }.into_any(),
        users::Shown::Text(text) => text.clone().into_any(),
        users::Shown::Truth(truth) => if *truth { "Yes" } else { "No" }.into_any(),
        users::Shown::Moment(at, more) => {
            let more = more.clone().map(|more| view! { <span class="soft">{format!(" {more}")}</span> });
            view! { <Moment at=*at /> {more} }.into_any()
        }
        users::Shown::Code(text) => {
            let copied = Signal::stored(text.clone());
            let copy = with_copy.then(|| view! { <CopyButton label="Copy" text=copied /> });
            view! { <span class="with-copy"><span class="code">{text.clone()}</span> {copy}</span> }.into_any()
        }
    }
}
