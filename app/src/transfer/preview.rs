use domain::transfer::{Change, Chosen, Errand, Line};
use domain::vault::StoreError;
use leptos::prelude::*;

use super::{TransferDialogs, trouble};
use crate::Ports;
use crate::components::{Button, Checkbox, Look, Table};
use crate::toasts::Toasts;
use crate::words::count;

/// What a file would change, line by line. New connections are chosen; one that would be changed a person chooses.
pub(super) fn lines(found: Vec<Line>) -> AnyView {
    let TransferDialogs { importing, .. } = expect_context();
    let (desk, toasts) = (StoredValue::new(expect_context::<Ports>().desk), expect_context::<Toasts>());
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let found: Vec<(Line, RwSignal<bool>)> = found
        .into_iter()
        .map(|line| {
            let is_new = matches!(line.change, Change::New { .. });
            (line, RwSignal::new(is_new))
        })
        .collect();
    let rows = found.iter().zip(0_usize..).map(|((line, chosen), index)| row(line, *chosen, index)).collect_view();
    let found = StoredValue::new(found);
    let chosen = move || found.with_value(|found| found.iter().filter(|(_, chosen)| chosen.get()).count());
    let press = move |()| {
        busy.set(true);
        problem.set(None);
        let chosen = untrack(|| found.with_value(|found| found.iter().filter_map(wanted).collect::<Vec<_>>()));
        let done = Box::new(move |written: Result<usize, StoreError>| {
            busy.try_set(false);
            match written {
                Ok(number) => {
                    toasts.done(format!("{} imported.", count(number, "connection")));
                    importing.set(false);
                }
                Err(error) => drop(problem.try_set(Some(not_written(&error)))),
            }
        });
        desk.with_value(|desk| (desk.run)(Errand::Import { chosen, done }));
    };
    let nothing = Signal::derive(move || (chosen() == 0).then(|| "Nothing is chosen.".to_owned()));
    let label = Signal::derive(move || format!("Import {}", count(chosen(), "connection")));
    view! {
        {move || problem.get().map(|text| trouble("Nothing was imported", text))}
        <p>"This is what the import would do. Nothing has changed yet."</p>
        <Table label="What would change" head=&["Connection", "What happens"]>{rows}</Table>
        <div class="actions">
            <Button label="Cancel" on_press=move |()| importing.set(false) />
            <Button label=label look=Look::Primary busy=busy busy_words="Importing…" reason=nothing on_press=press />
        </div>
    }
    .into_any()
}

fn row(line: &Line, chosen: RwSignal<bool>, index: usize) -> AnyView {
    let can = matches!(line.change, Change::New { .. } | Change::Differs { .. });
    let name = if can {
        view! { <Checkbox id=format!("import-{index}") label=line.name.clone() checked=chosen /> }.into_any()
    } else {
        line.name.clone().into_any()
    };
    view! {
        <tr>
            <td>
                {name}
                <div class="code soft">{line.client_id.clone()}</div>
            </td>
            <td class="words">{words(line)}</td>
        </tr>
    }
    .into_any()
}

fn words(line: &Line) -> String {
    match &line.change {
        Change::New { renamed_from, .. } => {
            let mut words = "New.".to_owned();
            if let Some(name) = renamed_from {
                words += &format!(" Another connection is called {name}, so it gets a number.");
            }
            if !line.has_credential {
                words += " Its credential is not in the file: enter it afterwards.";
            }
            words
        }
        Change::Same => "Already here, the same. Nothing happens.".to_owned(),
        Change::Differs { chosen, what } => format!(
            "Already here as {}. If you choose it, the file replaces its {}; that can't be undone.",
            chosen.connection.name,
            what.join(", ")
        ),
        Change::Refused(why) => format!("Not imported. {why}"),
    }
}

fn wanted((line, chosen): &(Line, RwSignal<bool>)) -> Option<Chosen> {
    match &line.change {
        Change::New { chosen: one, .. } | Change::Differs { chosen: one, .. } if chosen.get() => Some(one.clone()),
        _ => None,
    }
}

fn not_written(error: &StoreError) -> String {
    match error {
        StoreError::KeyRefused(_) => format!("{error}. All connections are as they were."),
        _ => format!(
            "{error}. All connections are as they were. Free some space in the browser's settings, then try again."
        ),
    }
}
