use domain::id::ConnectionId;
use domain::keeper::{Command, Phase, View};
use domain::provider::{Provider, ProviderKind};
use domain::token::jwt;
use domain::worker_token::{Request, Whose};
use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::Gateway;
use crate::Ports;
use crate::components::{Button, Choice, Empty, Icon, LifeBar, Look, Select, skeleton};
use crate::connection_dialog::ConnectionDialog;
use crate::connections::connection_signal;
use crate::worker_token::WorkerToken;

/// What stands between a page and the provider's API.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// It is not known yet what this browser keeps.
    Opening,
    /// There is no connection.
    Nothing,
    /// The current connection's provider, by name, has no API of this kind.
    OtherApi(String),
    /// The current connection.
    At(ConnectionId),
}

/// A page behind the worker token: what is missing while there is none, and the way to get it; then the page.
pub(crate) fn behind_worker_token(page: fn(Gateway) -> AnyView) -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let dialog = expect_context::<ConnectionDialog>();
    let standing = Memo::new(move |_| {
        let providers = dialog.known();
        view.with(|view| standing(view, providers.as_deref()))
    });
    let shown = move || match standing.get() {
        Standing::Opening => skeleton(5),
        Standing::Nothing => asking(None, page),
        Standing::OtherApi(name) => view! { {connection_choice()} {other_api(&name)} }.into_any(),
        Standing::At(id) => view! { {connection_choice()} {asking(Some(id), page)} }.into_any(),
    };
    view! { {shown} }.into_any()
}

fn standing(view: &View, providers: Option<&[Provider]>) -> Standing {
    if view.phase != Phase::Open {
        return Standing::Opening;
    }
    let current = view.current.as_ref();
    let Some(current) = view.connections.iter().find(|one| Some(&one.connection.id) == current) else {
        return Standing::Nothing;
    };
    let Some(providers) = providers else { return Standing::Opening };
    let provider = providers.iter().find(|provider| provider.id == current.connection.provider);
    match provider.map(|provider| (&provider.kind, &provider.name)) {
        Some((ProviderKind::OAuth { .. } | ProviderKind::SiteApi { .. }, name)) => Standing::OtherApi(name.clone()),
        _ => Standing::At(current.connection.id.clone()),
    }
}

/// Asks for the token when the page comes, and again when a person wants that.
fn asking(id: Option<ConnectionId>, page: fn(Gateway) -> AnyView) -> AnyView {
    let token = expect_context::<WorkerToken>();
    let ask = expect_context::<Ports>().desk.ask;
    let view = expect_context::<Ports>().desk.view;
    let waiting = RwSignal::new(true);
    let reached = RwSignal::new(None::<Gateway>);
    let has_connection = id.is_some();
    let require = move || {
        waiting.set(true);
        let (required, ask, view) = (token.require(), ask.clone(), view.clone());
        spawn_local(async move {
            let gateway = match required.await {
                Some(id) => Some(reach(id, ask, view).await),
                None => None,
            };
            reached.try_set(gateway);
            waiting.try_set(false);
        });
    };
    let at_first = require.clone();
    Effect::new(move |_| at_first());
    let shown = move || match (reached.get(), waiting.get()) {
        (Some(gateway), _) => page(gateway),
        (None, true) => {
            view! { <p class="hidden" role="status">"Getting a worker token…"</p> {skeleton(5)} }.into_any()
        }
        (None, false) => missing(has_connection, require.clone()),
    };
    view! { {shown} }.into_any()
}

/// What the token says of where it is good; of one that can't be read, the connection's own word.
async fn reach(
    id: ConnectionId,
    ask: std::sync::Arc<dyn Fn(Request) + Send + Sync>,
    view: ArcRwSignal<View>,
) -> Gateway {
    let (sender, token) = oneshot::channel();
    let whose = Whose::Of(id.clone());
    ask(Request::GetToken { whose, done: Box::new(move |token| drop(sender.send(token))) });
    let token = token.await.ok().and_then(Result::ok).flatten();
    let claims = token.and_then(|token| jwt::decode(token.access_token.expose()).ok()).map(|jwt| jwt.claims);
    let claim = |name: &str| {
        claims.as_ref().and_then(|claims: &Map<String, Value>| claims.get(name)?.as_str().map(str::to_owned))
    };
    let own = view.with_untracked(|view| {
        let held = view.connections.iter().find(|one| one.connection.id == id);
        held.and_then(|held| held.connection.place.environment_id.clone())
    });
    let environment = own.or_else(|| claim("env")).unwrap_or_default();
    Gateway { ask, id, environment, organization: claim("org") }
}

fn missing(has_connection: bool, require: impl Fn() + Send + Sync + 'static) -> AnyView {
    let (title, text, label) = if has_connection {
        ("There is no worker token", "This page reads the provider's API with a worker token.", "Get worker token")
    } else {
        (
            "There is no connection yet",
            "This page reads the provider's API with a worker token. Add the connection it comes from.",
            "Add connection",
        )
    };
    view! {
        <Empty picture=Icon::Token title text>
            <Button label look=Look::Primary on_press=move |()| require() />
        </Empty>
    }
    .into_any()
}

fn other_api(provider: &str) -> AnyView {
    let text = format!(
        "The current connection belongs to {provider}, which has no API of this kind. Choose a connection to PingOne, or add one."
    );
    let dialog = expect_context::<ConnectionDialog>();
    view! {
        <div class="notice info" role="status">
            <div>
                <p class="strong">"This page reads PingOne's API"</p>
                <p>{text}</p>
                <Button label="Add connection" on_press=move |()| dialog.add() />
            </div>
        </div>
    }
    .into_any()
}

/// Which connection the page reads with, and how its token is doing.
fn connection_choice() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let (view, send) = (desk.view, desk.send);
    let held = view.clone();
    let choices = Memo::new(move |_| {
        held.with(|view| {
            let choice = |id: &ConnectionId, name: &str| Choice::new(id.as_str(), name);
            view.connections.iter().map(|one| choice(&one.connection.id, &one.connection.name)).collect::<Vec<_>>()
        })
    });
    let current = Memo::new(move |_| view.with(|view| view.current.clone()));
    let value = RwSignal::new(current.with_untracked(|id| id.as_ref().map(ToString::to_string)).unwrap_or_default());
    Effect::new(move |_| {
        let chosen = value.get();
        let is_other = current.with_untracked(|id| id.as_ref().is_some_and(|id| id.as_str() != chosen));
        if is_other && !chosen.is_empty() {
            send(Command::Choose(ConnectionId::new(chosen)));
        }
    });
    let life = move || current.get().map(|id| view! { <LifeBar connection=connection_signal(id) /> });
    view! {
        <div class="reading">
            <Select id="reading-with" label="Reads with" value choices />
            {life}
        </div>
    }
    .into_any()
}
