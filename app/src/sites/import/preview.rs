use std::sync::Arc;

use domain::id::SiteTokenId;
use domain::site::{ImportRow, RowDeed, RowState, SiteCommand, SiteRefusal};
use leptos::prelude::*;

use super::super::{Sites, refused};
use crate::Ports;
use crate::components::{Badge, Button, LongList, Look, long_list};
use crate::toasts::Toasts;
use crate::words::{Mood, count, left};

/// A row before it was measured.
const ROW: u32 = 64;

/// What a file would change, line by line; then all of it, or none, in one transaction.
pub(super) fn preview(sites: Sites, rows: Vec<ImportRow>) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let rows = RwSignal::new(rows);
    let busy = RwSignal::new(false);
    let refusal = RwSignal::new(None::<SiteRefusal>);
    let wanted = Memo::new(move |_| rows.with(|rows| rows.iter().filter(|row| row.deed != RowDeed::Skip).count()));
    let press = move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refusal.set(None);
        let chosen = rows.with_untracked(|rows| rows.iter().filter(|row| row.deed != RowDeed::Skip).cloned().collect());
        let done = Box::new(move |written: Result<usize, SiteRefusal>| {
            busy.try_set(false);
            match written {
                Ok(number) => {
                    sites.closes();
                    toasts.done(format!("{} imported.", count(number, "token")));
                }
                Err(why) => drop(refusal.try_set(Some(why))),
            }
        });
        sites.send(SiteCommand::Import { rows: chosen, done });
    };
    let nothing = Signal::derive(move || (wanted.get() == 0).then(|| "There is nothing to import.".to_owned()));
    let label = Signal::derive(move || format!("Import {}", count(wanted.get(), "token")));
    let all = rows.with_untracked(Vec::len);
    let keys = Memo::new(move |_| Arc::from((0..all).collect::<Vec<usize>>()));
    view! {
        <p>{move || rows.with(|rows| summary(rows))}</p>
        {long_list(LongList { label: "What would change", class: "boxed", row_height: ROW, keys }, move |at| line(sites, rows, at))}
        <p class="hint">"Nothing has changed yet. All of it is stored at once, or nothing is."</p>
        {move || refusal.get().map(refused)}
        <div class="actions">
            <Button label="Cancel" on_press=move |()| sites.closes() />
            <Button label=label look=Look::Primary busy=busy busy_words="Importing…" reason=nothing on_press=press />
        </div>
    }
    .into_any()
}

/// `40 new, 2 replace the token that is kept, 1 can't be kept.`
fn summary(rows: &[ImportRow]) -> String {
    let of = |wanted: fn(&ImportRow) -> bool| rows.iter().filter(|row| wanted(row)).count();
    let parts = [
        (of(|row| row.deed == RowDeed::Add), "new"),
        (of(|row| matches!(row.deed, RowDeed::Replace(_))), "replace what is kept"),
        (of(|row| row.deed == RowDeed::Skip && !matches!(row.state, RowState::Bad(_))), "left out"),
        (of(|row| matches!(row.state, RowState::Bad(_))), "can't be kept"),
    ];
    let said: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, words)| format!("{number} {words}")).collect();
    format!("{} read: {}.", count(rows.len(), "line"), said.join(", "))
}

fn line(sites: Sites, rows: RwSignal<Vec<ImportRow>>, at: usize) -> AnyView {
    let Some(row) = rows.with_untracked(|rows| rows.get(at).cloned()) else { return ().into_any() };
    let deed = Memo::new(move |_| rows.with(|rows| rows.get(at).map(|row| row.deed.clone())));
    let now = expect_context::<Ports>().desk.now.get_untracked();
    let life = now.map(|now| left(row.claims.expires_at, now));
    let identity = row.claims.identity.clone();
    let mood = Signal::derive(move || match deed.get() {
        Some(RowDeed::Add) => Mood::Good,
        Some(RowDeed::Replace(_)) => Mood::Soon,
        _ => Mood::None,
    });
    let is_bad = matches!(row.state, RowState::Bad(_));
    let word = Signal::derive(move || {
        match deed.get() {
            Some(RowDeed::Add) => "New",
            Some(RowDeed::Replace(_)) => "Replaces",
            _ if is_bad => "Can't be kept",
            _ => "Left out",
        }
        .to_owned()
    });
    let name = row.draft.shown_name().to_owned();
    let place = format!("Line {} · {}", row.line, row.draft.site.trim());
    view! {
        <div class="tested">
            <p><span class="strong">{name.clone()}</span> " " <span class="code soft">{place}</span></p>
            <Badge mood word />
            <p class="soft">
                {words(&row.state)}
                {identity.map(|identity| view! { <span class="code">{identity}</span> " · " })}
                {(!is_bad).then_some(life)}
            </p>
            {choice(sites, rows, at, &row, name)}
        </div>
    }
    .into_any()
}

fn words(state: &RowState) -> Option<String> {
    Some(match state {
        RowState::New => return None,
        RowState::Same(_) => "The same token is kept for this site already. ".to_owned(),
        RowState::Other(others) if others.len() == 1 => "Another token is kept for this site. ".to_owned(),
        RowState::Other(others) => format!("{} other tokens are kept for this site. ", others.len()),
        RowState::Repeats(line) => format!("Line {line} says the same. "),
        RowState::Bad(why) => format!("{why} "),
    })
}

/// Where a site has a token already, a person says what becomes of it.
fn choice(sites: Sites, rows: RwSignal<Vec<ImportRow>>, at: usize, row: &ImportRow, name: String) -> AnyView {
    let deeds = row.deeds();
    if !matches!(row.state, RowState::Other(_)) {
        return ().into_any();
    }
    let option = |(place, deed): (usize, &RowDeed)| {
        let words = match deed {
            RowDeed::Add => "Keep both".to_owned(),
            RowDeed::Replace(id) => replaced(sites, id),
            RowDeed::Skip => "Leave out".to_owned(),
        };
        view! { <option value=place.to_string() selected=*deed == row.deed>{words}</option> }
    };
    let options = deeds.iter().enumerate().map(option).collect_view();
    let change = move |event: web_sys::Event| {
        let chosen = event_target_value(&event).parse::<usize>().ok().and_then(|place| deeds.get(place).cloned());
        rows.update(|rows| {
            if let (Some(row), Some(deed)) = (rows.get_mut(at), chosen) {
                row.deed = deed;
            }
        });
    };
    view! { <select aria-label=format!("What to do with {name}") on:change=change>{options}</select> }.into_any()
}

fn replaced(sites: Sites, id: &SiteTokenId) -> String {
    let masked = sites.with_untracked(|view| view.token(id).map(|token| token.masked.clone()));
    format!("Replace {}", masked.unwrap_or_else(|| "the one that is kept".to_owned()))
}
