//! Connections into a file, and out of one: two dialogs of the shell, for every page that opens them.
//!
//! A file with secrets is made beside the app, straight from the vault; only its encrypted text comes by here. What a file
//! holds lives in the signals of the open dialog only.

mod choice;
mod export;
mod import;
mod preview;

use leptos::prelude::*;

use crate::components::Dialog;
use crate::lazy::lazy;

lazy! {
    fn lazy_export = inside, export::export;
    fn lazy_import = inside, import::import;
}

/// The two dialogs.
#[derive(Clone, Copy)]
pub(crate) struct TransferDialogs {
    exporting: RwSignal<bool>,
    importing: RwSignal<bool>,
}

impl TransferDialogs {
    /// The dialogs, for all pages below.
    pub(crate) fn provide() {
        provide_context(Self { exporting: RwSignal::new(false), importing: RwSignal::new(false) });
    }

    /// Opens the one that makes a file.
    pub(crate) fn export(self) {
        self.exporting.set(true);
    }

    /// Closes both.
    pub(crate) fn shut(self) {
        self.exporting.set(false);
        self.importing.set(false);
    }

    /// Opens the one that takes a file.
    pub(crate) fn import(self) {
        self.importing.set(true);
    }
}

/// The dialogs themselves; they stand once in the shell.
pub(crate) fn transfer_dialogs() -> AnyView {
    let TransferDialogs { exporting, importing } = expect_context();
    view! {
        <Dialog id="export" title="Export connections" open=exporting>{lazy_export().when_loaded()}</Dialog>
        <Dialog id="import" title="Import connections" open=importing wide=true>{lazy_import().when_loaded()}</Dialog>
    }
    .into_any()
}

/// Says that something can't be done, and what to do.
fn trouble(title: &'static str, text: String) -> AnyView {
    view! {
        <div class="notice bad" role="alert">
            <div>
                <p class="strong">{title}</p>
                <p>{text}</p>
            </div>
        </div>
    }
    .into_any()
}
