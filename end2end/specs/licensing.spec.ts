import { readFile } from "node:fs/promises";

import { grouped, named, opensWith } from "../people/figures.ts";
import type { Person } from "../people/person.ts";
import { barriers, barriersInBothColours } from "../rigs/axe.ts";
import { Management } from "../rigs/management.ts";
import { expect, test } from "../rigs/test.ts";

const PATH = "/licensing";

interface License {
  id: string;
  name: string;
  package: string;
  status: string;
  beginsAt: string;
  expiresAt: string;
  assignedEnvironmentsCount: number;
  users: { annualActiveIncluded: number; monthlyActiveIncluded: number };
  environments: { max: number };
}

async function licenses(management: Management): Promise<License[]> {
  const all = await management.all(`organizations/${await management.organization()}/licenses`, "licenses");
  return all as unknown as License[];
}

function fact(person: Person, license: string, name: string) {
  return person.card(license).locator("dl.facts > div").filter({ has: person.page.getByText(name, { exact: true }) }).locator("dd");
}

test("the organisation and each licence are shown as the API has them", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  const organization = await management.get(`organizations/${await management.organization()}`);
  const about = person.main.getByRole("region", { name: "Organisation" });
  await expect(about.getByRole("heading", { name: organization.name })).toBeVisible();
  await expect(about).toContainText("Europe (EU)");
  const all = await licenses(management);
  await expect(person.main.getByText(`${all.length} licences`)).toBeVisible();
  for (const license of all) {
    const card = person.card(license.name);
    await expect(card).toContainText(license.package);
    await expect(card.locator(".badge")).toHaveText(license.status.charAt(0) + license.status.slice(1).toLowerCase());
    await expect(card).toContainText(named(license.beginsAt));
    const share = `${license.assignedEnvironmentsCount} of ${license.environments.max}`;
    await expect(fact(person, license.name, "Environments")).toContainText(share);
    if (license.status === "ACTIVE") {
      const left = Math.ceil((Date.parse(license.expiresAt) - Date.now()) / 86_400_000);
      await expect(card).toContainText(`${left} days left`);
      await expect(card).toContainText(named(license.expiresAt));
    }
  }
});

test("active identities stand beside what is included, without a number the API does not give", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  const house = (await licenses(management)).find((license) => license.name === "Paper mill, whole house");
  if (!house) throw new Error("the sandbox has no such licence");
  const path = `organizations/${await management.organization()}/licenses/${house.id}/metrics/activeIdentityCounts`;
  const months = (await management.all(path, "activeIdentityCounts", { aggregatedBy: "calendarMonth", order: "-startDate" })) as { value: number }[];
  const year = (await management.all(path, "activeIdentityCounts", { aggregatedBy: "licenseYear", order: "-startDate" })) as { value: number }[];
  await expect(fact(person, house.name, "Active in a month")).toContainText(
    `${grouped(months[0]?.value ?? -1)} of ${grouped(house.users.monthlyActiveIncluded)}`,
  );
  // The year comes by month: people active in several would be counted again in a sum.
  await expect(fact(person, house.name, "Active in a year")).toContainText(
    `at least ${grouped(Math.max(...year.map((month) => month.value)))} of ${grouped(house.users.annualActiveIncluded)}`,
  );
});

test("a trial stops, any other only notifies, and what replaces a licence is named", async ({ person, server }) => {
  await opensWith(person, await Management.of(server.sandbox.origin), PATH);
  await expect(person.card("Trial of strong authentication")).toContainText("A trial stops working when it expires.");
  const house = person.card("Paper mill, whole house");
  await expect(house).toContainText("it does not stop by itself");
  await expect(house).toContainText("Replaced by Paper mill, next contract");
  await house.getByText("Details and").click();
  await expect(house.getByRole("listitem")).toHaveText(["Paper mill, former contract", "Paper mill, whole house", "Paper mill, next contract"]);
  await expect(house.getByRole("heading", { name: "MFA" })).toBeVisible();
  await expect(house.getByText("Allow FIDO2 devices")).toBeVisible();
});

test("licences that are over are counted when a person opens them", async ({ person, server }) => {
  await opensWith(person, await Management.of(server.sandbox.origin), PATH);
  const former = "Paper mill, former contract";
  await expect(fact(person, former, "Active in a month")).toContainText("open the details to count");
  await person.card(former).getByText("Details and").click();
  await expect(fact(person, former, "Active in a month")).toContainText(/of 1,400/);
});

test("licences are searched and put in order", async ({ person, server }) => {
  await opensWith(person, await Management.of(server.sandbox.origin), PATH);
  const names = person.main.locator("li.licence h3");
  await expect(names).toHaveCount(5);
  await person.main.getByLabel("Order").selectOption({ label: "Name" });
  await expect(names.first()).toHaveText("Cancelled trial");
  await person.main.getByLabel("Search").fill("trial active");
  await expect(names).toHaveText(["Trial of strong authentication"]);
  await person.main.getByLabel("Search").fill("nothing like it");
  await expect(person.main.getByText("No licence has all these words.")).toBeVisible();
});

test("the licences leave as files", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  await expect(fact(person, "Paper mill, whole house", "Active in a month")).toContainText("of 1,750");
  const saved = async (button: string) => {
    const [download] = await Promise.all([person.page.waitForEvent("download"), person.main.getByRole("button", { name: button }).click()]);
    return readFile(await download.path(), "utf8");
  };
  const all = await licenses(management);
  const lines = (await saved("Export CSV")).trimEnd().split("\r\n");
  expect(lines).toHaveLength(all.length + 1);
  for (const license of all) expect(lines.some((line) => line.startsWith(license.id))).toBe(true);
  const file = JSON.parse(await saved("Export JSON")) as { organization: { name: string }; licenses: { id: string; active_identities: unknown }[] };
  expect(file.organization.name).toBe("Imaginary Paper Mill");
  expect(file.licenses.map((license) => license.id).sort()).toEqual(all.map((license) => license.id).sort());
  expect(file.licenses.filter((license) => license.active_identities)).toHaveLength(2);
});

