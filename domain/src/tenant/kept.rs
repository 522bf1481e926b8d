use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{AllowedSites, OWN_NAME, Tenant};
use crate::id::{TenantId, UserId};
use crate::time::Timestamp;

/// What a browser remembers of one person's tenants: never a name, never what they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTenants {
    /// The one chosen last; `None` for the person's own.
    #[serde(default)]
    pub chosen: Option<TenantId>,
    /// The person's own, once it was opened in this browser.
    #[serde(default)]
    pub own: Option<TenantId>,
    /// Those whose database was opened in this browser, the person's own left out: what the server no longer knows of these
    /// is to be removed here.
    #[serde(default)]
    pub opened: BTreeSet<TenantId>,
    /// Those that were removed, and of which something may still lie here.
    #[serde(default)]
    pub leaving: BTreeSet<TenantId>,
}

/// Whose vault is opened, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The person signed in.
    pub user: UserId,
    /// The tenant.
    pub tenant: Tenant,
    /// The person's own tenant, which is this one or another.
    pub own: TenantId,
}

impl Opening {
    /// A person's own tenant, when nothing more is known of it.
    pub fn own(user: UserId, tenant: &TenantId) -> Self {
        Self { user, tenant: unnamed(None, tenant), own: tenant.clone() }
    }
}

/// What a page begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The tenant to open.
    pub open: Tenant,
    /// Tenants that were removed elsewhere: what this browser has of them goes.
    pub gone: Vec<TenantId>,
    /// Whether the one chosen last is among them.
    pub lost_choice: bool,
}

impl KeptTenants {
    /// Which tenant a page opens. `known` is what the server answered; `None` when it could not be asked, and then nothing
    /// is taken for removed and the choice stands: what this browser keeps works without the server.
    pub fn settle(&self, own: &TenantId, known: Option<&[Tenant]>) -> Settled {
        let Some(known) = known else {
            let opened = self.chosen.clone().filter(|chosen| self.opened.contains(chosen));
            let gone = self.leaving.iter().cloned().collect();
            return Settled { open: unnamed(opened, own), gone, lost_choice: false };
        };
        let find = |id: &TenantId| known.iter().find(|tenant| tenant.id == *id);
        let chosen = self.chosen.as_ref().and_then(find);
        let open = chosen.or_else(|| find(own)).cloned().unwrap_or_else(|| unnamed(None, own));
        let gone = self.opened.iter().filter(|id| find(id).is_none()).chain(&self.leaving).cloned().collect();
        Settled { open, gone, lost_choice: self.chosen.is_some() && chosen.is_none() }
    }

    /// With a tenant chosen and opened.
    #[must_use]
    pub fn with(mut self, tenant: &Tenant) -> Self {
        self.chosen = tenant.as_choice();
        self.opened.extend(self.chosen.clone());
        self
    }

    /// With a tenant removed: tabs that have it open see so, and what lies here of it is to go.
    #[must_use]
    pub fn without(mut self, id: &TenantId) -> Self {
        self.opened.remove(id);
        self.leaving.insert(id.clone());
        self.chosen = self.chosen.filter(|chosen| chosen != id);
        self
    }

    /// With nothing left here of a tenant that was removed.
    #[must_use]
    pub fn cleared_of(mut self, id: &TenantId) -> Self {
        self.leaving.remove(id);
        self
    }

    /// Every tenant of the person that this browser knows of.
    pub fn all(&self) -> impl Iterator<Item = &TenantId> {
        self.own.iter().chain(&self.chosen).chain(&self.opened).chain(&self.leaving)
    }

    /// Whether a tenant that this browser opened was removed since, in another tab.
    pub fn was_removed(&self, tenant: &Tenant) -> bool {
        !tenant.is_own && !self.opened.contains(&tenant.id)
    }
}

/// A tenant of which only the id is known; the server limits its API and sites all the same.
fn unnamed(id: Option<TenantId>, own: &TenantId) -> Tenant {
    let is_own = id.is_none();
    Tenant {
        id: id.unwrap_or_else(|| own.clone()),
        name: if is_own { OWN_NAME } else { "Tenant" }.to_owned(),
        is_own,
        api: None,
        sites: AllowedSites::All,
        default_site: None,
        created_at: Timestamp::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> TenantId {
        TenantId::new(text)
    }

    fn tenant(text: &str, is_own: bool) -> Tenant {
        Tenant { name: text.to_owned(), is_own, ..unnamed(Some(id(text)), &id("own")) }
    }

    fn known() -> Vec<Tenant> {
        vec![tenant("own", true), tenant("a", false), tenant("b", false)]
    }

    fn kept(chosen: Option<&str>, opened: &[&str]) -> KeptTenants {
        let opened = opened.iter().map(|text| id(text)).collect();
        KeptTenants { chosen: chosen.map(id), opened, ..KeptTenants::default() }
    }

    #[test]
    fn without_a_choice_the_persons_own_is_opened() {
        let settled = KeptTenants::default().settle(&id("own"), Some(&known()));
        assert_eq!(settled, Settled { open: tenant("own", true), gone: Vec::new(), lost_choice: false });
    }

    #[test]
    fn the_one_chosen_is_opened_again() {
        let kept = KeptTenants::default().with(&tenant("b", false));
        assert_eq!(kept.settle(&id("own"), Some(&known())).open, tenant("b", false));
        assert_eq!(kept.with(&tenant("own", true)).settle(&id("own"), Some(&known())).open, tenant("own", true));
    }

    #[test]
    fn what_was_removed_elsewhere_goes_and_the_persons_own_is_opened() {
        let settled = kept(Some("x"), &["a", "x", "y"]).settle(&id("own"), Some(&known()));
        assert_eq!(settled, Settled { open: tenant("own", true), gone: vec![id("x"), id("y")], lost_choice: true });
    }

    #[test]
    fn a_server_that_can_t_be_asked_removes_nothing() {
        let settled = kept(Some("x"), &["x", "y"]).settle(&id("own"), None);
        assert_eq!((settled.open.id, settled.open.is_own), (id("x"), false));
        assert!(settled.gone.is_empty() && !settled.lost_choice);
        assert!(kept(None, &["x"]).settle(&id("own"), None).open.is_own);
    }

    #[test]
    fn a_choice_this_browser_never_opened_is_not_opened_unseen() {
        assert!(kept(Some("x"), &[]).settle(&id("own"), None).open.is_own);
    }

    #[test]
    fn a_tab_sees_that_its_tenant_was_removed() {
        let opened = KeptTenants::default().with(&tenant("a", false));
        assert!(!opened.was_removed(&tenant("a", false)));
        let removed = opened.without(&id("a"));
        assert!(removed.was_removed(&tenant("a", false)) && removed.chosen.is_none());
        assert!(!removed.was_removed(&tenant("own", true)));
    }

    #[test]
    fn what_a_closed_page_left_half_removed_is_removed_when_the_next_one_begins() {
        let removed = kept(Some("a"), &["a", "b"]).without(&id("a"));
        for known in [Some(known()), None] {
            let settled = removed.settle(&id("own"), known.as_deref());
            assert_eq!((settled.gone, settled.open.is_own), (vec![id("a")], true));
        }
        assert!(removed.cleared_of(&id("a")).settle(&id("own"), None).gone.is_empty());
    }
}
