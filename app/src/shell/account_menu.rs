use domain::api::account::Session;
use leptos::prelude::*;

use super::Leaving;
use crate::components::{Button, Icon, icon};
use crate::session::SignedIn;
use crate::words;

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
            <Button label="Sign out" on_press=move |()| leaving.sign_out() />
        </div>
    }
    .into_any()
}
