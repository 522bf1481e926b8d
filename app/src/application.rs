use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::{pages, shell};

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
    if OUTSIDE.contains(&path.as_str()) { shell::outside(routes()) } else { shell::inside(routes) }
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
            <Route path=path!("/setup") view=pages::setup />
            <Route path=path!("/invitation") view=pages::invitation />
            <Route path=path!("/sign-in") view=pages::sign_in />
            <Route path=path!("/") view=pages::overview />
            <Route path=path!("/connections") view=pages::connections />
            <Route path=path!("/connections/:id") view=pages::connection />
            <Route path=path!("/account") view=pages::account />
            <Route path=path!("/admin/users") view=pages::users />
            <Route path=path!("/admin/providers") view=pages::providers />
        </FlatRoutes>
    }
    .into_any()
}
