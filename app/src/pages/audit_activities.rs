//! The audit log of an environment: asked for a range and one condition, narrowed and summed up here.

mod detail;
mod export;
mod form;
mod list;
mod reading;
mod results;
mod timeline;

use leptos::prelude::*;

use crate::components::PageHeader;
use crate::gateway::{Gateway, behind_worker_token};
use form::Form;
use reading::Reading;

/// The page of `/audit-activities`.
pub(crate) fn audit_activities() -> AnyView {
    view! {
        <PageHeader title="Audit activities" text="What was done in the environment, by whom, and how it ended. All times are in UTC." />
        {behind_worker_token(audit)}
    }
    .into_any()
}

fn audit(gateway: Gateway) -> AnyView {
    let reading = Reading::new(gateway);
    let form = Form::new();
    // A first look without a press: the last day.
    Effect::new(move |_| form.search(reading));
    view! {
        {form.shown(reading)}
        {results::results(reading)}
    }
    .into_any()
}
