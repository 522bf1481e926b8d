//! What a person prefers, in localStorage as plain text, so that it can be read before the page is drawn.

use domain::id::UserId;
use domain::preferences::{Preferences, Theme};
use domain::tabs::Way;
use domain::tenant::{KeptTenants, Tenant};
use gloo_storage::{LocalStorage, Storage};

use crate::tenants;

const THEME: &str = "tokenkeep.theme";
const WAY: &str = "tokenkeep.way";
/// The items of localStorage that are of this browser, not of a person.
pub(crate) const PREFERENCES: [&str; 2] = [THEME, WAY];
const ATTRIBUTE: &str = "data-theme";

/// The preferences of this browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserPreferences;

impl BrowserPreferences {
    /// Shows the page as the person prefers it; called once when the page starts.
    pub fn apply(self) {
        show(self.theme());
    }
}

impl Preferences for BrowserPreferences {
    fn theme(&self) -> Theme {
        kept(THEME).map_or(Theme::System, |name| Theme::from_name(&name))
    }

    fn set_theme(&self, theme: Theme) {
        if let Some(storage) = storage() {
            // A preference that can't be kept holds until the page is left; that is not worth a message.
            let _ = storage.set_item(THEME, theme.name());
        }
        show(theme);
    }

    fn way(&self) -> Option<Way> {
        kept(WAY).and_then(|name| Way::from_name(&name))
    }

    fn set_way(&self, way: Option<Way>) {
        let Some(storage) = storage() else { return };
        let _ = match way {
            Some(way) => storage.set_item(WAY, way.name()),
            None => storage.remove_item(WAY),
        };
    }

    fn tenants(&self, user: &UserId) -> KeptTenants {
        tenants::kept(user)
    }

    fn set_tenants(&self, user: &UserId, kept: &KeptTenants) -> bool {
        tenants::keep(user, kept)
    }

    fn stay(&self, user: &UserId, tenant: &Tenant) {
        tenants::stay(user, tenant);
    }
}

fn kept(item: &str) -> Option<String> {
    storage()?.get_item(item).ok().flatten()
}

fn show(theme: Theme) {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute(ATTRIBUTE, theme.name());
    }
}

/// localStorage, where it is not blocked; gloo takes it for granted.
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten().map(|_| LocalStorage::raw())
}
