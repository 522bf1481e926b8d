use domain::tabs::{OtherTab, TabsReport, WakesBy};
use leptos::prelude::*;

use super::words;
use crate::components::{Badge, Empty, Icon, Moment, Table};
use crate::words::Mood;

/// What the list shows.
#[derive(Clone, PartialEq)]
pub(super) struct Shown {
    me: OtherTab,
    others: Vec<OtherTab>,
    wakes: WakesBy,
}

impl Shown {
    pub(super) fn of(report: &TabsReport) -> Self {
        let mut others = report.others.clone();
        others.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
        Self { me: report.me.clone(), others, wakes: report.wakes.clone() }
    }
}

/// The tabs there are.
pub(super) fn others(shown: Shown) -> AnyView {
    let Shown { me, others, wakes } = shown;
    let is_alone = others.is_empty();
    let row = |tab: OtherTab, is_me: bool| {
        let is_first = matches!(&wakes, WakesBy::Tab(first) if *first == tab.id);
        row(tab, is_me, is_first)
    };
    let rows: Vec<AnyView> =
        [row(me, true)].into_iter().chain(others.into_iter().map(|other| row(other, false))).collect();
    let alone = is_alone.then(|| {
        view! {
            <Empty
                picture=Icon::Tabs
                title="No other tab is open"
                text="Open Tokenkeep in a second tab of this browser: it appears here, and hears of every change."
            />
        }
    });
    view! {
        <h2>"Open tabs"</h2>
        <Table label="Open tabs" head=&["Tab", "State", "Opened", "Last heard", "Hears by"]>
            {rows}
        </Table>
        {alone}
    }
    .into_any()
}

fn row(tab: OtherTab, is_me: bool, is_first: bool) -> AnyView {
    let (mood, word) = match tab.silent_since {
        Some(_) => (Mood::Soon, "Does not answer"),
        None if tab.seen => (Mood::Good, "Seen"),
        None => (Mood::None, "Hidden"),
    };
    let name = if is_me { format!("{} (this tab)", words::short(&tab.id)) } else { words::short(&tab.id) };
    let heard = if is_me { "".into_any() } else { view! { <Moment at=tab.heard_at /> }.into_any() };
    view! {
        <tr>
            <th scope="row"><code>{name}</code>{is_first.then_some(" wakes first")}</th>
            <td><Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) /></td>
            <td><Moment at=tab.since /></td>
            <td>{heard}</td>
            <td class="soft">{words::ways(tab.ways)}</td>
        </tr>
    }
    .into_any()
}
