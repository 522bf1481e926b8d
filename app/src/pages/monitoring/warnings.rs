use domain::keeper::Command;
use domain::settings::WorkerTokenSettings;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, Checkbox, Icon, icon};
use crate::dom::{self, MayNotify};

/// The switch for notifications before a token expires, and what stands in their way.
pub(super) fn warnings() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let (view, send) = (desk.view, desk.send);
    let settings = Memo::new(move |_| view.with(|view| view.settings));
    let on = RwSignal::new(settings.with_untracked(|settings| settings.expiry_warnings));
    // Known in the browser only, and not in the first render.
    let may = RwSignal::new(None::<MayNotify>);
    Effect::new(move |_| may.set(Some(dom::may_notify())));
    Effect::new(move |_| {
        let set = settings.with(|settings| settings.expiry_warnings);
        if on.get_untracked() != set {
            on.set(set);
        }
    });
    let ask_now = Callback::new(move |()| {
        dom::ask_to_notify(move |answer| {
            may.try_set(Some(answer));
        });
    });
    Effect::new(move |before: Option<bool>| {
        let (wanted, present) = (on.get(), settings.get_untracked());
        if present.expiry_warnings != wanted {
            send(Command::Set(WorkerTokenSettings { expiry_warnings: wanted, ..present }));
            if wanted && before == Some(false) {
                ask_now.run(());
            }
        }
        wanted
    });
    let told = move || {
        let (on, may) = (on.get(), may.get()?);
        on.then(|| state(may, ask_now))
    };
    view! {
        <section class="card">
            <h2>"Notifications"</h2>
            <Checkbox
                id="expiry-warnings"
                label="Notify me before a token expires that is not renewed"
                hint="About five minutes before, once for each token, also while Tokenkeep is in a tab behind others. Your browser asks you first."
                checked=on
            />
            <div aria-live="polite">{told}</div>
        </section>
    }
    .into_any()
}

fn state(may: MayNotify, ask: Callback<()>) -> AnyView {
    let (class, picture, title, text) = match may {
        MayNotify::Granted => {
            return view! { <p class="soft">"On, as long as a tab with Tokenkeep is open."</p> }.into_any();
        }
        MayNotify::NotAsked => (
            "notice soon",
            Icon::Alert,
            "Your browser has not been asked yet",
            "Let it ask, and allow notifications for this site.",
        ),
        MayNotify::Denied => (
            "notice soon",
            Icon::Alert,
            "Your browser does not let this site notify you",
            "Allow notifications for this site in the browser's settings, usually behind the picture left of the address. Until then only this page shows what expires.",
        ),
        MayNotify::Unsupported => (
            "notice soon",
            Icon::Alert,
            "This browser has no notifications for this site",
            "They need a secure address (https) and a browser that knows them. Until then only this page shows what expires.",
        ),
    };
    view! {
        <div class=class>
            {icon(picture)}
            <div>
                <p class="strong">{title}</p>
                <p>{text}</p>
                {(may == MayNotify::NotAsked).then(|| view! { <Button label="Ask now" on_press=ask /> })}
            </div>
        </div>
    }
    .into_any()
}
