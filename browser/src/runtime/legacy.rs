//! What an older app left is taken over once the vault is open; nothing waits for it.

use std::rc::Rc;

use domain::audit::Action;
use domain::connection::Connection;
use domain::id::ConnectionId;
use domain::keeper::{Command, Event, Input, News};
use domain::tenant::Opening;
use wasm_bindgen_futures::spawn_local;

use super::Inner;
use crate::legacy::take_over;

impl Inner {
    pub(super) fn take_over_legacy(self: &Rc<Self>, opening: &Opening) {
        // An older app knew no tenants: what it left is the person's own.
        if !opening.tenant.is_own {
            return;
        }
        let tenant = opening.tenant.id.clone();
        let Ok(vault) = self.vault() else { return };
        let inner = Rc::clone(self);
        spawn_local(async move {
            let providers = async || {
                inner.fetch_providers().await.ok()?;
                Some(inner.providers.borrow().clone())
            };
            let tell = |connection: &Connection| inner.about_connection(Action::TokenImported, connection);
            let outcome = take_over(&tenant, &vault, providers, &tell).await;
            if let Some(settings) = outcome.settings {
                inner.feed(Input::Command(Command::Set(settings)));
            }
            for id in outcome.written {
                inner.show_written(id).await;
            }
            for (kind, text) in outcome.lines {
                inner.feed(Input::Event(Event::Told(kind, text)));
            }
        });
    }

    /// Tells the keeper and the other tabs of a connection written beside it; the first one becomes the current one.
    pub(super) async fn show_written(self: &Rc<Self>, id: ConnectionId) {
        let held = match self.vault() {
            Ok(vault) => vault.held(&id).await.ok().flatten(),
            Err(_) => None,
        };
        self.feed(Input::Event(Event::Read { connection: id.clone(), held }));
        self.tell(&News::Connection { connection: id.clone() });
        if self.shown.borrow().current.is_none() {
            self.feed(Input::Command(Command::Choose(id)));
        }
    }
}
