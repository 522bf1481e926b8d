use domain::management::bulk::{Layout, LeftOut, List};
use domain::number::grouped;
use leptos::prelude::*;

use super::list::Source;
use super::lookup::Lookup;
use crate::components::{Button, Checkbox, Choice, Look, Select};

/// How many entries are shown before they are looked up.
const SAMPLE: usize = 6;

/// What was read of a list, how it is meant, and the button that looks it up.
pub(super) fn preview(lookup: Lookup, source: Source, chosen: RwSignal<Option<Source>>) -> AnyView {
    let layout = source.sheet.layout();
    let (header, column) = (RwSignal::new(layout.header), RwSignal::new(layout.column.to_string()));
    let (guessed, width) = (source.guessed, source.sheet.width());
    let sheet = StoredValue::new(source.sheet);
    let list = Memo::new(move |_| {
        let layout = Layout { header: header.get(), column: column.with(|column| column.parse().unwrap_or(0)) };
        sheet.with_value(|sheet| sheet.list(layout))
    });
    let columns = Signal::derive(move || {
        let names = sheet.with_value(|sheet| sheet.columns(header.get()));
        names.into_iter().enumerate().map(|(at, name)| Choice::new(at.to_string(), name)).collect::<Vec<_>>()
    });
    let table = (width > 1).then(|| {
        view! { <Select id="bulk-column" label="Column with the users" value=column choices=columns /> }
    });
    let guess = guessed.then(|| {
        view! { <p class="note soon">"Note: The file is not UTF-8; its letters are read as Windows' Western ones. Check names with accents."</p> }
    });
    let count = Memo::new(move |_| list.with(|list| list.entries.len()));
    let label = Signal::derive(move || format!("Look up {}", users(count.get())));
    let reason = Signal::derive(move || (count.get() == 0).then(|| "There is no entry in this column".to_owned()));
    let start = move |()| lookup.start(list.get_untracked());
    view! {
        <section class="card" aria-label="What was read">
            <h2>{move || format!("{} read", users(count.get()))}</h2>
            <div class="number">{table}</div>
            <Checkbox id="bulk-header" label="The first line names the columns" checked=header />
            {guess}
            {move || list.with(|list| said(list.left_out))}
            {move || list.with(sample)}
            <div class="actions">
                <Button label="Choose another list" on_press=move |()| chosen.set(None) />
                <Button label look=Look::Primary reason on_press=start />
            </div>
        </section>
    }
    .into_any()
}

/// A number of users.
pub(super) fn users(count: usize) -> String {
    if count == 1 { "1 user".to_owned() } else { format!("{} users", grouped(count as u64)) }
}

fn sample(list: &List) -> AnyView {
    let first =
        list.entries.iter().take(SAMPLE).map(|entry| view! { <li class="code">{entry.clone()}</li> }).collect_view();
    let more = list.entries.len().saturating_sub(SAMPLE);
    let more = (more > 0).then(|| view! { <li class="soft">{format!("and {} more", grouped(more as u64))}</li> });
    view! { <ul class="sample" aria-label="The first entries">{first} {more}</ul> }.into_any()
}

/// What of a list is not looked up, in words; nothing where all is.
pub(super) fn said(left_out: LeftOut) -> AnyView {
    let LeftOut { duplicates, blank, too_long, beyond } = left_out;
    let lines = [
        (
            duplicates,
            "said the same as another, and were merged with it",
            "says the same as another, and was merged with it",
        ),
        (blank, "were blank, and are passed over", "was blank, and is passed over"),
        (
            too_long,
            "are longer than any id, user name or address, and are left out",
            "is longer than any id, user name or address, and is left out",
        ),
        (
            beyond,
            "are left out, because 10,000 are the most at once",
            "is left out, because 10,000 are the most at once",
        ),
    ];
    let line = |(count, several, one): (usize, &str, &str)| match count {
        0 => None,
        1 => Some(format!("1 line {one}.")),
        _ => Some(format!("{} lines {several}.", grouped(count as u64))),
    };
    let lines: Vec<_> = lines.into_iter().filter_map(line).map(|words| view! { <li>{words}</li> }).collect();
    if lines.is_empty() {
        return ().into_any();
    }
    view! { <ul class="soft">{lines}</ul> }.into_any()
}
