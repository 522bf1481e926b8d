use domain::keeper::{Phase, View};
use leptos::prelude::*;

use super::Leaving;
use crate::Ports;
use crate::components::{Button, Icon, icon};
use crate::sites::Sites;
use crate::words::count;

/// What concerns every page: a vault that does not open, no network, a sign-out that did not reach the server. (That
/// storage stepped down the keeper says itself, once.)
pub(super) fn banners() -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let (leaving, sites) = (expect_context::<Leaving>(), expect_context::<Sites>());
    let waiting = Memo::new(move |_| sites.with(|view| view.waiting));
    let trouble = Memo::new(move |_| view.with(|view| trouble(view, waiting.get())));
    let shown = move || {
        let banner = trouble.get()?;
        Some(view! {
            <div class=format!("notice {}", banner.class) role=if banner.class == "bad" { "alert" } else { "status" }>
                {icon(Icon::Alert)}
                <div>
                    <p class="strong">{banner.title}</p>
                    <p>{banner.text}</p>
                </div>
            </div>
        })
    };
    let failed = move || {
        leaving.failed.get().map(|reason| {
            view! {
                <div class="notice bad" role="alert">
                    {icon(Icon::Alert)}
                    <div>
                        <p class="strong">"This browser has signed out, the server does not know yet"</p>
                        <p>{reason} ". Your session there stays open until it hears."</p>
                        <Button label="Sign out again" on_press=move |()| leaving.sign_out() />
                    </div>
                </div>
            }
        })
    };
    view! {
        {shown}
        {failed}
    }
    .into_any()
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Banner {
    class: &'static str,
    title: &'static str,
    text: String,
}

fn trouble(view: &View, waiting: usize) -> Option<Banner> {
    match &view.phase {
        Phase::Failed(reason) => Some(Banner {
            class: "bad",
            title: "The vault could not be opened",
            text: format!("{reason} Tokens can't be shown or renewed here; the account and admin pages still work."),
        }),
        Phase::Open if !view.online => Some(Banner { class: "soon", title: "You are offline", text: offline(waiting) }),
        _ => None,
    }
}

fn offline(waiting: usize) -> String {
    let still = "Tokens you have can still be shown and copied. Renewals go on when the network is back.";
    match waiting {
        0 => still.to_owned(),
        1 => format!("{still} 1 call waits for it and is made then."),
        _ => format!("{still} {} wait for it and are made then, in their order.", count(waiting, "call")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> View {
        View { phase: Phase::Open, online: true, ..View::default() }
    }

    #[test]
    fn nothing_is_said_while_all_is_well() {
        assert_eq!(trouble(&open(), 0), None);
        assert_eq!(trouble(&View::default(), 0), None);
    }

    #[test]
    fn a_vault_that_does_not_open_gives_its_reason() {
        let view = View { phase: Phase::Failed("No Web Crypto.".to_owned()), ..View::default() };
        assert!(trouble(&view, 0).is_some_and(|banner| banner.text.starts_with("No Web Crypto.")));
    }

    #[test]
    fn offline_says_what_still_works() {
        let view = View { online: false, ..open() };
        assert!(trouble(&view, 0).is_some_and(|banner| banner.text.contains("still be shown")));
        assert!(trouble(&view, 2).is_some_and(|banner| banner.text.contains("2 calls wait")));
    }
}
