use domain::site::SitePlace;
use leptos::prelude::*;

use crate::Ports;
use crate::components::fact;
use crate::sites::Sites;
use crate::words::quota_said;

/// How many calls a site has left, as soon as it was called from this tab; few are marked before none is left. All devices of a
/// site share its calls.
pub(super) fn calls_left(sites: Sites, place: Memo<Option<SitePlace>>) -> AnyView {
    let now = expect_context::<Ports>().desk.now;
    let quota = Memo::new(move |_| {
        let of_site = SitePlace { device: None, ..place.get()? };
        sites.with(|view| view.quotas.get(&of_site).copied())
    });
    let said = Memo::new(move |_| quota.get().map(|quota| quota_said(&quota, now.get().unwrap_or_default())));
    let shown = move || {
        let (is_short, words) = said.get()?;
        let class = if is_short { "status soon" } else { "" };
        Some(fact("Calls left", view! { <span class=class>{words}</span> }.into_any()))
    };
    view! { {shown} }.into_any()
}
