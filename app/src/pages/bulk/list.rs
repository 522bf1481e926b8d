use domain::management::bulk::{LARGEST, Sheet, Unreadable, decode};
use leptos::html;
use leptos::prelude::*;

use super::lookup::Lookup;
use super::preview::preview;
use crate::components::{Button, FileDrop, Icon, Look, file_drop, icon};

const FILE: FileDrop = FileDrop {
    id: "bulk-file",
    label: "Or a file",
    accept: ".csv,.txt,.tsv,text/csv,text/plain",
    hint: "A text file or CSV. Choose it, or drop it here. It stays in this browser; only what is looked up is sent.",
    most: LARGEST,
};

/// A list that was read, before it is looked up.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) sheet: Sheet,
    /// Whether its letters are a guess.
    pub(super) guessed: bool,
}

/// A place to paste a list, or to choose or drop a file with one; then what was read of it.
pub(super) fn list(lookup: Lookup) -> AnyView {
    let source = RwSignal::new(None::<Source>);
    let wrong = RwSignal::new(None::<String>);
    let take = Callback::new(move |bytes: Option<Vec<u8>>| {
        let read = match bytes {
            Some(bytes) => decode(&bytes).map_err(|problem: Unreadable| problem.to_string()),
            None => Err("The file could not be read. Choose it again.".to_owned()),
        };
        let found = read.and_then(|(text, guessed)| {
            let sheet = Sheet::read(&text);
            let is_empty = (0..sheet.width()).all(|column| sheet.column_is_empty(column));
            if is_empty { Err("There is no entry in this list.".to_owned()) } else { Ok(Source { sheet, guessed }) }
        });
        wrong.set(found.as_ref().err().cloned());
        source.set(found.ok());
    });
    let shown = move || match source.get() {
        Some(found) => preview(lookup, found, source),
        None => choosing(wrong, take),
    };
    view! { {shown} }.into_any()
}

fn choosing(wrong: RwSignal<Option<String>>, take: Callback<Option<Vec<u8>>>) -> AnyView {
    // Read when it is wanted only: ten thousand lines need not be copied with each key pressed.
    let pasted = NodeRef::<html::Textarea>::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        take.run(pasted.get_untracked().map(|area| area.value().into_bytes()));
    };
    let problem = move || {
        wrong.get().map(|words| {
            view! {
                <div class="notice bad" role="alert">
                    {icon(Icon::Alert)}
                    <div>
                        <p class="strong">"This list can't be used"</p>
                        <p>{words}</p>
                    </div>
                </div>
            }
        })
    };
    view! {
        {problem}
        <form class="card" on:submit=submit>
            <div class="field">
                <label for="bulk-text">"List of users"</label>
                <textarea
                    id="bulk-text"
                    node_ref=pasted
                    class="code lines"
                    rows="10"
                    wrap="off"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="bulk-text-hint"
                ></textarea>
                <p class="hint" id="bulk-text-hint">
                    "One id, user name or email address a line, or a table (CSV) with a column of them."
                </p>
            </div>
            {file_drop(FILE, take)}
            <div class="actions">
                <Button label="Read the list" look=Look::Primary submit=true />
            </div>
        </form>
    }
    .into_any()
}
