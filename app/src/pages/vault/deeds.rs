use std::sync::Arc;

use domain::vault::{VaultDeed, VaultTrouble};
use domain::worker_token::Done;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Icon, ProblemBox, icon};

/// One deed on the vault that takes a while: whether it runs, and why it was not done last time.
#[derive(Clone, Copy)]
pub(super) struct Doing {
    guard: StoredValue<Arc<dyn Fn(VaultDeed) + Send + Sync>>,
    pub(super) busy: RwSignal<bool>,
    pub(super) trouble: RwSignal<Option<VaultTrouble>>,
}

impl Doing {
    pub(super) fn new() -> Self {
        let guard = StoredValue::new(expect_context::<Ports>().desk.guard);
        Self { guard, busy: RwSignal::new(false), trouble: RwSignal::new(None) }
    }

    /// Begins, unless it runs already; `deed` gets who is called back, `then` what came of it. The page may be gone then.
    pub(super) fn run<T: 'static>(
        self,
        deed: impl FnOnce(Done<Result<T, VaultTrouble>>) -> VaultDeed,
        then: impl FnOnce(T) + 'static,
    ) {
        if self.busy.try_get_untracked() != Some(false) {
            return;
        }
        self.busy.set(true);
        self.trouble.set(None);
        let done = Box::new(move |outcome: Result<T, VaultTrouble>| {
            self.busy.try_set(false);
            match outcome {
                Ok(done) => then(done),
                Err(trouble) => drop(self.trouble.try_set(Some(trouble))),
            }
        });
        self.guard.with_value(|guard| guard(deed(done)));
    }

    /// Why it was not done.
    pub(super) fn said(self) -> AnyView {
        let shown = move || self.trouble.get().map(said);
        view! { {shown} }.into_any()
    }
}

fn said(trouble: VaultTrouble) -> AnyView {
    match trouble {
        VaultTrouble::Server(problem) => view! { <ProblemBox problem=*problem /> }.into_any(),
        trouble => view! {
            <div class="notice bad" role="alert">
                {icon(Icon::Alert)}
                <p>{trouble.to_string()}</p>
            </div>
        }
        .into_any(),
    }
}
