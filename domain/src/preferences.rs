//! What a person prefers in this browser; never secret, and readable before the page is drawn.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::id::UserId;
use crate::tabs::Way;
use crate::tenant::{KeptTenants, Tenant};

/// Light, dark, or whatever the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name in storage and in the `data-theme` attribute.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with that name; any other text is the system's.
    pub fn from_name(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// Where preferences are kept. Writing may fail silently: a preference is not worth a message.
pub trait Preferences: Send + Sync {
    /// The theme kept, or the system's.
    fn theme(&self) -> Theme;
    /// Keeps a theme and applies it to the page.
    fn set_theme(&self, theme: Theme);
    /// The best way by which this browser's tabs are to speak to each other; `None` for whichever it has.
    fn way(&self) -> Option<Way>;
    /// Keeps it; it holds in tabs opened from now on.
    fn set_way(&self, way: Option<Way>);
    /// What this browser remembers of a person's tenants; of several tabs each goes on with the tenant it chose itself.
    fn tenants(&self, user: &UserId) -> KeptTenants;
    /// Remembers it; gives whether it is kept.
    fn set_tenants(&self, user: &UserId, tenants: &KeptTenants) -> bool;
    /// Goes on with this tenant in this tab when it is loaded anew, whatever other tabs choose meanwhile.
    fn stay(&self, user: &UserId, tenant: &Tenant);
}

/// Preferences that live as long as the value: on the server, and in tests.
#[derive(Debug, Default)]
pub struct MemoryPreferences(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    theme: Theme,
    way: Option<Way>,
    tenants: BTreeMap<UserId, KeptTenants>,
}

impl MemoryPreferences {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Preferences for MemoryPreferences {
    fn theme(&self) -> Theme {
        self.kept().theme
    }

    fn set_theme(&self, theme: Theme) {
        self.kept().theme = theme;
    }

    fn way(&self) -> Option<Way> {
        self.kept().way
    }

    fn set_way(&self, way: Option<Way>) {
        self.kept().way = way;
    }

    fn tenants(&self, user: &UserId) -> KeptTenants {
        self.kept().tenants.get(user).cloned().unwrap_or_default()
    }

    fn set_tenants(&self, user: &UserId, tenants: &KeptTenants) -> bool {
        self.kept().tenants.insert(user.clone(), tenants.clone());
        true
    }

    fn stay(&self, user: &UserId, tenant: &Tenant) {
        self.kept().tenants.entry(user.clone()).or_default().chosen = tenant.as_choice();
    }
}
