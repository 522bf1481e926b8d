use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::lazy::{Lazy, lazy};
use crate::{pages, shell};

/// The frame of the pages for people who are signed in: those who are not never load it.
const INSIDE: Lazy = lazy!(shell, inside);

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
    if is_inside(&path) { INSIDE.now() } else { shell::outside(routes()) }
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
pub async fn load_page(path: &str) -> bool {
    let frame = async { !is_inside(path) || INSIDE.load().await };
    let page = async {
        match pages::at(path) {
            Some(page) => page.load().await,
            None => true,
        }
    };
    let (frame, page) = futures::future::join(frame, page).await;
    frame && page
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
            <Route path=path!("/setup") view=pages::SETUP />
            <Route path=path!("/invitation") view=pages::INVITATION />
            <Route path=path!("/sign-in") view=pages::SIGN_IN />
            <Route path=path!("/") view=pages::OVERVIEW />
            <Route path=path!("/connections") view=pages::CONNECTIONS />
            <Route path=path!("/connections/:id") view=pages::CONNECTION />
            <Route path=path!("/audit-activities") view=pages::AUDIT_ACTIVITIES />
            <Route path=path!("/monitoring") view=pages::MONITORING />
            <Route path=path!("/account") view=pages::ACCOUNT />
            <Route path=path!("/settings") view=pages::SETTINGS />
            <Route path=path!("/settings/storage") view=pages::STORAGE />
            <Route path=path!("/sites") view=pages::SITES />
            <Route path=path!("/sites/points") view=pages::SITE_POINTS />
            <Route path=path!("/sites/setup") view=pages::SITE_SETUP />
            <Route path=path!("/settings/vault") view=pages::VAULT />
            <Route path=path!("/settings/sync") view=pages::SYNC />
            <Route path=path!("/tabs") view=pages::TABS />
            <Route path=path!("/tenants") view=pages::TENANTS />
            <Route path=path!("/people") view=pages::PEOPLE />
            <Route path=path!("/people/bulk") view=pages::BULK />
            <Route path=path!("/admin/users") view=pages::USERS />
            <Route path=path!("/admin/providers") view=pages::PROVIDERS />
            <Route path=path!("/admin/org-keys") view=pages::ORG_KEYS />
            <Route path=path!("/admin/conversations") view=pages::CONVERSATIONS />
            <Route path=path!("/admin/audit") view=pages::AUDIT />
            <Route path=path!("/admin/alerts") view=pages::ALERTS />
            <Route path=path!("/token-metrics") view=pages::TOKEN_METRICS />
            <Route path=path!("/identity-metrics") view=pages::IDENTITY_METRICS />
            <Route path=path!("/licensing") view=pages::LICENSING />
        </FlatRoutes>
    }
    .into_any()
}
