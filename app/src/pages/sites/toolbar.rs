use std::collections::BTreeSet;

use domain::id::ProviderId;
use domain::number::grouped;
use domain::site::Order;
use leptos::prelude::*;

use super::list::Wanted;
use super::removal::Removal;
use crate::components::{Button, Choice, Icon, Look, Select};
use crate::sites::{Opening, Sites, provider_choices, site_apis};
use crate::words::count;

const ORDERS: [(&str, Order); 4] = [
    ("Name", Order::Name),
    ("Expires first", Order::Expiry),
    ("Used last", Order::LastUsed),
    ("Added last", Order::Added),
];

/// Search, order, and what is done with several.
pub(super) fn toolbar(sites: Sites, wanted: Wanted, removal: Removal) -> AnyView {
    let picking = move || if wanted.picking.get() { with_several(sites, wanted, removal) } else { search(wanted) };
    view! { <div class="site-tools">{picking}</div> }.into_any()
}

fn search(wanted: Wanted) -> AnyView {
    let order = RwSignal::new(order_name(wanted.query.with_untracked(|query| query.order)).to_owned());
    Effect::new(move |_| {
        let chosen = order.with(|order| ORDERS.into_iter().find(|(name, _)| name == order));
        if let Some((_, order)) = chosen {
            wanted.query.update(|query| query.order = order);
        }
    });
    let orders: Vec<Choice> = ORDERS.iter().map(|(name, _)| Choice::new(*name, *name)).collect();
    let text = Memo::new(move |_| wanted.query.with(|query| query.text.clone()));
    let words = move || {
        let shown = wanted.shown.with(|shown| shown.len());
        format!("{} shown", grouped(shown as u64))
    };
    view! {
        <div class="field site-search">
            <label for="site-search">"Search"</label>
            <input
                id="site-search"
                type="search"
                placeholder="Site, name, device or identity"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                prop:value=text
                on:input=move |event| wanted.query.update(|query| query.text = event_target_value(&event))
            />
        </div>
        <Select id="site-order" label="Sort by" value=order choices=Signal::stored(orders) />
        {of_provider(wanted)}
        <Button label="Choose several" picture=Icon::List on_press=move |()| wanted.picking.set(true) />
        <p class="hidden" role="status">{words}</p>
    }
    .into_any()
}

fn order_name(order: Order) -> &'static str {
    ORDERS.into_iter().find(|(_, one)| *one == order).map_or("Name", |(name, _)| name)
}

/// Whose tokens, where there is more than one provider.
fn of_provider(wanted: Wanted) -> AnyView {
    // What is kept of another API than the tenant's is listed, too.
    let providers = provider_choices(site_apis(), None);
    let choices =
        Signal::derive(move || std::iter::once(Choice::new("", "All")).chain(providers.get()).collect::<Vec<_>>());
    let several = Memo::new(move |_| choices.with(Vec::len) > 2);
    let value = RwSignal::new(
        wanted.query.with_untracked(|query| query.provider.as_ref().map(ToString::to_string).unwrap_or_default()),
    );
    Effect::new(move |_| {
        let provider = value.with(|value| (!value.is_empty()).then(|| ProviderId::new(value.clone())));
        wanted.query.update(|query| query.provider = provider);
    });
    let shown = move || several.get().then(|| view! { <Select id="site-of" label="Provider" value choices /> });
    view! { {shown} }.into_any()
}

/// While tokens are picked.
fn with_several(sites: Sites, wanted: Wanted, removal: Removal) -> AnyView {
    let number = Memo::new(move |_| wanted.picked.with(BTreeSet::len));
    let none = Signal::derive(move || (number.get() == 0).then(|| "No token is chosen.".to_owned()));
    let all = Signal::derive(move || format!("Choose all {}", grouped(wanted.shown.with(|shown| shown.len()) as u64)));
    let ids = move || wanted.picked.with_untracked(|picked| picked.iter().cloned().collect::<Vec<_>>());
    let over = move || {
        wanted.picking.set(false);
        wanted.picked.set(BTreeSet::new());
    };
    let test = move |()| {
        sites.opens(Opening::Test(ids()));
        over();
    };
    let read = move |()| {
        sites.opens(Opening::Points(ids()));
        over();
    };
    let remove = move |()| removal.ask(ids());
    let label = Signal::derive(move || format!("Test {}", count(number.get(), "site")));
    let points = Signal::derive(move || format!("Read points of {}", count(number.get(), "site")));
    let delete = Signal::derive(move || format!("Delete {}", number.get()));
    view! {
        <p class="strong" role="status">{move || format!("{} chosen", grouped(number.get() as u64))}</p>
        <div class="actions">
            <Button label=all look=Look::Quiet on_press=move |()| wanted.picked.set(wanted.shown.get_untracked().iter().cloned().collect()) />
            <Button label=delete picture=Icon::Remove look=Look::Danger reason=none on_press=remove />
            <Button label=points picture=Icon::List reason=none on_press=read />
            <Button label=label picture=Icon::Tested reason=none on_press=test />
            <Button label="Done" on_press=move |()| over() />
        </div>
    }
    .into_any()
}
