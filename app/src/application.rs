use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::lazy::{Lazy, lazy};
use crate::{pages, shell};

lazy! {
    /// The frame of the pages for people who are signed in: those who are not never load it.
    fn lazy_inside = shell, inside;
}

/// The pages without a shell: nobody is signed in there.
const OUTSIDE: [&str; 3] = ["/setup", "/invitation", "/sign-in"];

/// The application below `<body>`. The caller provides [`crate::Ports`] as context.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Frame />
        </Router>
    }
}

/// The shell around the pages. Which of the two it is can't change without a full page load.
#[component]
fn Frame() -> AnyView {
    Awake::provide();
    let path = use_location().pathname.get_untracked();
    if is_inside(&path) { lazy_inside().now() } else { shell::outside(routes()) }
}

fn inside() -> AnyView {
    shell::inside(routes)
}

/// Whether the page at this path is for people who are signed in.
pub fn is_inside(path: &str) -> bool {
    !OUTSIDE.contains(&path)
}

/// Loads the code of the page at this path and of its frame; gives whether it is there. A page that hydrates must be there
/// before it does.
///
/// Not an `async fn`: rustc compiles what a public one calls for every program, and the tests of this crate call none of it.
pub fn load_page(path: &str) -> impl Future<Output = bool> + use<> {
    let frame = is_inside(path).then(lazy_inside);
    let page = pages::at(path);
    async move {
        let (frame, page) = futures::future::join(load(frame), load(page)).await;
        frame && page
    }
}

/// Whether it is there; where nothing need be loaded, it is.
async fn load(code: Option<Lazy>) -> bool {
    match code {
        Some(code) => code.load().await,
        None => true,
    }
}

/// Whether the page listens: false on the server and in the first render, true from then on.
#[derive(Clone, Copy)]
pub(crate) struct Awake(pub(crate) RwSignal<bool>);

impl Awake {
    fn provide() {
        let awake = RwSignal::new(false);
        Effect::new(move |_| awake.set(true));
        provide_context(Self(awake));
    }
}

fn routes() -> AnyView {
    view! {
        <FlatRoutes fallback=pages::not_found>
            <Route path=path!("/setup") view=pages::setup() />
            <Route path=path!("/invitation") view=pages::invitation() />
            <Route path=path!("/sign-in") view=pages::sign_in() />
            <Route path=path!("/") view=pages::overview() />
            <Route path=path!("/connections") view=pages::connections() />
            <Route path=path!("/connections/:id") view=pages::connection() />
            <Route path=path!("/audit-activities") view=pages::audit_activities() />
            <Route path=path!("/monitoring") view=pages::monitoring() />
            <Route path=path!("/account") view=pages::account() />
            <Route path=path!("/settings") view=pages::settings() />
            <Route path=path!("/settings/storage") view=pages::storage() />
            <Route path=path!("/sites") view=pages::sites() />
            <Route path=path!("/sites/points") view=pages::site_points() />
            <Route path=path!("/sites/setup") view=pages::site_setup() />
            <Route path=path!("/settings/vault") view=pages::vault() />
            <Route path=path!("/settings/sync") view=pages::sync() />
            <Route path=path!("/tabs") view=pages::tabs() />
            <Route path=path!("/tenants") view=pages::tenants() />
            <Route path=path!("/people") view=pages::people() />
            <Route path=path!("/people/bulk") view=pages::bulk() />
            <Route path=path!("/admin/users") view=pages::users() />
            <Route path=path!("/admin/providers") view=pages::providers() />
            <Route path=path!("/admin/org-keys") view=pages::org_keys() />
            <Route path=path!("/admin/conversations") view=pages::conversations() />
            <Route path=path!("/admin/audit") view=pages::audit() />
            <Route path=path!("/admin/alerts") view=pages::alerts() />
            <Route path=path!("/token-metrics") view=pages::token_metrics() />
            <Route path=path!("/identity-metrics") view=pages::identity_metrics() />
            <Route path=path!("/licensing") view=pages::licensing() />
        </FlatRoutes>
    }
    .into_any()
}
