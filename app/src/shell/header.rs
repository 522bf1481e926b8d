use leptos::prelude::*;

use super::account_menu::account_menu;
use super::site_selector::site_selector;
use super::tenant_switcher::tenant_switcher;
use super::theme::theme_switch;
use crate::Ports;
use crate::components::{Icon, icon};
use crate::session::SignedIn;
use crate::sites::Sites;
use crate::words::{SitesStand, summary};

/// Brand, the site, how all is doing, theme and account.
pub(super) fn header(signed_in: SignedIn) -> AnyView {
    view! {
        <header class="header">
            <a class="brand" href="/">{icon(Icon::Brand)}<span>"Tokenkeep"</span></a>
            {tenant_switcher()}
            {site_selector()}
            {status()}
            {theme_switch()}
            {account_menu(signed_in)}
        </header>
    }
    .into_any()
}

/// Network and renewals in a few words, spoken politely when they change.
fn status() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let (view, now) = (desk.view, desk.now);
    let sites = expect_context::<Sites>();
    // Once a minute: there may be thousands.
    let stand = Memo::new(move |_| {
        let Some(now) = sites.minute() else { return SitesStand::default() };
        sites.with(|view| SitesStand::of(view, now))
    });
    let summary = Memo::new(move |_| {
        let now = now.get();
        view.with(|view| summary(view, stand.get(), now))
    });
    view! {
        <p class=move || format!("status {}", summary.with(|summary| summary.mood.class())) role="status" aria-label="Connection status">
            {move || summary.with(|summary| summary.words.clone())}
        </p>
    }
    .into_any()
}
