import type { Role } from "../rigs/api.ts";

/** A page of the app: where it is, its first heading, and the role of someone who may open it. */
export interface PlaceInApp {
  path: string;
  heading: string | RegExp;
  role: Role | "nobody";
}

/** Every page there is, besides that of a single connection, and setup, which goes once there is an admin. */
export const PLACES: readonly PlaceInApp[] = [
  { path: "/sign-in", heading: /sign in/i, role: "nobody" },
  { path: "/invitation#key=an-unknown-key", heading: /./, role: "nobody" },
  { path: "/", heading: "Overview", role: "user" },
  { path: "/there-is-nothing-here", heading: "There is no page here", role: "user" },
  { path: "/connections", heading: "Worker tokens", role: "user" },
  { path: "/monitoring", heading: "Token monitoring", role: "user" },
  { path: "/audit-activities", heading: "Audit activities", role: "user" },
  { path: "/settings", heading: "Settings", role: "user" },
  { path: "/settings/storage", heading: "Storage", role: "user" },
  { path: "/sites", heading: /^(Site tokens|Set up site tokens)$/, role: "user" },
  { path: "/sites/setup", heading: "Set up site tokens", role: "user" },
  { path: "/sites/points", heading: "Points", role: "user" },
  { path: "/settings/vault", heading: "Vault", role: "user" },
  { path: "/settings/sync", heading: "Sync", role: "user" },
  { path: "/tabs", heading: "Tabs", role: "user" },
  { path: "/identity-metrics", heading: "Identity metrics", role: "user" },
  { path: "/licensing", heading: "Organisation licensing", role: "user" },
  { path: "/tenants", heading: "Tenants", role: "user" },
  { path: "/account", heading: "Account", role: "user" },
  { path: "/people", heading: "User profile", role: "user" },
  { path: "/people/bulk", heading: "Bulk user lookup", role: "user" },
  { path: "/admin/users", heading: "Users", role: "admin" },
  { path: "/admin/providers", heading: "Providers", role: "admin" },
  { path: "/admin/org-keys", heading: "Org keys", role: "admin" },
  { path: "/token-metrics", heading: "Token metrics", role: "admin" },
  { path: "/admin/audit", heading: "Audit log", role: "admin" },
  { path: "/admin/alerts", heading: "Alerts", role: "admin" },
  { path: "/admin/conversations", heading: "Conversations", role: "admin" },
];
