//! The first-time setup of site tokens, step by step. How far it is lies sealed in the vault, so that it goes on after a reload.

mod entry;
mod result;
mod welcome;

use domain::site::{Chosen, Draft, Setup, SiteCommand, SitesPhase, TestReport};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::components::{PageHeader, skeleton};
use crate::sites::Sites;

/// Which step is shown.
#[derive(Clone, PartialEq)]
enum Step {
    Welcome,
    Entry(Box<Draft>),
    Result(Chosen),
}

/// The setup as its steps know it.
#[derive(Clone, Copy)]
struct Wizard {
    sites: Sites,
    step: RwSignal<Step>,
    /// What the test found, while the page is open.
    report: RwSignal<Option<TestReport>>,
    /// Leaves for the list of tokens.
    leave: Callback<()>,
}

/// The page of `/sites/setup`.
pub(crate) fn site_setup() -> AnyView {
    let sites = expect_context::<Sites>();
    let is_open = Memo::new(move |_| sites.with(|view| view.phase == SitesPhase::Open));
    let navigate = use_navigate();
    let leave = Callback::new(move |()| navigate("/sites", NavigateOptions::default()));
    let body = move || {
        if !is_open.get() {
            return skeleton(3);
        }
        let step = match sites.with_untracked(|view| view.setup.clone()) {
            Setup::NotBegun | Setup::Over => Step::Welcome,
            Setup::Entering { draft } => Step::Entry(Box::new(draft)),
            Setup::Tested { chosen } => Step::Result(chosen),
        };
        Wizard { sites, step: RwSignal::new(step), report: RwSignal::new(None), leave }.show()
    };
    view! {
        <PageHeader title="Set up site tokens" text="A few steps, and the first site is ready. You can stop at any of them and go on later." />
        {body}
    }
    .into_any()
}

impl Wizard {
    fn show(self) -> AnyView {
        let shown = move || match self.step.get() {
            Step::Welcome => welcome::welcome(self),
            Step::Entry(draft) => entry::entry(self, *draft),
            Step::Result(chosen) => result::result(self, chosen),
        };
        view! {
            <section class="wizard">
                {self.steps()}
                <div class="card">{shown}</div>
            </section>
        }
        .into_any()
    }

    /// Where one is.
    fn steps(self) -> AnyView {
        let at = Memo::new(move |_| {
            self.step.with(|step| match step {
                Step::Welcome => 0,
                Step::Entry(_) => 1,
                Step::Result(_) => 2,
            })
        });
        let step = move |(place, words): (usize, &'static str)| {
            let current = move || (at.get() == place).then_some("step");
            view! { <li aria-current=current class:done=move || place < at.get()>{words}</li> }
        };
        let steps = ["Choose", "Enter and test", "Result"].into_iter().enumerate().map(step).collect_view();
        view! { <ol class="wizard-steps" aria-label="Steps">{steps}</ol> }.into_any()
    }

    /// Goes on with a token that was tested.
    fn tested(self, chosen: Chosen, report: Option<TestReport>) {
        self.report.try_set(report);
        self.sites.send(SiteCommand::KeepSetup(Setup::Tested { chosen: chosen.clone() }));
        self.step.try_set(Step::Result(chosen));
    }

    /// Back to where one chooses; what was entered is forgotten.
    fn begins_anew(self) {
        self.sites.send(SiteCommand::KeepSetup(Setup::NotBegun));
        self.step.set(Step::Welcome);
    }

    /// Ends it, whatever was done.
    fn ends(self) {
        self.sites.send(SiteCommand::KeepSetup(Setup::Over));
        self.leave.run(());
    }
}
