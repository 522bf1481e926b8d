use domain::keeper::{Phase, View};
use domain::vault::StorageLevel;
use leptos::prelude::*;

use super::Leaving;
use crate::Ports;
use crate::components::{Button, Icon, icon};

/// What concerns every page: a vault that does not open, storage that stepped down, no network, a sign-out that did not
/// reach the server.
pub(super) fn banners() -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let leaving = expect_context::<Leaving>();
    let seen = RwSignal::new(false);
    let trouble = Memo::new(move |_| view.with(|view| trouble(view, seen.get())));
    let shown = move || {
        let banner = trouble.get()?;
        let dismissible = banner.once;
        Some(view! {
            <div class=format!("notice {}", banner.class) role=if banner.class == "bad" { "alert" } else { "status" }>
                {icon(Icon::Alert)}
                <div>
                    <p class="strong">{banner.title}</p>
                    <p>{banner.text}</p>
                    {dismissible.then(|| view! { <Button label="Understood" on_press=move |()| seen.set(true) /> })}
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
    /// Whether it is enough to have seen it.
    once: bool,
}

fn trouble(view: &View, seen: bool) -> Option<Banner> {
    match (&view.phase, view.storage) {
        (Phase::Failed(reason), _) => Some(Banner {
            class: "bad",
            title: "The vault could not be opened",
            text: format!("{reason} Tokens can't be shown or renewed here; the account and admin pages still work."),
            once: false,
        }),
        (Phase::Open, _) if !view.online => Some(Banner {
            class: "soon",
            title: "You are offline",
            text: "Tokens you have can still be shown and copied. Renewals go on when the network is back.".to_owned(),
            once: false,
        }),
        (Phase::Open, Some(level)) if !seen => stepped_down(level),
        _ => None,
    }
}

fn stepped_down(level: StorageLevel) -> Option<Banner> {
    let text = match level {
        StorageLevel::IndexedDb => return None,
        StorageLevel::LocalStorage => {
            "This browser's database can't be used, so records are kept in its simpler storage: still encrypted, and readable until this browser session ends."
        }
        StorageLevel::Memory => {
            "This browser keeps nothing for this site. Connections and tokens are gone when the page is closed."
        }
    };
    let title = "What you save here does not last";
    Some(Banner { class: "soon", title, text: text.to_owned(), once: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> View {
        View { phase: Phase::Open, online: true, storage: Some(StorageLevel::IndexedDb), ..View::default() }
    }

    #[test]
    fn nothing_is_said_while_all_is_well() {
        assert_eq!(trouble(&open(), false), None);
        assert_eq!(trouble(&View::default(), false), None);
    }

    #[test]
    fn a_vault_that_does_not_open_gives_its_reason() {
        let view = View { phase: Phase::Failed("No Web Crypto.".to_owned()), ..View::default() };
        assert!(trouble(&view, true).is_some_and(|banner| banner.text.starts_with("No Web Crypto.")));
    }

    #[test]
    fn a_step_down_of_the_storage_is_said_once() {
        let view = View { storage: Some(StorageLevel::Memory), ..open() };
        assert!(trouble(&view, false).is_some_and(|banner| banner.once));
        assert_eq!(trouble(&view, true), None);
    }

    #[test]
    fn offline_says_what_still_works() {
        let view = View { online: false, ..open() };
        assert!(trouble(&view, true).is_some_and(|banner| banner.text.contains("still be shown")));
    }
}
