use domain::site::{Chosen, SiteCommand, SiteRefusal, TestReport};
use leptos::prelude::*;

use super::Wizard;
use crate::components::{Button, Look};
use crate::sites::{Sites, Waiting, chosen_name, reported};

/// What the test found; after a reload, or when it was not kept, it is tested again.
pub(super) fn result(wizard: Wizard, chosen: Chosen) -> AnyView {
    let sites = wizard.sites;
    let name = sites.with_untracked(|view| chosen_name(view, &chosen)).unwrap_or_default();
    let testing = Waiting::new();
    if wizard.report.with_untracked(Option::is_none) {
        test(sites, wizard, testing, chosen.clone());
    }
    let again = StoredValue::new(chosen);
    let shown = move || match (testing.busy.get(), wizard.report.get()) {
        (true, _) => view! { <p role="status">"Testing the token…"</p> }.into_any(),
        (false, Some(report)) => reported(&report),
        (false, None) => testing.said(),
    };
    let retry = move || {
        let failed = !testing.busy.get() && wizard.report.with(Option::is_none);
        failed.then(|| {
            view! { <Button label="Test again" on_press=move |()| test(sites, wizard, testing, again.get_value()) /> }
        })
    };
    view! {
        <h2>{name}</h2>
        {shown}
        <div class="actions apart">
            <Button label="Back" on_press=move |()| wizard.begins_anew() />
            <span class="actions">
                {retry}
                <Button label="Continue" look=Look::Primary on_press=move |()| wizard.ends() />
            </span>
        </div>
    }
    .into_any()
}

fn test(sites: Sites, wizard: Wizard, testing: Waiting, chosen: Chosen) {
    if testing.begin() {
        let done = Box::new(move |outcome: Result<TestReport, SiteRefusal>| match outcome {
            Ok(report) => {
                testing.done();
                wizard.report.try_set(Some(report));
            }
            Err(why) => testing.ended(Err(why)),
        });
        sites.send(SiteCommand::Test { chosen, done });
    }
}
