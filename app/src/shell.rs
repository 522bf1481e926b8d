//! What stands around every page.

mod account_menu;
mod banners;
mod connecting;
mod header;
mod leaving;
mod rail;
mod site_selector;
mod tenant_switcher;
mod theme;

use domain::vault::VaultView;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::alerts::AlertWatch;
use crate::components::{Icon, icon};
use crate::connection_dialog::{ConnectionDialog, connection_dialog};
use crate::session::SignedIn;
use crate::sites::{Sites, site_dialog, site_prompt};
use crate::tenancy::Tenancy;
use crate::toasts::Toasts;
use crate::transfer::{TransferDialogs, transfer_dialogs};
use crate::worker_token::{WorkerToken, worker_token_dialog};
use crate::{Ports, dom, pages};

pub(crate) use leaving::Leaving;

/// The frame of the pages for people who are not signed in: one card.
pub(crate) fn outside(page: AnyView) -> AnyView {
    view! {
        <div class="outside">
            <header class="brand">{icon(Icon::Brand)} "Tokenkeep"</header>
            <main id="content">
                {insecure()}
                {page}
            </main>
        </div>
    }
    .into_any()
}

/// Says so where the browser withholds what the vault needs, before anyone signs in for nothing.
fn insecure() -> AnyView {
    let insecure = RwSignal::new(false);
    Effect::new(move |_| insecure.set(!dom::is_secure_context()));
    let shown = move || {
        insecure.get().then(|| {
            view! {
                <div class="notice bad" role="alert">
                    {icon(Icon::Alert)}
                    <div>
                        <p class="strong">"This page is not a secure context"</p>
                        <p>
                            "The browser offers encryption and secure cookies only over https, or on the server's own machine. Open this address with https://, or ask whoever runs the server to set up TLS."
                        </p>
                    </div>
                </div>
            }
        })
    };
    view! { {shown} }.into_any()
}

/// The frame of all other pages: rail, header, banners, one column of content, toasts.
pub(crate) fn inside(routes: fn() -> AnyView) -> AnyView {
    let signed_in = SignedIn::provide();
    let toasts = Toasts::provide();
    ConnectionDialog::provide();
    TransferDialogs::provide();
    WorkerToken::provide();
    Tenancy::provide(signed_in);
    Sites::provide();
    Leaving::provide();
    AlertWatch::provide(signed_in);
    follow_navigation();
    // Nothing of the vault is on the page while it is locked, whatever was open.
    let vault = expect_context::<Ports>().desk.vault;
    let is_shut = Memo::new(move |_| vault.with(VaultView::is_shut));
    shut_dialogs(is_shut);
    let open = move || if is_shut.get() { pages::unlock().when_loaded() } else { routes() };
    let dialogs = move || {
        (!is_shut.get())
            .then(|| view! { {connection_dialog()} {transfer_dialogs()} {worker_token_dialog()} {site_dialog()} {site_prompt()} }.into_any())
    };
    view! {
        <a class="skip" href="#content" rel="external">"Skip to content"</a>
        <div class="shell">
            {rail::rail(signed_in)}
            {header::header(signed_in)}
            <main id="content" tabindex="-1">
                {signed_in.trouble()}
                {banners::banners()}
                {connecting::connecting()}
                {open}
            </main>
        </div>
        {dialogs}
        {toasts.show()}
    }
    .into_any()
}

/// A dialog whose typed text went with the lock does not stand there again, empty, once the vault is open.
fn shut_dialogs(is_shut: Memo<bool>) {
    let (sites, connections) = (expect_context::<Sites>(), expect_context::<ConnectionDialog>());
    let transfer = expect_context::<TransferDialogs>();
    Effect::new(move |_| {
        if is_shut.get() {
            sites.closes();
            connections.shut();
            transfer.shut();
        }
    });
}

/// Moves the focus to the new page's heading after each navigation, so that a screen reader begins there.
fn follow_navigation() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let here = path.get();
        if before.as_ref() != Some(&here) {
            dom::greet_heading(before.is_some());
        }
        here
    });
}
