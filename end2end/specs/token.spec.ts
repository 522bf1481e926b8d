import { decodeJwt } from "jose";

import { expect, test } from "../rigs/test.ts";

test.describe("the page of a connection", () => {
  test.beforeEach(async ({ person, provider, allowed }) => {
    const client = await provider.addClient("client_secret_basic");
    await person.addsConnection({ name: "Reports", provider: allowed.name, client, scopes: "read write" });
    await person.opensConnection("Reports");
  });

  test("hides the token until it is asked for, and hides it again", async ({ person }) => {
    await expect(person.token).not.toContainText("eyJ");
    const token = await person.readsToken("Reports");
    expect(token).toMatch(/^eyJ/);
    await expect(person.token).not.toContainText(token);
  });

  test("copies the token without showing it", async ({ person }) => {
    const token = await person.readsToken("Reports");
    await person.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await person.page.getByRole("button", { name: "Copy token" }).click();
    await expect.poll(() => person.page.evaluate(() => navigator.clipboard.readText())).toBe(token);
    await expect(person.token).not.toContainText(token);
  });

  test("shows the claims, and times as dates", async ({ person }) => {
    const claims = decodeJwt(await person.readsToken("Reports"));
    await person.decodesToken("Reports");
    await expect(person.main).toContainText(String(claims.iss));
    await expect(person.main).toContainText("read write");
    await expect(person.main).toContainText(String(new Date((claims.exp ?? 0) * 1_000).getUTCFullYear()));
    await expect(person.main).toContainText("Signature not verified");
  });

  test("checks the signature against the provider's keys when asked", async ({ person }) => {
    await person.decodesToken("Reports");
    await person.page.getByRole("button", { name: "Check signature" }).click();
    await expect(person.main).toContainText("Signature verified");
  });

  test("says how long the token lives, and renews it when asked", async ({ person }) => {
    await expect(person.main.locator(".life-words").first()).toContainText(/in \d+ min/);
    const before = await person.readsToken("Reports");
    await person.renewsNow("Reports");
    await expect.poll(() => person.readsToken("Reports")).not.toBe(before);
  });
});
