use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::AllowedSites;
use crate::api::FieldError;
use crate::id::ProviderId;
use crate::site::SiteId;

/// How many characters a tenant's name has, without blanks around it.
pub const NAME_CHARACTERS: RangeInclusive<usize> = 1..=60;

/// How many sites a tenant's list may name: as many as fit into one request.
pub const MOST_SITES: usize = 400;

/// What a person enters for a tenant; [`findings`] checks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantForm {
    /// Its name, 1 to 60 characters.
    pub name: String,
    /// The one API whose site tokens it works with, which the server knows; `None` for every one that an admin allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ProviderId>,
    /// The sites its tokens may be used for; at most 400 in a list.
    #[serde(default)]
    pub sites: AllowedSites,
    /// The site a person begins with; it must be allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_site: Option<SiteId>,
}

impl TenantForm {
    /// The form without blanks around the name and without a site that stands twice.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.name = self.name.trim().to_owned();
        if let AllowedSites::Only(sites) = &mut self.sites {
            sites.sort();
            sites.dedup();
        }
        self
    }
}

/// What is wrong with a tenant's form, field by field; empty when it can be kept. `taken` are the names of the person's
/// other tenants.
pub fn findings<'a>(form: &TenantForm, taken: impl IntoIterator<Item = &'a str>) -> Vec<FieldError> {
    let mut found = Vec::new();
    let mut check = |field: &str, fine: bool, message: &str| {
        if !fine {
            found.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        }
    };
    let name = form.name.trim();
    let readable = !name.chars().any(char::is_control);
    let fits = NAME_CHARACTERS.contains(&name.chars().count()) && readable;
    check("name", fits, "The name must have 1 to 60 characters.");
    let folded = name.to_lowercase();
    let free = !taken.into_iter().any(|other| other.trim().to_lowercase() == folded);
    check("name", free, "Another tenant of yours has this name.");
    if let AllowedSites::Only(sites) = &form.sites {
        check("sites", sites.len() <= MOST_SITES, "A tenant may be limited to 400 sites at most.");
    }
    let begins_inside = form.default_site.as_ref().is_none_or(|site| form.sites.allow(site));
    check("default_site", begins_inside, "The default site must be one of the sites the tenant allows.");
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> SiteId {
        SiteId::parse(text).unwrap()
    }

    fn form(name: &str) -> TenantForm {
        TenantForm { name: name.to_owned(), api: None, sites: AllowedSites::All, default_site: None }
    }

    fn wrong(form: &TenantForm) -> Vec<String> {
        findings(form, ["Personal", "Clinics"]).into_iter().map(|finding| finding.field).collect()
    }

    #[test]
    fn a_name_has_one_to_sixty_characters() {
        assert_eq!(wrong(&form(" Schools ")), Vec::<String>::new());
        assert_eq!(wrong(&form(&"ä".repeat(60))), Vec::<String>::new());
        for name in ["", "  ", "a\nb", &"ä".repeat(61)] {
            assert_eq!(wrong(&form(name)), ["name"], "{name:?}");
        }
    }

    #[test]
    fn a_name_is_unlike_the_others_whatever_its_case_and_blanks() {
        assert_eq!(wrong(&form(" cLINICS ")), ["name"]);
    }

    #[test]
    fn the_default_site_is_one_that_is_allowed() {
        let mut limited = TenantForm { sites: AllowedSites::Only(vec![site("a")]), ..form("Schools") };
        limited.default_site = Some(site("a"));
        assert!(wrong(&limited).is_empty());
        limited.default_site = Some(site("b"));
        assert_eq!(wrong(&limited), ["default_site"]);
    }

    #[test]
    fn a_list_has_four_hundred_sites_at_most() {
        let sites = |count| AllowedSites::Only((0..count).map(|number| site(&format!("s{number}"))).collect());
        assert!(wrong(&TenantForm { sites: sites(400), ..form("Schools") }).is_empty());
        assert_eq!(wrong(&TenantForm { sites: sites(401), ..form("Schools") }), ["sites"]);
    }

    #[test]
    fn tidying_takes_blanks_and_repeats_away() {
        let sites = AllowedSites::Only(vec![site("b"), site("a"), site("b")]);
        let tidied = TenantForm { sites, ..form("  Schools ") }.tidied();
        assert_eq!((tidied.name.as_str(), tidied.sites), ("Schools", AllowedSites::Only(vec![site("a"), site("b")])));
    }
}
