use domain::api::account::Session;
use domain::vault::{Protection, VaultDeed};
use leptos::prelude::*;

use super::Leaving;
use crate::components::{Button, Icon, icon};
use crate::session::SignedIn;
use crate::{Desk, Ports, words};

/// Who is signed in, the way to the account, and the way out.
pub(super) fn account_menu(signed_in: SignedIn) -> AnyView {
    view! { <div class="account">{signed_in.show(menu)}</div> }.into_any()
}

fn menu(session: Session) -> AnyView {
    let leaving = expect_context::<Leaving>();
    view! {
        <button type="button" class="button quiet" popovertarget="account-menu">
            {icon(Icon::Account)}
            <span class="hidden">"Account menu"</span>
        </button>
        <div id="account-menu" class="menu" popover="auto">
            <p class="strong">{session.username}</p>
            <p class="soft">{words::role(session.role)}</p>
            <a class="button" href="/account">"Account"</a>
            {lock()}
            <Button label="Sign out" on_press=move |()| leaving.sign_out() />
        </div>
    }
    .into_any()
}

/// Locks the vault, where that is more than a curtain.
fn lock() -> AnyView {
    let Desk { vault, guard, .. } = expect_context::<Ports>().desk;
    let guard = StoredValue::new(guard);
    let can_lock =
        Memo::new(move |_| vault.with(|view| !view.is_shut() && view.protection.is_some_and(Protection::can_lock)));
    let press = move |()| guard.with_value(|guard| guard(VaultDeed::Lock));
    let shown = move || can_lock.get().then(|| view! { <Button label="Lock the vault" on_press=press /> });
    view! { {shown} }.into_any()
}
