use std::sync::Arc;

use domain::api::org::{RotateSigningKey, SigningKey, SigningKeys};
use domain::api::widget::JWKS_PATH;
use leptos::prelude::*;

use crate::Ports;
use crate::ask::{Deed, ask, load, loaded};
use crate::components::{Badge, Button, Confirm, Moment, ProblemBox, Table};
use crate::session::SignedIn;
use crate::words::Mood;

/// The keys that sign the pages' tokens.
pub(super) fn signing_keys() -> AnyView {
    let keys = load(&SigningKeys);
    let api = expect_context::<Ports>().api;
    let reason = expect_context::<SignedIn>().not_admin();
    let (deed, asking) = (Deed::new(), RwSignal::new(false));
    let rotate = move |()| {
        let api = Arc::clone(&api);
        deed.run(async move {
            let done = ask(api, RotateSigningKey, ()).await;
            keys.refetch();
            done.map(drop)
        });
    };
    view! {
        <section class="card">
            <div class="card-head">
                <h2>"Signing keys"</h2>
                <Button label="New signing key" reason busy=deed.busy on_press=move |()| asking.set(true) />
            </div>
            <p>
                "They sign the tokens that pages get. One signs at a time, and a new one takes over by itself when it is old. Their public parts are at "
                <a href=JWKS_PATH rel="external">{JWKS_PATH}</a> "."
            </p>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            {loaded(keys, 1, list)}
        </section>
        <Confirm
            id="rotate-signing-key"
            title="Sign with a new key?"
            open=asking
            text="Tokens are signed with a new key from now on. Those of the old one work until they end, so no page notices."
            verb="Sign with a new key"
            on_yes=rotate
        />
    }
    .into_any()
}

fn list(all: Vec<SigningKey>) -> AnyView {
    if all.is_empty() {
        return view! { <p class="soft">"There is none yet. The first one is made when a page first asks for a token."</p> }
            .into_any();
    }
    let rows = all.into_iter().map(row).collect_view();
    view! { <Table label="Signing keys" head=&["Key id", "Algorithm", "State", "Made", "Published until"]>{rows}</Table> }
        .into_any()
}

fn row(key: SigningKey) -> AnyView {
    let signs = key.retired_at.is_none();
    let (mood, word) = if signs { (Mood::Good, "Signs") } else { (Mood::None, "Checks only") };
    let until = match key.published_until {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => "It is replaced".into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="code">{key.kid}</th>
            <td>{key.algorithm}</td>
            <td><Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) /></td>
            <td><Moment at=key.created_at /></td>
            <td>{until}</td>
        </tr>
    }
    .into_any()
}
