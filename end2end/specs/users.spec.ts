import { Person } from "../people/person.ts";
import { expect, test } from "../rigs/test.ts";

test("an admin invites by link, and the invited person is in", async ({ people, server, calm }) => {
  const admin = await people.signedIn("admin");
  const link = await admin.invites("Auditor");
  const account = { username: `invited-${Date.now()}`, password: "a-password-of-the-invited", role: "auditor" as const };
  const newcomer = await people.withoutAccount();
  await newcomer.accepts(link, account);
  const invited = new Person(newcomer.page, server, account, calm);
  await invited.goesTo("Users");
  await admin.reloads();
  await expect(admin.row(account.username)).toBeVisible();
  await expect(admin.page.getByLabel(`Role of ${account.username}`)).toHaveValue("auditor");
});

test("an invitation works once", async ({ people, calm }) => {
  calm.expects(/status of 410.*\/api\/v1\/invitations\/accept/);
  const admin = await people.signedIn("admin");
  const link = await admin.invites("User");
  const first = await people.withoutAccount();
  await first.accepts(link, { username: `first-${Date.now()}`, password: "a-password-of-the-first" });
  const second = await people.withoutAccount();
  await second.fillsInvitation(link, { username: `second-${Date.now()}`, password: "a-password-of-the-second" });
  await expect(second.page.getByRole("alert")).toContainText("no longer valid");
});

test("a changed role holds at once", async ({ people }) => {
  const admin = await people.signedIn("admin");
  const person = await people.signedIn("user");
  await admin.goesTo("Users");
  await admin.page.getByLabel(`Role of ${person.account.username}`).selectOption("admin");
  await expect(admin.page.getByLabel(`Role of ${person.account.username}`)).toHaveValue("admin");
  await expect(admin.page.getByLabel(`Role of ${person.account.username}`)).toBeEnabled();
  await expect(async () => {
    await person.reloads();
    await expect(person.page.getByRole("link", { name: "Providers" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
});

test("a disabled person's session ends, and they can't come back until enabled", async ({ people, server, calm }) => {
  calm.expects(/status of 401/);
  const admin = await people.signedIn("admin");
  const person = await people.signedIn("user");
  const { username } = person.account;
  await admin.goesTo("Users");
  await admin.row(username).getByRole("button", { name: "Disable" }).click();
  const question = admin.page.getByRole("dialog", { name: `Disable ${username}?` });
  await question.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(admin.row(username).getByRole("button", { name: "Enable" })).toBeVisible();
  await person.page.goto(`${server.origin}/account`);
  await expect(person.page).toHaveURL(/\/sign-in/);
  const again = await people.withoutAccount();
  await again.triesToSignIn(person.account);
  await expect(again.page.getByRole("alert")).toContainText("wrong");
  await admin.row(username).getByRole("button", { name: "Enable" }).click();
  await expect(admin.row(username).getByRole("button", { name: "Disable" })).toBeVisible();
  await again.triesToSignIn(person.account);
  await again.isInside();
});

test("an auditor reads the admin pages and can change nothing", async ({ people, server, calm }) => {
  calm.expects(/status of 403/);
  const auditor = await people.signedIn("auditor");
  await auditor.goesTo("Users");
  await expect(auditor.row("ada")).toBeVisible();
  await expect(auditor.main.getByRole("button", { name: /^Invite/ })).toHaveAttribute("aria-disabled", "true");
  const statuses = await auditor.page.evaluate(async () => {
    const headers = { "x-tokenkeep-request": "1", "content-type": "application/json" };
    const send = async (method: string, path: string, body: object) =>
      (await fetch(path, { method, headers, body: JSON.stringify(body) })).status;
    return [
      await send("POST", "/api/v1/invitations", { role: "admin" }),
      await send("POST", "/api/v1/sandbox/clients", { authentication: "client_secret_basic", lifetime_seconds: 60 }),
      await send("POST", "/api/v1/providers", { name: "x", enabled: true, kind: { type: "pingone", regions: ["eu"], custom_domains: [] } }),
    ];
  });
  expect(statuses).toEqual([403, 403, 403]);
  await auditor.goesTo("Worker tokens");
  await expect(auditor.main.getByRole("button", { name: /^Add connection/ })).toHaveAttribute("aria-disabled", "true");
  expect((await (await server.asAdmin()).users()).length).toBeGreaterThan(1);
});

test("a user sees no admin page", async ({ people, calm }) => {
  calm.expects(/status of 403/);
  const person = await people.signedIn("user");
  await expect(person.page.getByRole("link", { name: "Users" })).toHaveCount(0);
  await person.page.goto(`${person.server.origin}/admin/users`);
  await expect(person.main).toContainText(/role|allow/i);
  await expect(person.page.getByText("ada", { exact: true })).toHaveCount(0);
});
