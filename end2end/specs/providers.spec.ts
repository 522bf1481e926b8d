import { expect, test } from "../rigs/test.ts";

test("a server found by its issuer gives tokens", async ({ people, provider }) => {
  const admin = await people.signedIn("admin");
  const name = `By issuer ${admin.account.username}`;
  const dialog = await admin.startsProvider(name, "OAuth 2.0 server");
  await dialog.getByLabel("Issuer", { exact: true }).fill(provider.issuer);
  await dialog.getByRole("button", { name: "Look up issuer" }).click();
  await expect(dialog.getByLabel("Token URL", { exact: true })).toHaveValue(provider.tokenEndpoint);
  await expect(dialog.getByLabel("Key set URL", { exact: true })).toHaveValue(`${provider.issuer}/jwks`);
  await expect(dialog.getByLabel("Introspection URL", { exact: true })).toHaveValue(`${provider.issuer}/token/introspection`);
  await expect(dialog.getByLabel("Revocation URL", { exact: true })).toHaveValue(`${provider.issuer}/token/revocation`);
  await expect(dialog.getByRole("checkbox", { name: /private_key_jwt/ })).toBeChecked();
  await dialog.getByRole("button", { name: "Save provider" }).click();
  await expect(admin.card(name)).toBeVisible();
  const client = await provider.addClient("private_key_jwt");
  await admin.addsConnection({ name: "Found", provider: name, client, scopes: "read" });
  await provider.verified(await admin.readsToken("Found"));
});

test("a server given by its token URL gives tokens", async ({ people, provider }) => {
  const admin = await people.signedIn("admin");
  const name = `By token URL ${admin.account.username}`;
  const dialog = await admin.startsProvider(name, "OAuth 2.0 server");
  await dialog.getByLabel("Token URL", { exact: true }).fill(provider.tokenEndpoint);
  await dialog.getByRole("button", { name: "Save provider" }).click();
  await expect(admin.card(name)).toBeVisible();
  const client = await provider.addClient("client_secret_post");
  await admin.addsConnection({ name: "Given", provider: name, client, scopes: "read" });
  await provider.verified(await admin.readsToken("Given"));
});

test("where its API begins is set by an admin, refused with a query, and stays when something else is changed", async ({ people, provider, server, calm }) => {
  calm.expects(/status of 422.*\/api\/v1\/providers/);
  const admin = await people.signedIn("admin");
  const name = `With an API ${admin.account.username}`;
  const dialog = await admin.startsProvider(name, "OAuth 2.0 server");
  await dialog.getByLabel("Token URL", { exact: true }).fill(provider.tokenEndpoint);
  const base = dialog.getByLabel("API base URL", { exact: true });
  await base.fill(`${provider.issuer}/v1?key=1`);
  await dialog.getByRole("button", { name: "Save provider" }).click();
  await expect(dialog).toContainText("without a query");
  await base.fill(`${provider.issuer}/v1`);
  await dialog.getByRole("button", { name: "Save provider" }).click();
  await admin.card(name).getByRole("button", { name: /^Edit/ }).click();
  const editor = admin.page.getByRole("dialog", { name: `Edit ${name}` });
  await expect(editor.getByLabel("API base URL", { exact: true })).toHaveValue(`${provider.issuer}/v1`);
  await editor.getByLabel("Name", { exact: true }).fill(`${name}, renamed`);
  await editor.getByRole("button", { name: "Save provider" }).click();
  await expect(admin.card(`${name}, renamed`)).toBeVisible();
  const kept = (await (await server.asAdmin()).providers()).find((one) => one.name === `${name}, renamed`);
  expect(kept?.kind).toMatchObject({ more: { api_base: `${provider.issuer}/v1` } });
});

test("PingOne is allowed region by region", async ({ people, server }) => {
  const admin = await people.signedIn("admin");
  const name = `PingOne ${admin.account.username}`;
  const dialog = await admin.startsProvider(name, "PingOne");
  await dialog.getByRole("checkbox", { name: "Europe (eu)" }).check();
  await dialog.getByRole("button", { name: "Save provider" }).click();
  await expect(admin.card(name)).toBeVisible();
  const kept = (await (await server.asAdmin()).providers()).find((provider) => provider.name === name);
  expect(kept?.kind).toEqual({ type: "pingone", regions: ["eu"], custom_domains: [] });
});

test("another audience than the issuer is warned of loudly", async ({ people, provider }) => {
  const admin = await people.signedIn("admin");
  const dialog = await admin.startsProvider(`Old ${admin.account.username}`, "OAuth 2.0 server");
  await dialog.getByLabel("Token URL", { exact: true }).fill(provider.tokenEndpoint);
  await expect(dialog).not.toContainText("CVE-2025-27370");
  await dialog.getByLabel("Assertion audience", { exact: true }).selectOption("token_endpoint");
  await expect(dialog).toContainText(/CVE-2025-27370|RFC 10070/);
});

test("an address no operator allowed is refused with the reason", async ({ people, calm }) => {
  calm.expects(/status of (403|422).*\/api\/v1\/providers/);
  const admin = await people.signedIn("admin");
  const dialog = await admin.startsProvider(`Private ${admin.account.username}`, "OAuth 2.0 server");
  await dialog.getByLabel("Issuer", { exact: true }).fill("http://127.0.0.1:1");
  await dialog.getByRole("button", { name: "Look up issuer" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/not allowed/i);
});

test("a provider that is switched off gives no tokens until it is on again", async ({ people, provider, server, calm }) => {
  calm.expects(/status of 422.*\/api\/v1\/token/);
  const admin = await people.signedIn("admin");
  const session = await server.asAdmin();
  const name = `Switched ${admin.account.username}`;
  await session.allowOAuth(name, provider.issuer, provider.tokenEndpoint, `${provider.issuer}/jwks`);
  const client = await provider.addClient("client_secret_basic");
  await admin.reloads();
  await admin.addsConnection({ name: "Switched", provider: name, client, scopes: "read" });
  await admin.goesTo("Providers");
  await admin.card(name).getByRole("button", { name: "Disable" }).click();
  await expect(admin.card(name).getByRole("button", { name: "Enable" })).toBeVisible();
  await admin.renewsNow("Switched");
  await expect(admin.main).toContainText(/switched off|can't be asked/i);
  expect(provider.granted(client)).toBe(1);
});

test("a removed provider is gone from the list and from the choices", async ({ people, provider, server }) => {
  const admin = await people.signedIn("admin");
  const name = `Removed ${admin.account.username}`;
  await (await server.asAdmin()).allowOAuth(name, provider.issuer, provider.tokenEndpoint, `${provider.issuer}/jwks`);
  await admin.opens("/admin/providers");
  await admin.card(name).getByRole("button", { name: "Remove" }).click();
  await admin.page.getByRole("dialog", { name: `Remove ${name}?` }).getByRole("button", { name: "Remove provider" }).click();
  await expect(admin.card(name)).toHaveCount(0);
  expect((await (await server.asAdmin()).providers()).map((one) => one.name)).not.toContain(name);
});
