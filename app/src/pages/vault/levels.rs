use domain::vault::Protection;
use leptos::prelude::*;

use super::dialog::dialog;
use super::shown;
use crate::components::{Badge, Button, fact, facts};
use crate::words::{Mood, count};

/// The three levels, each with what it protects and what it does not.
pub(super) fn section(current: Protection) -> AnyView {
    let cards = Protection::ALL.map(|level| card(level, level == current)).into_iter().collect_view();
    view! {
        <section aria-labelledby="levels-title">
            <h2 id="levels-title">"How the key is kept"</h2>
            <p class="soft">
                "Every record is sealed with AES-256-GCM. What differs is what it takes to get the key. A change seals every record anew under a new key, all or none, and holds in every tab."
            </p>
            <ul class="cards vault-levels">{cards}</ul>
            {loose()}
        </section>
    }
    .into_any()
}

fn card(level: Protection, is_current: bool) -> AnyView {
    let open = RwSignal::new(false);
    let foot = if is_current {
        let word = Signal::stored("In use".to_owned());
        view! { <Badge mood=Signal::stored(Mood::Good) word /> }.into_any()
    } else {
        view! { <Button label=format!("Use {}", short(level)) on_press=move |()| open.set(true) /> }.into_any()
    };
    view! {
        <li class="card" data-level=level.name() aria-current=is_current.then_some("true")>
            <h3>{title(level)}</h3>
            {facts(vec![
                fact("What it takes", takes(level).into_any()),
                fact("Protects", protects(level).into_any()),
                fact("Does not protect", does_not(level).into_any()),
            ])}
            <div class="actions">{foot}</div>
            {dialog(dialog_id(level), level, open)}
        </li>
    }
    .into_any()
}

/// Private keys that the browser itself holds stay where they are.
fn loose() -> AnyView {
    let view = shown();
    let shown = move || {
        let (keys, level) = view.with(|view| (view.loose_keys, view.protection));
        (keys > 0 && level != Some(Protection::Browser)).then(|| {
            let words = format!(
                "{} of this browser can't be taken out of it, so no level above its own covers it. Enter it again in its connection to seal it, too.",
                count(keys, "private key"),
            );
            view! { <div class="notice soon"><p>{words}</p></div> }
        })
    };
    view! { {shown} }.into_any()
}

/// The level's name.
pub(super) const fn title(level: Protection) -> &'static str {
    match level {
        Protection::Browser => "This browser's key",
        Protection::Session => "This browser's key and the server's half",
        Protection::Passphrase => "A passphrase",
    }
}

/// The name in a sentence.
pub(super) const fn short(level: Protection) -> &'static str {
    match level {
        Protection::Browser => "this browser's key",
        Protection::Session => "the server's half",
        Protection::Passphrase => "a passphrase",
    }
}

const fn dialog_id(level: Protection) -> &'static str {
    match level {
        Protection::Browser => "use-browser",
        Protection::Session => "use-session",
        Protection::Passphrase => "use-passphrase",
    }
}

const fn takes(level: Protection) -> &'static str {
    match level {
        Protection::Browser => "This browser profile. Nothing is to be entered.",
        Protection::Session => {
            "This browser profile, and being signed in. Nothing is to be entered; without the server the vault stays shut."
        }
        Protection::Passphrase => "Your passphrase after each start of the browser, or a passkey.",
    }
}

const fn protects(level: Protection) -> &'static str {
    match level {
        Protection::Browser => {
            "Copied files of the database, backups, and other people's accounts here: no script can take the key out."
        }
        Protection::Session => {
            "A copy of the whole profile as well, once your sessions are ended: the server gives its half to nobody then."
        }
        Protection::Passphrase => {
            "A copy of the whole profile, and the server itself: neither can open it. Guessing is slow for everybody."
        }
    }
}

const fn does_not(level: Protection) -> &'static str {
    match level {
        Protection::Browser => "Against who uses or copies this profile, or an extension that reads this site.",
        Protection::Session => {
            "Against who uses this profile while you are signed in, whoever runs the server and has your profile, or an extension that reads this site."
        }
        Protection::Passphrase => {
            "Against who uses this page while it is unlocked, a passphrase that is easy to guess, or an extension that reads this site. A forgotten passphrase can't be brought back."
        }
    }
}
