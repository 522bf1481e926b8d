//! The points of a site, read from its API with its token: the one the selector stands at, or the one its address names.

mod answer;

use domain::id::ProviderId;
use domain::site::{
    CallFailure, Chosen, Points, Site, SiteAnswer, SiteCall, SiteCommand, SiteId, SitePlace, SitesPhase,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::components::{Button, Empty, Icon, Look, PageHeader, icon, skeleton};
use crate::sites::{Opening, Sites, chosen_name, site_providers};

/// Whose points are read.
#[derive(Clone, PartialEq)]
struct Target {
    site: Site,
    id: SiteId,
    name: String,
}

/// What came of the last call.
#[derive(Clone, PartialEq)]
enum State {
    Reading,
    Read(SiteAnswer),
    Failed(CallFailure),
}

/// The page as its parts know it.
#[derive(Clone, Copy)]
struct Reading {
    sites: Sites,
    target: Memo<Option<Target>>,
    page: RwSignal<u64>,
    state: RwSignal<State>,
    /// Which call is the last: what an earlier one brings is not shown.
    call: StoredValue<u64>,
}

/// The page of `/sites/points`.
pub(crate) fn site_points() -> AnyView {
    let sites = expect_context::<Sites>();
    let reading = Reading {
        sites,
        target: target(sites),
        page: RwSignal::new(1),
        state: RwSignal::new(State::Reading),
        call: StoredValue::new(0),
    };
    let is_open = Memo::new(move |_| sites.with(|view| view.phase != SitesPhase::Opening));
    Effect::new(move |before: Option<Option<Target>>| {
        let target = reading.target.get();
        if before.is_some_and(|before| before != target) {
            reading.page.set(1);
        }
        target
    });
    Effect::new(move |_| reading.reads());
    let has_target = Memo::new(move |_| reading.target.with(Option::is_some));
    let body = move || match (is_open.get(), has_target.get()) {
        (false, _) => skeleton(4),
        (true, false) => none(sites),
        (true, true) => reading.show(),
    };
    let again = move || {
        has_target.get().then(|| {
            let busy = Signal::derive(move || reading.state.with(|state| *state == State::Reading));
            view! { <Button label="Read again" picture=Icon::Renew look=Look::Primary busy busy_words="Reading…" on_press=move |()| reading.reads_again() /> }
        })
    };
    view! {
        <nav class="crumb" aria-label="Where this is"><a href="/sites">"Site tokens"</a> " › Points"</nav>
        <PageHeader title="Points" text="What is measured at a site, as its API lists it. The call carries the site's token.">
            {again}
        </PageHeader>
        {body}
    }
    .into_any()
}

/// The site that the address names, else the one the selector stands at.
fn target(sites: Sites) -> Memo<Option<Target>> {
    let query = use_query_map();
    let providers = site_providers();
    Memo::new(move |_| {
        let named = |name: &str| query.with(|query| query.get(name).filter(|text| !text.is_empty()));
        if let Some(id) = named("site").and_then(|text| SiteId::parse(&text).ok()) {
            let first = || providers.with(|known| known.as_ref()?.first().map(|first| first.id.clone()));
            let provider = named("provider").map(ProviderId::new).or_else(first)?;
            let place = SitePlace { provider, site: id.clone(), device: None };
            return Some(Target { site: Site::At(place), name: id.to_string(), id });
        }
        sites.with(|view| {
            let chosen = view.chosen.clone()?;
            let name = chosen_name(view, &chosen)?;
            let (site, id) = match chosen {
                Chosen::Token(id) => (Site::Of(id.clone()), view.token(&id)?.place.site.clone()),
                Chosen::Operators => (Site::Operators, view.operators.as_ref()?.site.clone()),
            };
            Some(Target { site, id, name })
        })
    })
}

fn none(sites: Sites) -> AnyView {
    view! {
        <Empty
            picture=Icon::Site
            title="No site is chosen"
            text="Points are read from a site's API with its token. Add one, or choose a site at the top of the page."
        >
            <Button label="Add new token" picture=Icon::Add on_press=move |()| sites.opens(Opening::Add) />
        </Empty>
    }
    .into_any()
}

impl Reading {
    /// Calls the site's API for the page that is shown; hears of another site or page.
    fn reads(self) {
        let (target, page) = (self.target.get(), self.page.get());
        if let Some(target) = target {
            self.calls(target, page);
        }
    }

    fn reads_again(self) {
        untrack(|| self.reads());
    }

    fn calls(self, Target { site, id, .. }: Target, page: u64) {
        let Ok(path) = Points::path(&id, page) else { return };
        let number = self.call.get_value() + 1;
        self.call.set_value(number);
        self.state.set(State::Reading);
        let done = Box::new(move |answer: Result<SiteAnswer, CallFailure>| {
            // Nobody hears of it when the page was left, or another call began meanwhile.
            if self.call.try_get_value() == Some(number) {
                self.state.try_set(answer.map_or_else(State::Failed, State::Read));
            }
        });
        let call = SiteCall { site, path, body: None, may_ask: true };
        self.sites.send(SiteCommand::Call { call, done });
    }

    /// While it is read, or waits for the network.
    fn reading(self) -> AnyView {
        let waits = Memo::new(move |_| self.sites.with(|view| view.waiting > 0));
        let shown = move || match waits.get() {
            true => view! {
                <div class="notice soon" role="status">
                    {icon(Icon::Alert)}
                    <p>"The network is away. The points are read by themselves when it is back."</p>
                </div>
            }
            .into_any(),
            false => skeleton(6),
        };
        view! { {shown} }.into_any()
    }

    fn show(self) -> AnyView {
        let shown = move || match self.state.get() {
            State::Reading => self.reading(),
            State::Read(answer) => answer::read(self, &answer),
            State::Failed(failure) => answer::failed(self, failure),
        };
        let title = move || self.target.with(|target| target.as_ref().map(|target| target.name.clone()));
        view! {
            <section class="points" aria-labelledby="points-site">
                <h2 id="points-site">{title}</h2>
                {shown}
            </section>
        }
        .into_any()
    }
}
