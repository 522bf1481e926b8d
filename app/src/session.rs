//! Who is signed in.

use domain::api::account::{CurrentSession, Role, Session};
use leptos::prelude::*;

use crate::ask::{Load, load, loaded};

/// The session as the pages know it.
#[derive(Clone, Copy)]
pub(crate) struct SignedIn {
    load: Load,
    /// The session once it is known in the browser; `None` in the first render.
    pub(crate) session: RwSignal<Option<Session>>,
}

impl SignedIn {
    /// Asks who is signed in, for all pages below.
    pub(crate) fn provide() -> Self {
        let load = load(&CurrentSession);
        let session = RwSignal::new(None);
        Effect::new(move |_| {
            if let Some(Ok(value)) = load.get() {
                session.set(serde_json::from_value(value).ok());
            }
        });
        let signed_in = Self { load, session };
        provide_context(signed_in);
        signed_in
    }

    /// Shows what depends on the session.
    pub(crate) fn show(self, view: impl Fn(Session) -> AnyView + Send + Sync + 'static) -> AnyView {
        loaded(self.load, 0, view)
    }

    /// Why the person may not obtain tokens, if so.
    pub(crate) fn not_member(self) -> Signal<Option<String>> {
        self.reason(|role| role == Role::Auditor, "Your role is auditor: it reads, and obtains no tokens.")
    }

    /// Why the person may not change settings, if so.
    pub(crate) fn not_admin(self) -> Signal<Option<String>> {
        self.reason(|role| role != Role::Admin, "Only an admin can change this; your role may read it.")
    }

    fn reason(self, refused: fn(Role) -> bool, words: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let role = self.session.with(|session| session.as_ref().map(|session| session.role))?;
            refused(role).then(|| words.to_owned())
        })
    }
}
