import type { Person } from "../people/person.ts";
import { barriers } from "../rigs/axe.ts";
import { expect, test } from "../rigs/test.ts";
import { ApiVisitor } from "../rigs/api_visitor.ts";

const PATH = "/admin/org-keys";

/** Adds an org key by the page, and gives the key its card shows. */
async function adds(admin: Person, name: string): Promise<string> {
  await admin.opens(PATH);
  await admin.page.getByRole("button", { name: "Add org key" }).click();
  const dialog = admin.page.getByRole("dialog", { name: "Add an org key" });
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Origins", { exact: true }).fill("https://www.example.com http://127.0.0.1:8080");
  await dialog.getByRole("button", { name: "Save org key" }).click();
  await expect(admin.card(name)).toContainText("http://127.0.0.1:8080");
  return keyOf(admin, name);
}

async function keyOf(admin: Person, name: string): Promise<string> {
  return (await admin.card(name).getByText(/^org_[0-9a-f]{32}$/).first().textContent()) ?? "";
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: { code: string }) => error.code,
  );
}

test("an org key is made, put into a page, replaced with an overlap, and revoked", async ({ people, server }) => {
  const admin = await people.signedIn("admin");
  const name = `Example ${admin.account.username}`;
  const key = await adds(admin, name);
  expect(await new ApiVisitor(server.origin, key).boots()).toMatchObject({ org: { name }, expires_in: 300 });
  expect(await refusal(new ApiVisitor(server.origin, key, "https://evil.example").boots())).toBe("origin_not_allowed");

  await admin.card(name).getByRole("button", { name: "Snippet" }).click();
  const snippet = admin.page.getByRole("dialog", { name: /Put the chat/ });
  await expect(snippet).toContainText(`window.TOKENKEEP_ORG_KEY="${key}"`);
  await expect(snippet).toContainText(`${server.origin}/embed.js`);
  expect(await barriers(admin.page), "the snippet").toEqual([]);
  await snippet.getByRole("button", { name: "Close", exact: true }).click();

  await admin.card(name).getByRole("button", { name: "Replace" }).click();
  await admin.page.getByRole("button", { name: "Replace key" }).click();
  await expect(admin.card(name)).toContainText("Older key");
  const fresh = await keyOf(admin, name);
  expect(fresh).not.toBe(key);
  for (const one of [key, fresh]) await new ApiVisitor(server.origin, one).boots();

  await admin.card(name).getByRole("button", { name: "Revoke" }).click();
  await admin.page.getByRole("button", { name: "Revoke org key" }).click();
  await expect(admin.card(name)).toContainText("Revoked");
  expect(await refusal(new ApiVisitor(server.origin, fresh).boots())).toBe("org_key_unknown");
});

test("a form that can't be kept says so at its fields, and what was typed stays", async ({ people }) => {
  const admin = await people.signedIn("admin");
  await admin.opens(PATH);
  await admin.page.getByRole("button", { name: "Add org key" }).click();
  const dialog = admin.page.getByRole("dialog", { name: "Add an org key" });
  await dialog.getByLabel("Origins", { exact: true }).fill("https://*.example.com");
  await dialog.getByLabel("Life of a token, in seconds").fill("5");
  await dialog.getByRole("button", { name: "Save org key" }).click();
  await expect(dialog).toContainText("The name must have 1 to 60 characters.");
  await expect(dialog).toContainText("“https://*.example.com” can't be used");
  await expect(dialog).toContainText("The token's life must be 20 to 3,600 seconds.");
  await expect(dialog.getByLabel("Origins", { exact: true })).toHaveValue("https://*.example.com");
  expect(await barriers(admin.page)).toEqual([]);
});

test("a new signing key takes over and the old one is still published", async ({ people, server }) => {
  const admin = await people.signedIn("admin");
  await new ApiVisitor(server.origin, await adds(admin, `Signed ${admin.account.username}`)).boots();
  await admin.reloads();
  const table = admin.page.getByRole("region", { name: "Signing keys" });
  const before = await table.getByRole("rowheader").count();
  await admin.page.getByRole("button", { name: "New signing key" }).click();
  await admin.page.getByRole("button", { name: "Sign with a new key" }).click();
  await expect(table.getByRole("rowheader")).toHaveCount(before + 1);
  const { keys } = (await (await fetch(`${server.origin}/.well-known/jwks.json`)).json()) as { keys: object[] };
  expect(keys).toHaveLength(before + 1);
  for (const key of keys) expect(key).not.toHaveProperty("d");
});

test("an auditor reads org keys and can change none", async ({ people }) => {
  const admin = await people.signedIn("admin");
  const name = `Read only ${admin.account.username}`;
  await adds(admin, name);
  const auditor = await people.signedIn("auditor");
  await auditor.opens(PATH);
  await expect(auditor.card(name)).toContainText("https://www.example.com");
  for (const button of ["Revoke", "Replace", "Edit"]) {
    await expect(auditor.card(name).getByRole("button", { name: button })).toHaveAttribute("aria-disabled", "true");
  }
});
