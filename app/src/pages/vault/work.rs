use domain::vault::Work;
use leptos::prelude::*;

use super::shown;
use crate::words::duration;

/// What is being done now, and how far it is.
pub(super) fn work() -> AnyView {
    let view = shown();
    let work = Memo::new({
        let view = view.clone();
        move |_| view.with(|view| view.work)
    });
    let cost = Memo::new(move |_| view.with(|view| view.cost));
    let shown = move || {
        let work = work.get()?;
        let parameters = cost.get().unwrap_or(domain::vault::Cost::USUAL);
        let words = match work {
            Work::Deriving { usual: Some(usual), .. } => {
                format!("Deriving the key from the passphrase ({parameters}). It took {} before.", duration(usual))
            }
            Work::Deriving { usual: None, .. } => {
                format!("Deriving the key from the passphrase ({}).", domain::vault::Cost::USUAL)
            }
            Work::WaitingForPasskey => "Follow your browser: it asks for the passkey.".to_owned(),
            Work::AskingServer => "Asking the server for its half of the key.".to_owned(),
            Work::Sealing { of: 0, .. } => "Reading every record.".to_owned(),
            Work::Sealing { done, of } => format!("Sealing every record under the new key: {done} of {of}."),
            Work::Clearing => "Clearing, and reading back what is left.".to_owned(),
        };
        let (value, max) = match work {
            Work::Sealing { done, of } if of > 0 => (Some(done.to_string()), Some(of.to_string())),
            _ => (None, None),
        };
        Some(view! {
            <div class="vault-work" role="status">
                <p>{words}</p>
                <progress aria-hidden="true" value=value max=max></progress>
            </div>
        })
    };
    view! { {shown} }.into_any()
}
