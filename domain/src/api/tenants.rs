//! The tenants of the person signed in.

use super::route;
use crate::id::TenantId;
use crate::site::TokenCounts;
use crate::tenant::{Tenant, TenantForm};

route!("The tenants of the person signed in: their own first, then by name.", Tenants, Get "/api/v1/tenants", Member, () => Vec<Tenant>);
route!("Makes a tenant.", AddTenant, Post "/api/v1/tenants", Member, TenantForm => Tenant);
route!("Changes a tenant's name, the sites it allows and its default site.", ChangeTenant { id: TenantId }, Put "/api/v1/tenants/{id}", Member, TenantForm => Tenant);
route!("Removes a tenant and everything the server keeps for it, for good. A person's own tenant stays.", RemoveTenant { id: TenantId }, Delete "/api/v1/tenants/{id}", Member, () => ());
route!("Tells how many site tokens a browser keeps in a tenant: numbers only, of which the newest hold for a day.", TellTokenCounts { id: TenantId }, Put "/api/v1/tenants/{id}/token-counts", SignedIn, TokenCounts => ());
