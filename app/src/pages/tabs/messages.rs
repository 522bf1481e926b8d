use domain::id::TabId;
use domain::keeper::View;
use domain::tabs::{Direction, Logged, TabsReport};
use leptos::prelude::*;

use super::words;
use crate::Ports;
use crate::components::{Moment, Table};

/// What the list shows.
#[derive(Clone, PartialEq)]
pub(super) struct Shown {
    me: TabId,
    /// The newest first.
    log: Vec<Logged>,
}

impl Shown {
    pub(super) fn of(report: &TabsReport) -> Self {
        Self { me: report.me.id.clone(), log: report.log.iter().rev().cloned().collect() }
    }
}

/// The last messages.
pub(super) fn messages(shown: Shown) -> AnyView {
    let Shown { me, log } = shown;
    let body = if log.is_empty() {
        view! { <p class="soft">"Nothing was said yet. Renew a token, and it stands here."</p> }.into_any()
    } else {
        let view = expect_context::<Ports>().desk.view;
        let rows = view.with_untracked(|view| log.iter().map(|message| row(message, &me, view)).collect_view());
        view! {
            <Table label="Last messages" head=&["When", "What", "About", "Generation", "From", "By"]>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <h2>"Last messages"</h2>
        {body}
    }
    .into_any()
}

fn row(message: &Logged, me: &TabId, view: &View) -> AnyView {
    let about = message.subject.as_deref().map(|subject| name(subject, view));
    let from = match (&message.direction, &message.from) {
        (Direction::Told, _) => "This tab".to_owned(),
        (Direction::Heard, Some(tab)) if tab == me => "This tab".to_owned(),
        (Direction::Heard, Some(tab)) => words::short(tab),
        (Direction::Heard, None) => "An older version".to_owned(),
    };
    view! {
        <tr>
            <td><Moment at=message.at /></td>
            <td>{words::kind(message.kind)}</td>
            <td>{about}</td>
            <td>{message.generation}</td>
            <td>{from}</td>
            <td class="soft">{words::ways(message.ways)}</td>
        </tr>
    }
    .into_any()
}

/// The connection's name, where it is one that is known.
fn name(subject: &str, view: &View) -> String {
    let known = view.connections.iter().find(|shown| shown.connection.id.as_str() == subject);
    known.map_or_else(|| subject.to_owned(), |shown| shown.connection.name.clone())
}
