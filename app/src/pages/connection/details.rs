use domain::connection::Connection;
use domain::keeper::ConnectionView;
use domain::token::TokenFacts;
use leptos::prelude::*;

use crate::components::{Moment, fact, facts};
use crate::connection_dialog::ConnectionDialog;
use crate::words::{duration, tries};

/// The facts of token and connection, in two cards of aligned columns.
pub(super) fn details(connection: Signal<Option<ConnectionView>>) -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let token = Memo::new(move |_| connection.with(|one| one.as_ref().and_then(|one| one.token.clone())));
    let settings =
        Memo::new(move |_| connection.with(|one| one.as_ref().map(|one| (one.connection.clone(), one.has_credential))));
    let of_token = move || token.get().map(of_token);
    let of_connection = move || {
        let (connection, has_credential) = settings.get()?;
        let provider = dialog.provider_name(&connection.provider);
        Some(of_connection(connection, provider, has_credential))
    };
    view! {
        <div class="columns">
            {of_token}
            {of_connection}
        </div>
    }
    .into_any()
}

fn code(text: String) -> AnyView {
    view! { <span class="code">{text}</span> }.into_any()
}

fn of_token(token: TokenFacts) -> AnyView {
    let moment = |at| view! { <Moment at /> }.into_any();
    let lifetime = domain::time::words::span(token.lifetime());
    let lifetime =
        if token.lifetime_known { lifetime } else { format!("{lifetime}, assumed: the provider named none") };
    let rows = vec![
        fact("Expires", moment(token.expires_at)),
        fact("Renewal due", moment(token.renew_at)),
        fact("Received", moment(token.received_at)),
        fact("Lifetime", lifetime.into_any()),
        fact("Type", code(token.token_type)),
        fact("Scopes granted", token.scope.map_or_else(|| "The provider named none".into_any(), code)),
        fact("Issued by", code(token.host)),
        fact("It took", format!("{}, {}", duration(token.took), tries(token.tries)).into_any()),
        fact("Token number", token.generation.to_string().into_any()),
    ];
    view! {
        <section class="card">
            <h2>"Token"</h2>
            {facts(rows)}
        </section>
    }
    .into_any()
}

fn of_connection(connection: Connection, provider: String, has_credential: bool) -> AnyView {
    let mut rows = vec![fact("Provider", provider.into_any())];
    let place = connection.place;
    rows.extend(place.environment_id.map(|id| fact("Environment ID", code(id))));
    rows.extend(place.region.map(|region| fact("Region", region.name().into_any())));
    rows.extend(place.custom_domain.map(|host| fact("Custom domain", code(host.as_str().to_owned()))));
    rows.push(fact("Client ID", code(connection.client_id)));
    rows.push(fact("Authentication", code(connection.authentication.name().to_owned())));
    let scopes = connection.scopes.join(" ");
    rows.push(fact("Scopes asked", if scopes.is_empty() { "None".into_any() } else { code(scopes) }));
    rows.push(fact("Credential", credential_words(connection.keep_credential, has_credential).into_any()));
    rows.push(fact("Made", view! { <Moment at=connection.created_at /> }.into_any()));
    view! {
        <section class="card">
            <h2>"Connection"</h2>
            {facts(rows)}
        </section>
    }
    .into_any()
}

const fn credential_words(kept: bool, there: bool) -> &'static str {
    match (kept, there) {
        (true, true) => "Kept in this browser, encrypted",
        (false, true) => "In this tab's memory only",
        (_, false) => "Not kept",
    }
}
