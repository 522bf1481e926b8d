import { hindrances } from "../people/wide.ts";
import type { ApiSession } from "../rigs/api.ts";
import type { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

const TOKEN = "a-token-the-building-api-does-not-know";

/** Calls the sandbox's site API so often with a token it refuses. */
async function isRefused(server: TokenkeepServer, session: ApiSession, times: number, site: string): Promise<void> {
  const provider = (await (await server.asAdmin()).providers()).find(({ kind }) => kind.type === "site_api");
  const { name, value } = session.asCookie();
  const headers = { cookie: `${name}=${value}`, "x-tokenkeep-token": TOKEN, "x-tokenkeep-site": site };
  for (let nth = 0; nth < times; nth += 1) {
    const answer = await fetch(`${server.origin}/api/v1/gateway/${provider?.id}/sites/`, { headers });
    expect(answer.status).toBe(401);
  }
}

test("a token that is refused again and again raises an alert, which an admin acknowledges", async ({ people, server }) => {
  const site = `site-${Date.now()}`;
  const { account, session } = await server.newPerson("user");
  const admin = await people.signedIn("admin", {}, "/");
  const open = admin.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: /^Alerts/ });
  await expect(open).toHaveText("Alerts");
  await isRefused(server, session, 10, site);
  await admin.reloads();
  await expect(open).toHaveText("Alerts");
  await isRefused(server, session, 1, site);
  await admin.reloads();
  await expect(open).toHaveText(/1 open/);

  const auditor = await people.signedIn("auditor", {}, "/admin/alerts");
  await expect(auditor.main.getByRole("button", { name: /^Acknowledge/ })).toHaveAttribute("aria-disabled", "true");

  await admin.goesBy("Alerts", "Alerts");
  const alert = admin.main.getByRole("listitem").filter({ hasText: site });
  await expect(alert).toContainText("Tokens were refused again and again");
  await expect(alert).toContainText(`11 failures of ${account.username}'s tokens within five minutes.`);
  await expect(alert).toContainText("have the token revoked where it was issued");
  expect(await hindrances(admin.page), "an open alert").toEqual([]);
  await alert.getByRole("button", { name: "Acknowledge" }).click();
  await expect(alert).toContainText(`${admin.account.username},`);
  await expect(alert.getByRole("button")).toHaveCount(0);
  await expect(open).toHaveText("Alerts");

  await alert.getByRole("link", { name: "Show its events" }).click();
  const rows = admin.page.getByRole("region", { name: "Events" }).locator("tbody tr");
  await expect(rows).toHaveCount(11);
  await expect(rows.first()).toContainText("Token refused by the API");
  await admin.opens("/admin/audit?action=alert%3Aacknowledged");
  await expect(rows.first()).toContainText(admin.account.username);
  await expect(admin.page.locator("body")).not.toContainText(TOKEN);
  expect(server.output).not.toContain(TOKEN);
});

test("what was refused is counted on the metrics page, for those who may read the log", async ({ people, server }) => {
  const site = `site-${Date.now()}`;
  const user = await people.signedIn("user", {}, "/token-metrics");
  await expect(user.main.getByRole("heading", { name: "In this browser" })).toBeVisible();
  await expect(user.main.getByRole("heading", { name: /^On this server/ })).toHaveCount(0);
  await isRefused(server, (await server.newPerson("user")).session, 1, site);
  const auditor = await people.signedIn("auditor", {}, "/token-metrics");
  await expect(auditor.main.getByRole("heading", { name: "In this browser" })).toHaveCount(0);
  const refusals = auditor.page.getByRole("region", { name: "Last refusals" });
  await expect(refusals.getByRole("row").filter({ hasText: site })).toContainText("http_401");
  expect(await hindrances(auditor.page), "the refusals on this server").toEqual([]);
});
