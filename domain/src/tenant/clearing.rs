use std::collections::BTreeSet;

use super::{KeptTenants, Opening, Tenant};
use crate::id::TenantId;
use crate::vault::tenant_of_database;

/// What is known of a browser before everything of one person is cleared from it.
#[derive(Clone, Copy, Debug)]
pub struct Traces<'a> {
    /// What this tab has open, and whose it is.
    pub opening: &'a Opening,
    /// What the browser remembers of the person.
    pub kept: &'a KeptTenants,
    /// What the browser remembers of everybody else who signed in here.
    pub others: &'a [KeptTenants],
    /// The person's tenants as the server knows them; `None` when it could not be asked.
    pub known: Option<&'a [Tenant]>,
    /// The names of all databases of this origin; empty where a browser does not tell.
    pub databases: &'a [String],
}

impl Traces<'_> {
    /// All tenants that are the person's: their own, the one that is open, those the browser or the server knows, and every
    /// database that is nobody else's. A tenant that was removed elsewhere is known by its database alone.
    pub fn tenants(&self) -> BTreeSet<TenantId> {
        let open = [&self.opening.own, &self.opening.tenant.id].into_iter().cloned();
        let known = self.known.into_iter().flatten().map(|tenant| tenant.id.clone());
        let of_others: BTreeSet<&TenantId> = self.others.iter().flat_map(KeptTenants::all).collect();
        let found = self.databases.iter().filter_map(|name| tenant_of_database(name));
        let nobodys = found.filter(|tenant| !of_others.contains(tenant));
        open.chain(known).chain(self.kept.all().cloned()).chain(nobodys).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;
    use crate::vault::database_name;

    fn id(text: &str) -> TenantId {
        TenantId::new(text)
    }

    fn tenant(text: &str) -> Tenant {
        Tenant { is_own: false, ..Opening::own(UserId::new("ada"), &id(text)).tenant }
    }

    #[test]
    fn the_persons_own_is_among_them_whichever_tenant_is_open() {
        let opening = Opening { user: UserId::new("ada"), tenant: tenant("clinics"), own: id("own") };
        let kept = KeptTenants::default().with(&tenant("clinics")).with(&tenant("labs"));
        let traces = Traces { opening: &opening, kept: &kept, others: &[], known: None, databases: &[] };
        assert_eq!(traces.tenants(), ["clinics", "labs", "own"].map(id).into());
    }

    #[test]
    fn what_only_the_server_or_only_a_database_knows_is_found_and_nothing_of_somebody_else() {
        let opening = Opening::own(UserId::new("ada"), &id("own"));
        let bob = KeptTenants { own: Some(id("bobs")), ..KeptTenants::default().with(&tenant("bobs-second")) };
        let known = [tenant("elsewhere")];
        let databases = ["forgotten", "bobs", "bobs-second"].map(|tenant| database_name(&id(tenant)));
        let databases = [databases.as_slice(), &["tokenkeep-embed".to_owned(), "other".to_owned()]].concat();
        let traces = Traces {
            opening: &opening,
            kept: &KeptTenants::default(),
            others: &[bob],
            known: Some(&known),
            databases: &databases,
        };
        assert_eq!(traces.tenants(), ["elsewhere", "forgotten", "own"].map(id).into());
    }
}
