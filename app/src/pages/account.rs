//! The account of the person signed in, and this browser.

mod browser;
mod password;
mod sessions;

use leptos::prelude::*;

use crate::components::PageHeader;

/// Password, sessions, and what this browser keeps.
pub(crate) fn account() -> AnyView {
    let sessions = sessions::load_sessions();
    view! {
        <PageHeader title="Account" text="Your password, your sessions, and what this browser keeps." />
        {sessions::sessions(sessions)}
        {browser::this_browser()}
        {password::password(sessions)}
    }
    .into_any()
}
