use domain::management::bulk::{LARGEST, Sheet, Unreadable, decode};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::lookup::Lookup;
use super::preview::preview;
use crate::components::{Button, Icon, Look, icon};
use crate::dom;

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
            {file(take)}
            <div class="actions">
                <Button label="Read the list" look=Look::Primary submit=true />
            </div>
        </form>
    }
    .into_any()
}

fn file(take: Callback<Option<Vec<u8>>>) -> AnyView {
    let over = RwSignal::new(false);
    let read = move |file: Option<web_sys::File>| {
        let Some(file) = file else { return };
        dom::read_file(&file, LARGEST, move |bytes| {
            // Nobody takes it when the page was left meanwhile.
            let _ = take.try_run(bytes);
        });
    };
    let change = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        read(input.and_then(|input| input.files()?.get(0)));
    };
    let drop_file = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(false);
        read(event.data_transfer().and_then(|transfer| transfer.files()?.get(0)));
    };
    let drag_over = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    view! {
        <div
            class="panel drop"
            class:over=over
            on:dragover=drag_over
            on:dragleave=move |_| over.set(false)
            on:drop=drop_file
        >
            <label for="bulk-file">"Or a file"</label>
            <input type="file" id="bulk-file" accept=".csv,.txt,.tsv,text/csv,text/plain" on:change=change />
            <p class="hint">"A text file or CSV. Choose it, or drop it here. It stays in this browser; only what is looked up is sent."</p>
        </div>
    }
    .into_any()
}