test("a missing role is explained once, with the way to a new token", async ({ person, server, calm }) => {
  calm.expects(/403/);
  await opensWith(person, await Management.of(server.sandbox.origin, ["environment_admin"]), PATH);
  const refused = person.main.getByRole("alert");
  await expect(refused).toHaveCount(1);
  await expect(refused).toContainText(/role/i);
  await expect(person.main.getByRole("button", { name: "Get a new token" })).toBeVisible();
  expect(await barriers(person.page)).toEqual([]);
});

test("a slow API shows where the licences will be, and one that fails can be tried again", async ({ person, server, calm }) => {
  calm.expects(/50[0-9]/);
  const management = await Management.of(server.sandbox.origin);
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  await management.misbehaves({ type: "failing" });
  await person.opens(PATH);
  await expect(person.main.getByRole("alert")).toBeVisible();
  await management.misbehaves({ type: "slow", ms: 1_000 });
  await person.main.getByRole("button", { name: /^Try again/ }).click();
  await expect(person.main.getByText("Loading…")).toBeAttached();
  await expect(person.card("Paper mill, whole house")).toBeVisible();
});

test("a count that is refused leaves the licence in place", async ({ person, server, calm }) => {
  calm.expects(/50[0-9]/);
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  const former = person.card("Paper mill, former contract");
  await expect(former).toBeVisible();
  await management.misbehaves({ type: "failing" });
  await former.getByText("Details and").click();
  await expect(former.getByRole("alert")).toBeVisible();
  await expect(former).toContainText("expired 200 days ago");
  await management.behaves();
  await former.getByRole("button", { name: /^Try again/ }).click();
  await expect(fact(person, "Paper mill, former contract", "Active in a month")).toContainText(/of 1,400/);
});

test("an organisation without licences is an empty state", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  await person.page.route(/\/licenses\?/, async (route) => route.fulfill({ response: await route.fetch(), json: { count: 0 } }));
  await person.opens(PATH);
  await expect(person.main.getByRole("heading", { name: "The organisation has no licence" })).toBeVisible();
});

test("states and fields that are new or broken lose nothing else", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  await person.page.route(/\/licenses\?/, async (route) => {
    const list = [{ id: "l-1", name: "On probation", status: "SUSPENDED", users: 7, expiresAt: "never", newGroup: { allowTea: true } }, { name: "no id" }];
    await route.fulfill({ response: await route.fetch(), json: { _embedded: { licenses: list } } });
  });
  await person.opens(PATH);
  const card = person.card("On probation");
  await expect(card.locator(".badge")).toHaveText("SUSPENDED");
  await expect(card).toContainText("Expires not given");
  await expect(fact(person, "On probation", "Environments")).toHaveText("not given");
  await expect(person.main.getByText("1 entry could not be read and is left out.")).toBeVisible();
});

test("hundreds of licences are shown in parts, over all pages of the list", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  await person.page.route(/\/licenses\?/, async (route) => {
    const response = await route.fetch();
    const from = /cursor=/.test(route.request().url()) ? 60 : 0;
    const list = Array.from({ length: 60 }, (_, place) => ({ id: `l-${from + place}`, name: `Licence ${from + place}`, status: "EXPIRED" }));
    const self = ((await response.json()) as { _links: { self: { href: string } } })._links.self.href;
    const next = from === 0 ? { _links: { next: { href: `${self}&cursor=YWZ0ZXI6NjA` } } } : {};
    await route.fulfill({ response, json: { ...next, _embedded: { licenses: list } } });
  });
  await person.opens(PATH);
  await expect(person.main.getByText("120 licences")).toBeVisible();
  await expect(person.main.locator("li.licence")).toHaveCount(40);
  await person.main.getByRole("button", { name: "Show 40 more of 80" }).click();
  await expect(person.main.locator("li.licence")).toHaveCount(80);
  await person.main.getByLabel("Search").fill("Licence 119");
  await expect(person.main.locator("li.licence")).toHaveCount(1);
});

test("a token that names no organisation is explained", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await person.page.route("**/api/v1/token", async (route) => {
    const response = await route.fetch();
    const json = (await response.json()) as { access_token: string };
    const [header, payload, signature] = json.access_token.split(".");
    const { org: _, ...claims } = JSON.parse(Buffer.from(payload ?? "", "base64url").toString("utf8")) as Record<string, unknown>;
    json.access_token = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    await route.fulfill({ response, json });
  });
  await opensWith(person, management, PATH);
  await expect(person.main.getByText("The token names no organisation")).toBeVisible();
  await expect(person.main.getByRole("link", { name: "See connections" })).toBeVisible();
  expect(await barriers(person.page)).toEqual([]);
});

test("axe finds no barrier, and a phone needs no sideways scrolling, in light and dark colours", async ({ person, server }) => {
  await opensWith(person, await Management.of(server.sandbox.origin), PATH);
  const house = person.card("Paper mill, whole house");
  await house.getByText("Details and").click();
  await expect(house.getByText("Allow FIDO2 devices")).toBeVisible();
  expect(await barriersInBothColours(person.page)).toEqual([]);
  await person.page.setViewportSize({ width: 375, height: 740 });
  expect(await person.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  expect(await barriersInBothColours(person.page)).toEqual([]);
});
