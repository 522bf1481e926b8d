use domain::id::ProviderId;
use domain::site::{LegacyDeed, LegacyPlan, LegacyTaken, LegacyUnreadable, SiteCommand, SiteRefusal};
use leptos::prelude::*;

use super::{Sites, provider_choices, refused, site_providers};
use crate::components::{Button, Look, Select, Table, skeleton};
use crate::words::count;

/// Where the taking over stands.
#[derive(Clone, PartialEq)]
enum Stage {
    Looking,
    Planned(LegacyPlan),
    Taken(LegacyTaken),
    RolledBack,
    Refused(SiteRefusal),
}

/// What an earlier app left in this browser: first what would be done, then what was.
pub(super) fn legacy(sites: Sites) -> AnyView {
    let stage = RwSignal::new(Stage::Looking);
    let provider = RwSignal::new(String::new());
    let look = move || {
        let done = Box::new(move |plan: Result<LegacyPlan, SiteRefusal>| {
            stage.try_set(plan.map_or_else(Stage::Refused, Stage::Planned));
        });
        sites.send(SiteCommand::PlanLegacy { done });
    };
    look();
    let shown = move || match stage.get() {
        Stage::Looking => skeleton(3),
        Stage::Planned(plan) => planned(sites, stage, provider, plan),
        Stage::Taken(taken) => over(sites, stage, taken),
        Stage::RolledBack => closing(
            sites,
            "Undone. What was taken over is gone from here, and the earlier app's tokens stand as they were.",
        ),
        Stage::Refused(why) => view! {
            {refused(why)}
            <div class="actions"><Button label="Close" on_press=move |()| sites.closes() /></div>
        }
        .into_any(),
    };
    view! { {shown} }.into_any()
}

fn closing(sites: Sites, words: &'static str) -> AnyView {
    view! {
        <p role="status">{words}</p>
        <div class="actions"><Button label="Close" look=Look::Primary on_press=move |()| sites.closes() /></div>
    }
    .into_any()
}

fn planned(sites: Sites, stage: RwSignal<Stage>, provider: RwSignal<String>, plan: LegacyPlan) -> AnyView {
    let choices = provider_choices(site_providers(), None);
    Effect::new(move |_| {
        let first = choices.with(|choices| choices.first().map(|first| first.value.clone()));
        if let Some(first) = first.filter(|_| provider.with_untracked(String::is_empty)) {
            provider.set(first);
        }
    });
    let number = plan.items.iter().filter(|item| !matches!(item.deed, LegacyDeed::Leave(_))).count();
    let busy = RwSignal::new(false);
    let rows = plan.items.iter().map(|item| {
        let deed = match &item.deed {
            LegacyDeed::Take => "Is kept here, read back, then removed there.".to_owned(),
            LegacyDeed::Known => "Is kept here already: only removed there.".to_owned(),
            LegacyDeed::Leave(why) => format!("Stays there. {why}"),
        };
        view! {
            <tr>
                <td>
                    {(!item.name.is_empty()).then(|| view! { <div class="strong">{item.name.clone()}</div> })}
                    <div class="code soft">{item.site.clone()}</div>
                </td>
                <td class="code">{item.masked.clone()}<div class="soft">{item.at.clone()}</div></td>
                <td class="words">{deed}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let list = (!plan.items.is_empty())
        .then(|| view! { <Table label="What would be done" head=&["Site", "Token", "What happens"]>{rows}</Table> });
    let unreadable = left_behind("Can't be read", &plan.unreadable);
    let can_roll_back = plan.can_roll_back;
    let plan = StoredValue::new(plan);
    let take = move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let done = Box::new(move |taken: Result<LegacyTaken, SiteRefusal>| {
            stage.try_set(taken.map_or_else(Stage::Refused, Stage::Taken));
        });
        let provider = ProviderId::new(provider.get_untracked());
        sites.send(SiteCommand::TakeOverLegacy { plan: plan.get_value(), provider, done });
    };
    let reason = Signal::derive(move || {
        if number == 0 {
            Some("There is nothing that can be taken over.".to_owned())
        } else {
            choices.with(Vec::is_empty).then(|| "No provider of site tokens is allowed yet.".to_owned())
        }
    });
    let several = Memo::new(move |_| choices.with(Vec::len) > 1);
    view! {
        <p>"This is what would be done. Nothing has changed yet, and nothing is removed before it was read back here."</p>
        {list}
        {unreadable}
        {move || several.get().then(|| view! { <Select id="legacy-provider" label="They are tokens of" value=provider choices /> })}
        <div class="actions">
            {can_roll_back.then(|| undo(sites, stage))}
            <Button label="Cancel" on_press=move |()| sites.closes() />
            <Button label=format!("Take over {}", count(number, "token")) look=Look::Primary busy=busy busy_words="Taking over…" reason on_press=take />
        </div>
    }
    .into_any()
}

fn left_behind(title: &'static str, left: &[LegacyUnreadable]) -> AnyView {
    if left.is_empty() {
        return ().into_any();
    }
    let one = |one: &LegacyUnreadable| view! { <li><span class="code">{one.at.clone()}</span> " " <span class="soft">{one.why.clone()}</span></li> };
    view! {
        <section class="notice soon">
            <div>
                <p class="strong">{title}</p>
                <ul>{left.iter().map(one).collect_view()}</ul>
            </div>
        </section>
    }
    .into_any()
}

fn undo(sites: Sites, stage: RwSignal<Stage>) -> AnyView {
    let busy = RwSignal::new(false);
    let press = move |()| {
        busy.set(true);
        let done = Box::new(move |undone: Result<(), SiteRefusal>| {
            stage.try_set(undone.map_or_else(Stage::Refused, |()| Stage::RolledBack));
        });
        sites.send(SiteCommand::RollBackLegacy { done });
    };
    view! { <Button label="Undo the last taking over" look=Look::Quiet busy=busy busy_words="Undoing…" on_press=press /> }.into_any()
}

fn over(sites: Sites, stage: RwSignal<Stage>, taken: LegacyTaken) -> AnyView {
    view! {
        <p role="status">
            {format!("{} taken over, {} removed from where the earlier app kept them.", count(taken.taken, "token"), taken.removed)}
        </p>
        {left_behind("Left where it was", &taken.left)}
        <div class="actions">
            {undo(sites, stage)}
            <Button label="Close" look=Look::Primary on_press=move |()| sites.closes() />
        </div>
    }
    .into_any()
}
