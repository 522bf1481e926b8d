use domain::api::account::{Role, Session};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::components::{Icon, icon};
use crate::session::SignedIn;

/// The way to the pages: at the left, or at the bottom of a phone.
pub(super) fn rail(signed_in: SignedIn) -> AnyView {
    view! {
        <nav class="rail" aria-label="Pages">
            <ul>
                {entry("/", Icon::Overview, "Overview")}
                {entry("/connections", Icon::Token, "Worker tokens")}
                {entry("/settings", Icon::Settings, "Settings")}
                {entry("/account", Icon::Account, "Account")}
                {signed_in.show(administration)}
            </ul>
        </nav>
    }
    .into_any()
}

fn administration(session: Session) -> AnyView {
    if session.role == Role::User {
        return ().into_any();
    }
    view! {
        {entry("/admin/users", Icon::Users, "Users")}
        {entry("/admin/providers", Icon::Provider, "Providers")}
    }
    .into_any()
}

fn entry(path: &'static str, picture: Icon, words: &'static str) -> AnyView {
    let here = use_location().pathname;
    let current = move || here.with(|here| is_current(path, here)).then_some("page");
    view! {
        <li>
            <a href=path aria-current=current>{icon(picture)}<span>{words}</span></a>
        </li>
    }
    .into_any()
}

fn is_current(path: &str, here: &str) -> bool {
    here == path || (path != "/" && here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::is_current;

    #[test]
    fn a_page_below_keeps_its_entry_current() {
        assert!(is_current("/connections", "/connections/3f"));
        assert!(!is_current("/connections", "/connections-old"));
    }

    #[test]
    fn the_overview_is_current_only_on_itself() {
        assert!(is_current("/", "/"));
        assert!(!is_current("/", "/account"));
    }
}
