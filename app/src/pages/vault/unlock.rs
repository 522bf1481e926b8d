use domain::api::{Code, Problem};
use domain::secret::Secret;
use domain::vault::{Locked, Opener, PasskeySupport, Protection, VaultDeed, VaultView};
use leptos::prelude::*;

use super::deeds::Doing;
use super::work::work;
use super::{clearing, level, shown};
use crate::components::{Button, Icon, Look, PageHeader, ProblemBox, SecretField, icon};
use crate::dom;

/// What stands in place of every page while the vault is locked.
pub(crate) fn unlock() -> AnyView {
    let view = shown();
    let is_cleared = Memo::new({
        let view = view.clone();
        move |_| view.with(|view| view.cleared_elsewhere)
    });
    let found = Memo::new(move |_| view.with(|view| view.cleared.clone()));
    let level = level();
    let body = move || match (found.get(), is_cleared.get(), level.get()) {
        (Some(found), ..) => clearing::report(&found),
        (None, true, _) => cleared(),
        (None, false, Some(Protection::Passphrase)) => by_passphrase(),
        (None, false, _) => by_session(),
    };
    view! { <div class="unlock">{body}</div> }.into_any()
}

fn by_passphrase() -> AnyView {
    let view = shown();
    let (passphrase, doing, forgotten) = (RwSignal::new(String::new()), Doing::new(), RwSignal::new(false));
    dom::focus_after_drawing("#unlock-passphrase");
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let by = Opener::Passphrase(Secret::new(passphrase.get_untracked()));
        passphrase.set(String::new());
        doing.run(|done| VaultDeed::Unlock { by, done }, |()| ());
    };
    let has_passkey = Memo::new({
        let view = view.clone();
        move |_| view.with(|view| !view.passkeys.is_empty() && view.passkey_support == PasskeySupport::Possible)
    });
    let by_passkey = move |()| doing.run(|done| VaultDeed::Unlock { by: Opener::Passkey, done }, |()| ());
    let passkey = move || {
        has_passkey
            .get()
            .then(|| view! { <Button label="Unlock with a passkey" busy=doing.busy on_press=by_passkey /> })
    };
    view! {
        <PageHeader title="Vault locked" />
        <form class="card form" on:submit=submit>
            <p>{why(view)}</p>
            <SecretField id="unlock-passphrase" label="Passphrase" value=passphrase autocomplete="current-password" />
            {doing.said()}
            {work()}
            <div class="actions">
                {passkey}
                <Button label="Unlock" look=Look::Primary submit=true busy=doing.busy busy_words="Unlocking…" />
            </div>
        </form>
        {forgotten_passphrase(forgotten)}
    }
    .into_any()
}

fn forgotten_passphrase(open: RwSignal<bool>) -> AnyView {
    view! {
        <section class="card">
            <h2>"Forgotten passphrase"</h2>
            <p class="soft">
                "Nobody can bring it back: neither Tokenkeep nor whoever runs the server knows it. What is left is to clear this browser and to begin anew; what it keeps now is lost then. A passkey you added still opens the vault."
            </p>
            <div class="actions">
                <Button label="Clear and begin anew" look=Look::Danger on_press=move |()| open.set(true) />
            </div>
        </section>
        {clearing::dialog(open, "Clear this browser and lose what it keeps?")}
    }
    .into_any()
}

fn by_session() -> AnyView {
    let view = shown();
    let (doing, forgotten) = (Doing::new(), RwSignal::new(false));
    let problem = Memo::new({
        let view = view.clone();
        move |_| view.with(no_half)
    });
    let is_lost = move || {
        let unknown = |problem: &Problem| problem.code == Code::VaultHalfUnknown;
        problem.with(|problem| problem.as_ref().is_some_and(unknown))
    };
    let press = move |()| doing.run(|done| VaultDeed::Unlock { by: Opener::Session, done }, |()| ());
    view! {
        <PageHeader title="Vault locked" />
        <section class="card">
            <p>{why(view)}</p>
            {move || problem.get().map(|problem| view! { <ProblemBox problem /> })}
            {doing.said()}
            {work()}
            <div class="actions">
                <Button label="Unlock" look=Look::Primary busy=doing.busy busy_words="Unlocking…" on_press=press />
            </div>
        </section>
        {move || is_lost().then(|| forgotten_half(forgotten))}
    }
    .into_any()
}

fn forgotten_half(open: RwSignal<bool>) -> AnyView {
    view! {
        <section class="card">
            <h2>"Begin anew"</h2>
            <p class="soft">"Without the server's half nothing of this vault can be opened. What is left is to clear this browser."</p>
            <div class="actions">
                <Button label="Clear and begin anew" look=Look::Danger on_press=move |()| open.set(true) />
            </div>
        </section>
        {clearing::dialog(open, "Clear this browser and lose what it keeps?")}
    }
    .into_any()
}

fn cleared() -> AnyView {
    view! {
        <PageHeader title="Everything was cleared" />
        <section class="card">
            <p>
                {icon(Icon::Check)} " Another tab cleared everything this browser kept. Nothing of it is left in this tab."
            </p>
            <div class="actions">
                <Button label="Start afresh" look=Look::Primary on_press=move |()| dom::full_load("/") />
            </div>
        </section>
    }
    .into_any()
}

fn no_half(view: &VaultView) -> Option<Problem> {
    match &view.locked {
        Some(Locked::NoHalf(problem)) => Some((**problem).clone()),
        _ => None,
    }
}

fn why(view: ArcRwSignal<VaultView>) -> Memo<String> {
    Memo::new(move |_| view.with(words))
}

fn words(view: &VaultView) -> String {
    let minutes = super::auto_lock::words(view.auto_lock.minutes()).to_lowercase();
    match &view.locked {
        Some(Locked::ByPerson) => {
            "It was locked, in this tab or another. Nothing is renewed until it is unlocked.".to_owned()
        }
        Some(Locked::Idle) => format!("Nobody touched Tokenkeep for {minutes}, so it locked itself."),
        Some(Locked::KeyReplaced) => "Its key was replaced in another tab. What was set there opens it.".to_owned(),
        Some(Locked::NoHalf(_)) => "The server's half of its key is missing.".to_owned(),
        Some(Locked::AtStart) | None => match view.protection {
            Some(Protection::Passphrase) => "It is kept by a passphrase, which this page does not know yet.".to_owned(),
            _ => "Its key is not in this page.".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use domain::vault::AutoLock;

    use super::*;

    #[test]
    fn a_locked_vault_says_why() {
        let view =
            |locked| VaultView { locked: Some(locked), auto_lock: AutoLock::of_minutes(5), ..VaultView::default() };
        assert!(words(&view(Locked::Idle)).contains("for 5 minutes"));
        assert!(words(&view(Locked::KeyReplaced)).contains("replaced in another tab"));
        let at_start = VaultView { protection: Some(Protection::Passphrase), ..view(Locked::AtStart) };
        assert!(words(&at_start).contains("passphrase"));
    }
}
