//! Who is signed in.

use domain::api::account::{CurrentSession, Role, Session};
use domain::api::{Code, Problem};
use leptos::prelude::*;

use crate::ask::{Load, load};
use crate::components::ProblemBox;
use crate::dom;

/// The session as the pages know it.
#[derive(Clone, Copy)]
pub(crate) struct SignedIn {
    pub(crate) load: Load,
    /// The session once it is known in the browser; `None` in the first render.
    pub(crate) session: RwSignal<Option<Session>>,
    problem: RwSignal<Option<Problem>>,
}

impl SignedIn {
    /// Asks who is signed in, for all pages below.
    pub(crate) fn provide() -> Self {
        let load = load(&CurrentSession);
        let (session, problem) = (RwSignal::new(None), RwSignal::new(None));
        Effect::new(move |_| match load.get() {
            Some(Ok(value)) => {
                session.set(serde_json::from_value(value).ok());
                problem.set(None);
            }
            Some(Err(refused)) if refused.code == Code::NotSignedIn => dom::leave_for_sign_in(),
            Some(Err(refused)) => problem.set(Some(refused)),
            None => {}
        });
        let signed_in = Self { load, session, problem };
        provide_context(signed_in);
        signed_in
    }

    /// Shows what depends on the session; nothing while it is not known.
    pub(crate) fn show(self, view: fn(Session) -> AnyView) -> AnyView {
        let shown = move || {
            let value = self.load.get()?.ok()?;
            serde_json::from_value(value).ok().map(view)
        };
        view! { <Transition>{shown}</Transition> }.into_any()
    }

    /// Says so when the server does not tell who is signed in, with a way to ask again.
    pub(crate) fn trouble(self) -> AnyView {
        let load = self.load;
        let shown = move || {
            let retry = Callback::new(move |()| load.refetch());
            self.problem.get().map(|problem| view! { <ProblemBox problem retry /> })
        };
        view! { {shown} }.into_any()
    }

    /// Why the person may not obtain tokens, if so.
    pub(crate) fn not_member(self) -> Signal<Option<String>> {
        self.reason(|role| role == Role::Auditor, "Your role is auditor: it reads, and obtains no tokens.")
    }

    /// Why the person may not change settings, if so.
    pub(crate) fn not_admin(self) -> Signal<Option<String>> {
        self.reason(|role| role != Role::Admin, "Only an admin can change this; your role may read it.")
    }

    /// Whether the person may read the audit log; `None` while it is not known who is signed in.
    pub(crate) fn audits(self) -> Memo<Option<bool>> {
        Memo::new(move |_| self.session.with(|session| session.as_ref().map(|session| session.role != Role::User)))
    }

    fn reason(self, refused: fn(Role) -> bool, words: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let role = self.session.with(|session| session.as_ref().map(|session| session.role))?;
            refused(role).then(|| words.to_owned())
        })
    }
}
