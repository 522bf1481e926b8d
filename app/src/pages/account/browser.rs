use domain::vault::StorageLevel;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{fact, facts};
use crate::words::count;

/// What this browser keeps, how, and what that does and does not protect.
pub(super) fn this_browser() -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let state = Memo::new(move |_| view.with(|view| (view.storage, view.connections.len(), view.clock_offset)));
    let shown = move || {
        let (storage, connections, offset) = state.get();
        let clock = match offset {
            None => "Not compared with the server yet".to_owned(),
            Some(-2_000..=2_000) => "Agrees with the server's".to_owned(),
            Some(offset) => format!(
                "{} {} the server's; times here are corrected",
                domain::time::words::span(domain::time::Span::from_millis(offset.unsigned_abs())),
                if offset > 0 { "behind" } else { "ahead of" }
            ),
        };
        facts(vec![
            fact("Storage", storage.map_or("Being opened", level_name).into_any()),
            fact("Protects", storage.map_or("…", protects).into_any()),
            fact("Does not protect", storage.map_or("…", does_not_protect).into_any()),
            fact("Keeps", count(connections, "connection").into_any()),
            fact("Clock", clock.into_any()),
        ])
    };
    view! {
        <section class="card">
            <h2>"This browser"</h2>
            {shown}
        </section>
    }
    .into_any()
}

const fn level_name(level: StorageLevel) -> &'static str {
    match level {
        StorageLevel::IndexedDb => "Encrypted database (IndexedDB), AES-256-GCM",
        StorageLevel::LocalStorage => "Encrypted local storage, for this browser session",
        StorageLevel::Memory => "Memory of this tab only",
    }
}

const fn protects(level: StorageLevel) -> &'static str {
    match level {
        StorageLevel::IndexedDb => {
            "The key can't be exported by any script. Copied files of the database, backups and other people's accounts here show nothing of your tokens."
        }
        StorageLevel::LocalStorage => "Records are encrypted; the key is gone when the browser session ends.",
        StorageLevel::Memory => "Nothing is written to disk.",
    }
}

const fn does_not_protect(level: StorageLevel) -> &'static str {
    match level {
        StorageLevel::IndexedDb => {
            "Whoever uses this unlocked browser profile, or copies the whole profile with its keys, can use what is kept. So can a malicious extension that may read this site."
        }
        StorageLevel::LocalStorage => {
            "Whoever uses this browser before its session ends can use what is kept; several tabs may ask the provider twice."
        }
        StorageLevel::Memory => "Connections and tokens do not outlive the tab.",
    }
}
