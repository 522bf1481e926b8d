//! Looking after storage: what is too old is wiped, and IndexedDB is used again when it is back.

use std::collections::BTreeSet;
use std::rc::Rc;

use domain::id::ConnectionId;
use domain::keeper::{Event, Input, News, NoticeKind};
use domain::storage::StorageMetrics;
use domain::vault::{RecordKey, StorageLevel, StoreName};
use wasm_bindgen_futures::spawn_local;

use super::{Inner, Runtime};

impl Runtime {
    /// What storage did in this page so far.
    pub fn metrics(&self) -> StorageMetrics {
        self.inner.vault().map(|vault| vault.metrics()).unwrap_or_default()
    }
}

impl Inner {
    /// Called with each tick.
    pub(super) fn look_after_storage(self: &Rc<Self>) {
        self.wipe_expired();
        let Ok(vault) = self.vault() else { return };
        vault.sweep();
        if vault.level() == StorageLevel::IndexedDb {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            if let Some(written) = vault.come_back().await {
                inner.came_back(&written);
            }
        });
    }

    /// Records only a newer Tokenkeep can read are told of once.
    pub(super) fn look_after_newer(self: &Rc<Self>) {
        let count = self.vault().map_or(0, |vault| vault.newer_untold());
        if count > 0 {
            self.feed(Input::Event(Event::Told(NoticeKind::Problem, newer_words(count))));
        }
    }

    /// Tells the other tabs of what was written back, and looks what they wrote meanwhile.
    fn came_back(self: &Rc<Self>, written: &[RecordKey]) {
        let of_sites = |key: &&RecordKey| matches!(key.store, StoreName::Sites | StoreName::SiteTokens);
        if written.iter().any(|key| of_sites(&key)) {
            self.tell(&News::Sites { tokens: Vec::new() });
        }
        self.reread_sites();
        let of_connections = written.iter().filter(|key| {
            use StoreName::{Connections, Credentials, Intents, Tokens};
            matches!(key.store, Connections | Credentials | Intents | Tokens)
        });
        let changed: BTreeSet<&str> = of_connections.map(|key| key.id.as_str()).collect();
        for id in &changed {
            self.tell(&News::Connection { connection: ConnectionId::new(*id) });
        }
        let shown = self.shown.borrow().connections.iter().map(|shown| shown.connection.id.clone()).collect::<Vec<_>>();
        for connection in shown {
            self.hear(News::Connection { connection });
        }
    }
}

fn newer_words(count: usize) -> String {
    let (records, they_stay) = match count {
        1 => ("a record".to_owned(), "It stays as it is."),
        _ => (format!("{count} records"), "They stay as they are."),
    };
    format!(
        "A newer Tokenkeep, perhaps in another tab, wrote {records} that this page can't read. {they_stay} \
         Reload this page to get the newer one."
    )
}
