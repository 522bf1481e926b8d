//! Tenants: isolation boundaries for connections and sites, which no token crosses.
//!
//! Each person has one of their own, which is as old as the account and stays, and may have more. A tenant has a vault
//! database of its own in the browser ([`crate::vault::database_name`]); the server knows its name and which sites it
//! allows, and refuses whatever names a tenant of somebody else exactly as it refuses one that does not exist.

use serde::{Deserialize, Serialize};

use crate::api::{Code, Problem};
use crate::id::{ProviderId, TenantId};
use crate::site::SiteId;
use crate::time::Timestamp;

mod clearing;
mod form;
mod kept;
mod limits;

pub use clearing::Traces;
pub use form::{MOST_SITES, NAME_CHARACTERS, TenantForm, findings};
pub use kept::{KeptTenants, Opening, Settled};
pub use limits::{AllowedSites, Limit, Limits};

/// How many tenants a person may have, their own included.
pub const MOST_TENANTS: usize = 50;

/// What a person's own tenant is called until they give it a name.
pub const OWN_NAME: &str = "Personal";

/// An isolation boundary of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tenant {
    /// Its identifier, which never changes.
    pub id: TenantId,
    /// Its name, unlike that of the person's other tenants whatever the case.
    pub name: String,
    /// Whether it is the person's own, which can't be removed.
    pub is_own: bool,
    /// The one API whose site tokens it works with; `None` for every one that an admin allowed.
    #[serde(default)]
    pub api: Option<ProviderId>,
    /// The sites its tokens may be used for.
    pub sites: AllowedSites,
    /// The site a person begins with.
    pub default_site: Option<SiteId>,
    /// When it was made; the person's own is as old as the account.
    pub created_at: Timestamp,
}

impl Tenant {
    /// It as a choice among a person's tenants: `None` is their own.
    pub fn as_choice(&self) -> Option<TenantId> {
        (!self.is_own).then(|| self.id.clone())
    }

    /// What it limits its site tokens to.
    pub fn limits(&self) -> Limits {
        Limits { api: self.api.clone(), sites: self.sites.clone() }
    }

    /// Whether tokens of this site API may be used here.
    ///
    /// # Errors
    ///
    /// [`Code::ApiNotAllowed`], which names the tenant.
    pub fn check_api(&self, provider: &ProviderId) -> Result<(), Problem> {
        if self.api.as_ref().is_none_or(|api| api == provider) {
            return Ok(());
        }
        let detail = format!(
            "The tenant “{}” works with another API of site tokens. Choose this one for the tenant, or use another tenant.",
            self.name
        );
        Err(Problem::new(Code::ApiNotAllowed).with_detail(detail))
    }

    /// Whether a site's token may be used here.
    ///
    /// # Errors
    ///
    /// [`Code::SiteNotAllowed`], which names tenant and site.
    pub fn check_site(&self, site: &SiteId) -> Result<(), Problem> {
        if self.sites.allow(site) {
            return Ok(());
        }
        let detail = format!(
            "The tenant “{}” is limited to other sites than {site}. Add the site to the tenant, or use another tenant.",
            self.name
        );
        Err(Problem::new(Code::SiteNotAllowed).with_detail(detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> SiteId {
        SiteId::parse(text).unwrap()
    }

    fn tenant(sites: AllowedSites) -> Tenant {
        let id = TenantId::new("t");
        let created_at = Timestamp::from_seconds(0);
        Tenant { id, name: "Clinics".to_owned(), is_own: false, api: None, sites, default_site: None, created_at }
    }

    #[test]
    fn a_tenant_without_a_limit_allows_every_site() {
        assert_eq!(tenant(AllowedSites::All).check_site(&site("a")), Ok(()));
    }

    #[test]
    fn a_tenant_with_an_api_of_its_own_works_with_that_and_no_other() {
        let ace = ProviderId::new("ace");
        let own = Tenant { api: Some(ace.clone()), ..tenant(AllowedSites::All) };
        assert_eq!(own.check_api(&ace), Ok(()));
        let refused = own.check_api(&ProviderId::new("other")).unwrap_err();
        assert_eq!((refused.code, refused.detail.contains("Clinics")), (Code::ApiNotAllowed, true));
        assert_eq!(tenant(AllowedSites::All).check_api(&ace), Ok(()));
    }

    #[test]
    fn a_limited_tenant_allows_exactly_the_sites_of_its_list() {
        let limited = tenant(AllowedSites::Only(vec![site("a"), site("b")]));
        assert_eq!(limited.check_site(&site("b")), Ok(()));
        for other in ["A", "aa", "c"] {
            let refused = limited.check_site(&site(other)).unwrap_err();
            assert_eq!(refused.code, Code::SiteNotAllowed);
            assert!(refused.detail.contains("Clinics") && refused.detail.contains(other), "{}", refused.detail);
        }
        let none = tenant(AllowedSites::Only(Vec::new()));
        assert!(none.check_site(&site("a")).is_err());
    }
}
