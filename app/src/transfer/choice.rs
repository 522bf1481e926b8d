use domain::transfer::LARGEST;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::TransferDialogs;
use crate::components::{Button, Look};
use crate::dom;

/// A place to choose or drop a file, or to paste its text; `take` gets the bytes.
pub(super) fn choice(take: Callback<Option<Vec<u8>>>) -> AnyView {
    let TransferDialogs { importing, .. } = expect_context();
    let (over, pasted) = (RwSignal::new(false), RwSignal::new(String::new()));
    let read = move |file: Option<web_sys::File>| {
        let Some(file) = file else { return };
        dom::read_file(&file, LARGEST, move |bytes| {
            // Nobody takes it when the dialog was closed meanwhile.
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
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        take.run(Some(pasted.get_untracked().into_bytes()));
    };
    view! {
        <form class="form" on:submit=submit>
            <div
                class="panel drop"
                class:over=over
                on:dragover=drag_over
                on:dragleave=move |_| over.set(false)
                on:drop=drop_file
            >
                <label for="import-file">"File"</label>
                <input type="file" id="import-file" accept=".json,.age,application/json" on:change=change />
                <p class="hint">
                    "An export of Tokenkeep, or of the older worker-token app. Choose it, or drop it here. Nothing changes before you have seen what would."
                </p>
            </div>
            <div class="field">
                <label for="import-text">"Or paste its text"</label>
                <textarea
                    id="import-text"
                    class="code"
                    rows="4"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=pasted
                    on:input=move |event| pasted.set(event_target_value(&event))
                ></textarea>
            </div>
            <div class="actions">
                <Button label="Cancel" on_press=move |()| importing.set(false) />
                <Button label="Read the text" look=Look::Primary submit=true />
            </div>
        </form>
    }
    .into_any()
}
