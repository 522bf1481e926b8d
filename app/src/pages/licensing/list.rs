use std::collections::BTreeMap;
use std::sync::Arc;

use domain::management::licenses::{License, Order, Organization, State, Usage, chosen, csv, json};
use domain::time::date::Day;
use leptos::prelude::*;

use super::card::card;
use super::reading::{All, Licenses, read_active};
use crate::components::{Button, Choice, Empty, Field, Icon, Look, Select};
use crate::gateway::{Gateway, Remote};
use crate::toasts::Toasts;
use crate::words::count;
use crate::{Ports, dom};

/// With so many licences there is something to search in.
const MANY: usize = 4;

/// So many cards are drawn at once, and so many more when a person asks for them.
const SHELF: usize = 40;

/// Of so many licences in force the active identities are asked for at once; of the others when a person opens them.
const AT_ONCE: usize = 10;

/// What all cards share.
#[derive(Clone)]
pub(super) struct Shelf {
    gateway: Gateway,
    organization: String,
    /// All licences.
    pub(super) all: Arc<Vec<License>>,
    /// The active identities of each, by its identifier.
    active: Arc<BTreeMap<String, Remote<[Usage; 2]>>>,
}

impl Shelf {
    /// The active identities of a licence.
    pub(super) fn active(&self, license: &License) -> Option<Remote<[Usage; 2]>> {
        self.active.get(&license.id).copied()
    }

    /// Asks for the active identities of a licence, unless that was done.
    pub(super) fn ask(&self, license: &License) {
        let Some(remote) = self.active(license).filter(|remote| remote.is_idle()) else { return };
        let now = expect_now();
        let (gateway, organization, license) = (self.gateway.clone(), self.organization.clone(), license.clone());
        remote.ask(move || read_active(gateway.clone(), organization.clone(), license.clone(), now()));
    }

    fn known(&self, id: &str) -> Option<[Usage; 2]> {
        let remote = self.active.get(id)?;
        untrack(|| remote.ready()).map(|usage| (*usage).clone())
    }
}

/// The licences: search, order, files, and a card for each.
pub(super) fn list(gateway: Gateway, organization: String, all: &All) -> AnyView {
    let read = &all.licenses;
    if read.licenses.is_empty() {
        return empty(read);
    }
    let about = all.organization.as_ref().ok().cloned();
    let active = read.licenses.iter().map(|license| (license.id.clone(), Remote::new())).collect();
    let shelf = Shelf { gateway, organization, all: Arc::new(read.licenses.clone()), active: Arc::new(active) };
    let in_force = chosen(&read.licenses, "", Order::State).into_iter().filter(|one| one.state == State::Active);
    in_force.take(AT_ONCE).for_each(|license| shelf.ask(&license));

    let (search, order) = (RwSignal::new(String::new()), RwSignal::new(Order::default().value().to_owned()));
    let all = Arc::clone(&shelf.all);
    let shown = Memo::new(move |_| {
        let order = order.with(|order| Order::of(order)).unwrap_or_default();
        search.with(|search| chosen(&all, search, order))
    });
    let tools = (read.licenses.len() >= MANY).then(|| tools(search, order));
    let found = move || match shown.with(Vec::len) {
        0 => "No licence has all these words.".to_owned(),
        number => count(number, "licence"),
    };
    let most = RwSignal::new(SHELF);
    let cards = {
        let shelf = shelf.clone();
        move || shown.get().into_iter().take(most.get()).map(|license| card(license, &shelf)).collect_view()
    };
    let more = move || {
        let hidden = shown.with(Vec::len).saturating_sub(most.get());
        (hidden > 0).then(|| {
            let label = format!("Show {} more of {hidden}", hidden.min(SHELF));
            view! { <Button label on_press=move |()| most.update(|most| *most += SHELF) /> }
        })
    };
    view! {
        <section class="licences" aria-label="Licences">
            <div class="card-head">
                <h2>"Licences"</h2>
                {files(shelf, shown, about)}
            </div>
            {notices(read)}
            {tools}
            <p class="hint" role="status">{found}</p>
            <ul class="cards">{cards}</ul>
            {more}
        </section>
    }
    .into_any()
}

fn empty(read: &Licenses) -> AnyView {
    let text =
        "The API answered, and its list holds no licence. Whoever manages the organisation's contract can say why.";
    view! {
        {notices(read)}
        <Empty picture=Icon::Licence title="The organisation has no licence" text />
    }
    .into_any()
}

fn notices(read: &Licenses) -> AnyView {
    let entries = match read.unread {
        0 => None,
        1 => Some("1 entry could not be read and is left out.".to_owned()),
        unread => Some(format!("{unread} entries could not be read and are left out.")),
    };
    let line = |words: String| view! { <p class="note soon" role="status">{words}</p> };
    let lines: Vec<_> = [entries, read.rest.words()].into_iter().flatten().map(line).collect();
    view! { {lines} }.into_any()
}

fn tools(search: RwSignal<String>, order: RwSignal<String>) -> AnyView {
    let orders = Order::ALL.map(|order| Choice::new(order.value(), order.label())).to_vec();
    view! {
        <div class="tools">
            <Field id="licence-search" label="Search" kind="search" value=search hint="Name, package, state or identifier" />
            <Select id="licence-order" label="Order" value=order choices=Signal::stored(orders) />
        </div>
    }
    .into_any()
}

/// What is shown, as a file.
fn files(shelf: Shelf, shown: Memo<Vec<License>>, about: Option<Organization>) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let now = expect_now();
    let save = move |ending: &'static str| {
        let (now, licenses) = (now(), shown.get_untracked());
        let known = |id: &str| shelf.known(id);
        let text =
            if ending == "csv" { csv(&licenses, now, &known) } else { json(about.as_ref(), &licenses, now, &known) };
        let name = format!("licences-{}.{ending}", Day::of(now));
        let saved = dom::download(&name, &text).is_some();
        toasts.done(if saved {
            format!("{name} was saved.")
        } else {
            "The browser could not save the file.".to_owned()
        });
    };
    let again = save.clone();
    view! {
        <div class="actions">
            <Button label="Export CSV" picture=Icon::Export look=Look::Quiet on_press=move |()| save("csv") />
            <Button label="Export JSON" picture=Icon::Export look=Look::Quiet on_press=move |()| again("json") />
        </div>
    }
    .into_any()
}

/// The moment it is whenever it is called.
pub(super) fn expect_now() -> impl Fn() -> domain::time::Timestamp + Clone + Send + Sync + 'static {
    let now = expect_context::<Ports>().desk.now;
    move || now.get_untracked().unwrap_or_default()
}
