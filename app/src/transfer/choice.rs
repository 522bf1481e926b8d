use domain::transfer::LARGEST;
use leptos::prelude::*;

use super::TransferDialogs;
use crate::components::{Button, FileDrop, Look, file_drop};

const FILE: FileDrop = FileDrop {
    id: "import-file",
    label: "File",
    accept: ".json,.age,application/json",
    hint: "An export of Tokenkeep, or of the older worker-token app. Choose it, or drop it here. Nothing changes before you have seen what would.",
    most: LARGEST,
};

/// A place to choose or drop a file, or to paste its text; `take` gets the bytes.
pub(super) fn choice(take: Callback<Option<Vec<u8>>>) -> AnyView {
    let TransferDialogs { importing, .. } = expect_context();
    let pasted = RwSignal::new(String::new());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        take.run(Some(pasted.get_untracked().into_bytes()));
    };
    view! {
        <form class="form" on:submit=submit>
            {file_drop(FILE, take)}
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
