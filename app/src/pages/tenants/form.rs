use domain::api::{Code, Problem};
use domain::id::ProviderId;
use domain::site::SiteId;
use domain::tenant::{AllowedSites, Tenant, TenantForm, findings};
use leptos::prelude::*;

/// The value of the choice that allows all sites.
pub(super) const ALL: &str = "all";
/// The value of the choice that allows those named.
pub(super) const ONLY: &str = "only";

/// What stands in the tenant's fields, as it was typed.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) name: RwSignal<String>,
    /// The id of a provider; empty for every one.
    pub(super) api: RwSignal<String>,
    /// [`ALL`] or [`ONLY`].
    pub(super) limit: RwSignal<String>,
    pub(super) sites: RwSignal<String>,
    pub(super) default_site: RwSignal<String>,
}

impl Form {
    /// A form with a tenant's values, or with those of a new one.
    pub(super) fn new(tenant: Option<&Tenant>) -> Self {
        let (limit, sites) = match tenant.map(|tenant| &tenant.sites) {
            Some(AllowedSites::Only(sites)) => (ONLY, sites.iter().map(SiteId::as_str).collect::<Vec<_>>().join(" ")),
            Some(AllowedSites::All) | None => (ALL, String::new()),
        };
        let default_site = tenant.and_then(|tenant| tenant.default_site.as_ref());
        let api = tenant.and_then(|tenant| tenant.api.as_ref());
        Self {
            name: RwSignal::new(tenant.map(|tenant| tenant.name.clone()).unwrap_or_default()),
            api: RwSignal::new(api.map(ToString::to_string).unwrap_or_default()),
            limit: RwSignal::new(limit.to_owned()),
            sites: RwSignal::new(sites),
            default_site: RwSignal::new(default_site.map(ToString::to_string).unwrap_or_default()),
        }
    }

    /// The tenant as the fields describe it; `others` are the names of the person's other tenants.
    ///
    /// # Errors
    ///
    /// [`Code::InvalidFields`] with each field that can't be kept.
    pub(super) fn read(self, others: &[String]) -> Result<TenantForm, Problem> {
        let mut problem = Problem::new(Code::InvalidFields);
        let sites = match self.limit.get_untracked().as_str() {
            ONLY => AllowedSites::Only(listed(&self.sites.get_untracked(), &mut problem)),
            _ => AllowedSites::All,
        };
        let typed = self.default_site.get_untracked();
        let default_site = match SiteId::parse(typed.trim()) {
            Ok(site) => Some(site),
            Err(_) if typed.trim().is_empty() => None,
            Err(error) => {
                problem = problem.with_error("default_site", sentence(&error.to_string()));
                None
            }
        };
        let api = Some(self.api.get_untracked()).filter(|id| !id.is_empty()).map(ProviderId::new);
        let form = TenantForm { name: self.name.get_untracked().trim().to_owned(), api, sites, default_site };
        problem.errors.extend(findings(&form, others.iter().map(String::as_str)));
        if problem.errors.is_empty() { Ok(form) } else { Err(problem) }
    }
}

/// The ids between blanks and commas; what is none is noted.
fn listed(text: &str, problem: &mut Problem) -> Vec<SiteId> {
    let parts = text.split(|character: char| character.is_whitespace() || character == ',');
    let mut sites = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        match SiteId::parse(part) {
            Ok(site) => sites.push(site),
            Err(error) => {
                let shown: String = part.chars().take(40).collect();
                let message = format!("“{shown}” is no site id: {error}.");
                *problem = problem.clone().with_error("sites", message);
            }
        }
    }
    sites
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sites: &str) -> (Vec<SiteId>, Vec<String>) {
        let mut problem = Problem::new(Code::InvalidFields);
        let sites = listed(sites, &mut problem);
        (sites, problem.errors.into_iter().map(|error| error.message).collect())
    }

    #[test]
    fn ids_stand_between_blanks_commas_and_line_breaks() {
        let (sites, wrong) = read(" ses_falls_city, omaha\nlincoln ");
        assert_eq!(sites.iter().map(SiteId::as_str).collect::<Vec<_>>(), ["ses_falls_city", "omaha", "lincoln"]);
        assert!(wrong.is_empty());
    }

    #[test]
    fn what_is_no_id_is_named() {
        let (sites, wrong) = read("omaha a/b");
        assert_eq!((sites.len(), wrong.len()), (1, 1));
        assert!(wrong[0].contains("a/b"), "{wrong:?}");
    }

    #[test]
    fn an_error_becomes_a_sentence() {
        assert_eq!(sentence("a site's id is long"), "A site's id is long.");
    }
}
