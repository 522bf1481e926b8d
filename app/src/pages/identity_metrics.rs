//! How many identities there are, and how many of them were active, over a time a person chooses.

mod by_license;
mod drawn;
mod panel;
mod range;

use leptos::prelude::*;

use crate::components::PageHeader;
use crate::gateway::{Gateway, behind_worker_token};
use range::Range;

/// The page of `/identity-metrics`.
pub(crate) fn identity_metrics() -> AnyView {
    view! {
        <PageHeader title="Identity metrics" text="How many identities there are, and how many of them were active." />
        {behind_worker_token(page)}
    }
    .into_any()
}

fn page(gateway: Gateway) -> AnyView {
    let range = Range::new();
    view! {
        {range.form()}
        {panel::total(gateway.clone(), range)}
        {panel::active(gateway.clone(), range)}
        {by_license::by_license(gateway, range)}
    }
    .into_any()
}
