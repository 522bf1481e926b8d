use domain::id::ConnectionId;
use domain::keeper::{Command, ConnectionView, Renewal};
use domain::monitoring::{Standing, standing};
use leptos::prelude::*;

use super::inquiry::Inquiry;
use super::{Revocation, mood};
use crate::Ports;
use crate::components::{Badge, Button, Icon, LifeBar, Look, Moment, fact, facts, failure};
use crate::connection_dialog::ConnectionDialog;
use crate::connections::connection_signal;
use crate::session::SignedIn;
use crate::token::{Frame, token_text};
use crate::words::Mood;

const TOKEN: Frame = Frame { title: None, class: "token-text", shown: false };

/// One token: what it is, how it stands, and what can be done with it.
pub(super) fn card(id: ConnectionId, revoke: Callback<Revocation>) -> AnyView {
    let connection = connection_signal(id.clone());
    let inquiry = Inquiry::new(id.clone(), connection);
    let now = expect_context::<Ports>().desk.now;
    let standing = Memo::new(move |_| {
        let now = now.get()?;
        connection.with(|one| standing(one.as_ref()?, now))
    });
    let word = Signal::derive(move || standing.get().map_or("No token", Standing::word).to_owned());
    let colour = Signal::derive(move || standing.get().map_or(Mood::None, mood));
    let name = move || connection.with(|one| one.as_ref().map(|one| one.connection.name.clone()));
    let href = format!("/connections/{id}");
    view! {
        <li class="card">
            <div class="card-head">
                <h2><a href=href>{name}</a></h2>
                <Badge mood=colour word />
            </div>
            <LifeBar connection />
            {known(connection)}
            {failure(connection)}
            {token_text(id.clone(), connection, TOKEN)}
            {inquiry.shown()}
            {deeds(id, connection, inquiry, revoke)}
        </li>
    }
    .into_any()
}

/// What the token is, and from where.
fn known(connection: Signal<Option<ConnectionView>>) -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let state = Memo::new(move |_| {
        connection.with(|one| one.as_ref().map(|one| (one.connection.provider.clone(), one.token.clone())))
    });
    let shown = move || {
        let (provider, token) = state.get()?;
        let moment = |at| view! { <Moment at /> }.into_any();
        let source = [Some(dialog.provider_name(&provider)), token.as_ref().map(|token| token.host.clone())];
        let source = source.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let mut rows = vec![fact("Kind", "Worker token".into_any()), fact("Source", source.into_any())];
        if let Some(token) = token {
            let code = |scopes| view! { <span class="code">{scopes}</span> }.into_any();
            rows.push(fact("Scopes", token.scope.map_or_else(|| "The provider named none".into_any(), code)));
            rows.push(fact("Issued", moment(token.received_at)));
            rows.push(fact("Expires", moment(token.expires_at)));
        }
        Some(facts(rows))
    };
    view! { {shown} }.into_any()
}

fn deeds(
    id: ConnectionId,
    connection: Signal<Option<ConnectionView>>,
    inquiry: Inquiry,
    revoke: Callback<Revocation>,
) -> AnyView {
    let send = expect_context::<Ports>().desk.send;
    let not_member = expect_context::<SignedIn>().not_member();
    let of = move |wanted: fn(&ConnectionView) -> bool| connection.with(|one| one.as_ref().is_some_and(wanted));
    let needs = move |token: bool| {
        Signal::derive(move || {
            let without_token = token && !of(|one| one.token.is_some());
            let without_credential = !of(|one| one.has_credential);
            not_member
                .get()
                .or_else(|| without_token.then(|| "There is no token.".to_owned()))
                .or_else(|| without_credential.then(|| "No credential is kept for the connection.".to_owned()))
        })
    };
    let renewing = Signal::derive(move || of(|one| matches!(one.renewal, Renewal::Running { .. })));
    let press_revoke = move |()| {
        let name = connection.with_untracked(|one| one.as_ref().map(|one| one.connection.name.clone()));
        revoke.run(Revocation { name: name.unwrap_or_default(), inquiry });
    };
    view! {
        <div class="actions apart">
            <Button
                label="Revoke"
                picture=Icon::Remove
                look=Look::Danger
                busy=inquiry.revoking()
                busy_words="Revoking…"
                reason=needs(true)
                on_press=press_revoke
            />
            <span class="actions">
                <Button
                    label="Introspect"
                    busy=inquiry.introspecting()
                    busy_words="Asking…"
                    reason=needs(true)
                    on_press=move |()| inquiry.introspect()
                />
                <Button
                    label="Renew"
                    picture=Icon::Renew
                    busy=renewing
                    busy_words="Renewing…"
                    reason=needs(false)
                    on_press=move |()| send(Command::Obtain(id.clone()))
                />
            </span>
        </div>
    }
    .into_any()
}
