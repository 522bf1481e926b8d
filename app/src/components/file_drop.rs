use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::dom;

/// A place for one file.
#[derive(Clone, Copy)]
pub(crate) struct FileDrop {
    /// The id of its input on the page.
    pub(crate) id: &'static str,
    /// What it is called.
    pub(crate) label: &'static str,
    /// The kinds of files a person is shown to choose from.
    pub(crate) accept: &'static str,
    /// What it takes, and what becomes of it.
    pub(crate) hint: &'static str,
    /// The most bytes; of a larger file only so much is read that it shows.
    pub(crate) most: usize,
}

/// A place to choose or drop a file; `take` gets the bytes, `None` when they can't be read.
pub(crate) fn file_drop(place: FileDrop, take: Callback<Option<Vec<u8>>>) -> AnyView {
    let FileDrop { id, label, accept, hint, most } = place;
    let over = RwSignal::new(false);
    let read = move |file: Option<web_sys::File>| {
        let Some(file) = file else { return };
        dom::read_file(&file, most, move |bytes| {
            // Nobody takes it when the place was left meanwhile.
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
            <label for=id>{label}</label>
            <input type="file" id=id accept=accept on:change=change />
            <p class="hint">{hint}</p>
        </div>
    }
    .into_any()
}
