use std::sync::Arc;

use domain::api::account::SignOut;
use domain::api::{self, Code};
use domain::keeper::{Command, Phase};
use leptos::prelude::*;

use crate::tenancy::Tenancy;
use crate::{Ports, dom};

/// Signing out: this browser's tabs forget first, and the vault notes it; then the server ends the session, then the page
/// starts afresh. A page left any sooner would take the vault's open transaction along.
#[derive(Clone, Copy)]
pub(crate) struct Leaving {
    ports: StoredValue<Ports>,
    tenancy: Tenancy,
    begun: RwSignal<bool>,
    /// Why the server could not be told.
    pub(crate) failed: RwSignal<Option<String>>,
}

impl Leaving {
    /// The way out, for all pages below. It is also taken when a person signs out in another tab.
    pub(crate) fn provide() {
        let ports = expect_context::<Ports>();
        let view = ports.desk.view.clone();
        let tenancy = expect_context::<Tenancy>();
        let (begun, failed) = (RwSignal::new(false), RwSignal::new(None));
        let leaving = Self { ports: StoredValue::new(ports), tenancy, begun, failed };
        provide_context(leaving);
        Effect::new(move |_| {
            if view.with(|view| view.phase == Phase::SignedOut) {
                leaving.end_session();
            }
        });
    }

    /// Signs out here and in every other tab.
    pub(crate) fn sign_out(self) {
        let signed_out = self.ports.with_value(|ports| {
            (ports.desk.send)(Command::SignOut);
            ports.desk.view.with_untracked(|view| view.phase == Phase::SignedOut)
        });
        // The server could not be told the time before.
        if signed_out {
            self.end_session();
        }
    }

    fn end_session(self) {
        // Its vault is closed because another tab removed the tenant: nobody signed out.
        if self.tenancy.was_removed() {
            return dom::full_load("/");
        }
        if self.begun.get_untracked() {
            return;
        }
        self.begun.set(true);
        let api = self.ports.with_value(|ports| Arc::clone(&ports.api));
        leptos::task::spawn_local(async move {
            match api::call(api.as_ref(), SignOut, ()).await {
                Err(problem) if problem.code != Code::NotSignedIn => {
                    self.begun.set(false);
                    self.failed.set(Some(problem.title));
                }
                _ => dom::full_load("/sign-in"),
            }
        });
    }
}
