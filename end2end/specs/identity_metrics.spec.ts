import { readFile } from "node:fs/promises";

import { Figures, grouped, named, opensWith } from "../people/figures.ts";
import type { Person } from "../people/person.ts";
import { barriers, barriersInBothColours } from "../rigs/axe.ts";
import { Management } from "../rigs/management.ts";
import { expect, test } from "../rigs/test.ts";

const PATH = "/identity-metrics";

function card(person: Person, name: string): Figures {
  return new Figures(person, person.main.getByRole("region", { name, exact: true }));
}

function daysAgo(days: number): string {
  return `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

async function choosesPeriod(person: Person, label: string): Promise<void> {
  await person.main.getByRole("combobox", { name: "Period" }).selectOption({ label });
}

/** The active identities by day since a day, as the API itself has them, oldest first. */
async function activeSince(management: Management, since: string): Promise<{ startDate: string; value: number }[]> {
  const path = `environments/${management.client.environmentId}/metrics/activeIdentityCounts`;
  const all = await management.all(path, "activeIdentityCounts", { filter: `startDate ge "${since}"`, order: "startDate", limit: "100" });
  return all as { startDate: string; value: number }[];
}

test("the figures of thirty days are those the API itself has", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  const filter = `startDate eq "${daysAgo(29)}" and endDate eq "${daysAgo(0)}"`;
  const answer = await management.get(`environments/${management.client.environmentId}/totalIdentities`, { filter });
  const totals = (answer._embedded?.["totalIdentities"] ?? []) as { date: string; totalIdentities: number }[];
  const figures = totals.map((sample) => sample.totalIdentities);

  const total = card(person, "Total identities");
  await expect(total.figure("Now")).toHaveText(grouped(answer.count ?? -1));
  await expect(total.figure("Latest")).toHaveText(grouped(figures.at(-1) ?? -1));
  await expect(total.figure("Most")).toHaveText(grouped(Math.max(...figures)));
  await expect(total.figure("Least")).toHaveText(grouped(Math.min(...figures)));
  const mean = Math.round((figures.reduce((sum, one) => sum + one, 0) * 10) / figures.length) / 10;
  await expect(total.figure("Mean")).toHaveText(mean.toLocaleString("en-GB"));
  await expect(total.figure("Data points")).toHaveText("30");
  await expect(total.picture).toHaveAccessibleName(/^Total identities by day from .*: latest .*, most .*, least /);
  expect(await total.table()).toEqual(totals.map(({ date, totalIdentities }) => [named(date), grouped(totalIdentities)]).reverse());

  const samples = await activeSince(management, daysAgo(29));
  const active = card(person, "Active identities");
  const lines = samples.map(({ startDate, value }, place) => [named(startDate), grouped(value) + (place === 29 ? " so far" : "")]);
  expect(await active.table()).toEqual(lines.reverse());
  // The day that is not over yet pulls neither the least nor the mean down.
  await expect(active.figure("Least")).toHaveText(grouped(Math.min(...samples.slice(0, -1).map((sample) => sample.value))));
});

test("another period changes the figures, and a longer one is shown by month", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  const active = card(person, "Active identities");
  await expect(active.figure("Data points")).toHaveText("30");
  await choosesPeriod(person, "Last 7 days");
  await expect(active.figure("Data points")).toHaveText("7");
  await choosesPeriod(person, "Last 90 days");
  await expect(active.figure("Data points")).toHaveText("90");
  await expect(active.figure("Most")).toHaveText(grouped(Math.max(...(await activeSince(management, daysAgo(89))).map((sample) => sample.value))));
  await choosesPeriod(person, "Last 12 months");
  await expect(active.figure("Data points")).toHaveText("12");
  await expect(active.picture).toHaveAccessibleName(/^Active identities by month from /);
  // More days than the API gives at once: its pages are put together.
  await person.main.getByRole("combobox", { name: "Samples" }).selectOption({ label: "By day" });
  await expect.poll(async () => Number(await active.figure("Data points").textContent())).toBeGreaterThan(330);
});

test("a range of one's own is checked, and begins with what was shown", async ({ person, server }) => {
  await opensWith(person, await Management.of(server.sandbox.origin), PATH);
  const total = card(person, "Total identities");
  await expect(total.figure("Data points")).toHaveText("30");
  await choosesPeriod(person, "Custom range");
  const [from, to] = [person.main.getByLabel("First day"), person.main.getByLabel("Last day")];
  await expect(from).toHaveValue(daysAgo(29).slice(0, 10));
  await expect(to).toHaveValue(today());
  await from.fill("2020-01-01");
  await expect(person.main.getByText("Choose at most two years.")).toBeVisible();
  await from.fill(daysAgo(2).slice(0, 10));
  await expect(total.figure("Data points")).toHaveText("3");
  await to.fill(daysAgo(3).slice(0, 10));
  await expect(person.main.getByText("The last day is before the first.")).toBeVisible();
});

test("single samples are read by keyboard and by pointer", async ({ person, server }) => {
  await opensWith(person, await Management.of(server.sandbox.origin), PATH);
  const total = card(person, "Total identities");
  const lines = await total.table();
  const said = (place: number) => `${lines[place]?.[0]}: ${lines[place]?.[1]}`;
  await total.slider.focus();
  await expect(total.slider).toHaveAttribute("aria-valuetext", said(0));
  await person.page.keyboard.press("ArrowLeft");
  await expect(total.slider).toHaveAttribute("aria-valuetext", said(1));
  await expect(total.card.locator("figcaption")).toHaveText(said(1));
  await person.page.keyboard.press("Home");
  await expect(total.card.locator("figcaption")).toHaveText(said(29));
  await person.page.keyboard.press("Tab");
  await expect(total.card.locator("figcaption")).toHaveText(said(0));
  const plot = await total.slider.boundingBox();
  await total.slider.hover({ position: { x: (plot?.width ?? 0) / 2 + 2, y: 20 } });
  await expect(total.card.locator("figcaption")).toHaveText(said(14));
});

test("the table leaves as a file with every sample", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  await choosesPeriod(person, "Last 7 days");
  const active = card(person, "Active identities");
  await expect(active.figure("Data points")).toHaveText("7");
  const [download] = await Promise.all([
    person.page.waitForEvent("download"),
    active.card.getByRole("button", { name: "Export CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`active-identities-${daysAgo(6).slice(0, 10)}-${today()}.csv`);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  expect(lines[0]).toBe("from,to,active identities,complete");
  const expected = (await activeSince(management, daysAgo(6))).map(({ startDate, value }, place) => {
    const day = startDate.slice(0, 10);
    return `${day},${day},${value},${place === 6 ? "no" : "yes"}`;
  });
  expect(lines.slice(1)).toEqual(expected);
});

test("figures by licence stand beside what the licence includes", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  const organization = await management.organization();
  const licenses = await management.all(`organizations/${organization}/licenses`, "licenses");
  const house = licenses.find((license) => license["name"] === "Paper mill, whole house") as { id: string; users: { monthlyActiveIncluded: number } };
  const months = await management.all(`organizations/${organization}/licenses/${house.id}/metrics/activeIdentityCounts`, "activeIdentityCounts", {
    aggregatedBy: "calendarMonth",
    order: "-startDate",
  });
  const figures = card(person, "Active identities by licence");
  await expect(figures.figure("Latest")).toHaveText(grouped((months[0] as { value: number }).value));
  await expect(figures.card.getByText(`includes in a month: ${grouped(house.users.monthlyActiveIncluded)}.`)).toBeVisible();
  await figures.card.getByRole("combobox", { name: "Licence" }).selectOption({ label: "Paper mill, next contract (Future)" });
  await expect(figures.card.getByRole("heading", { name: "No figures of this period" })).toBeVisible();
});

test("a missing role is explained, part by part", async ({ person, server, calm }) => {
  calm.expects(/403/);
  await opensWith(person, await Management.of(server.sandbox.origin, ["organization_admin"]), PATH);
  const refused = card(person, "Total identities").card.getByRole("alert");
  await expect(refused).toContainText(/role/i);
  await expect(card(person, "Active identities").card.getByRole("alert")).toContainText(/role/i);
  await expect(card(person, "Total identities").card.getByRole("button", { name: "Get a new token" })).toBeVisible();
  // The organisation's own figures need another role, which is there.
  await expect(card(person, "Active identities by licence").figure("Latest")).toBeVisible();
  expect(await barriers(person.page)).toEqual([]);
});

test("a slow API shows where the figures will be, and one that fails can be tried again", async ({ person, server, calm }) => {
  calm.expects(/50[0-9]/);
  const management = await Management.of(server.sandbox.origin);
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  await management.misbehaves({ type: "slow", ms: 1_500 });
  await person.opens(PATH);
  const total = card(person, "Total identities");
  await expect(total.card.getByText("Loading…")).toBeAttached();
  await expect(total.figure("Data points")).toHaveText("30");
  await management.misbehaves({ type: "failing" });
  await choosesPeriod(person, "Last 7 days");
  await expect(total.card.getByRole("alert")).toBeVisible();
  await management.behaves();
  await total.card.getByRole("button", { name: /^Try again/ }).click();
  await expect(total.figure("Data points")).toHaveText("7");
});

test("asked to wait, the page says how long", async ({ person, server, calm }) => {
  calm.expects(/429|503/);
  const management = await Management.of(server.sandbox.origin);
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  await management.misbehaves({ type: "throttled", retry_after: 90 });
  await person.opens(PATH);
  await expect(card(person, "Total identities").card.getByRole("button", { name: /Try again \(in 1 min/ })).toBeVisible();
});

test("a page that is refused in the middle leaves what came before it", async ({ person, server, calm }) => {
  calm.expects(/50[0-9]/);
  const management = await Management.of(server.sandbox.origin);
  await opensWith(person, management, PATH);
  const active = card(person, "Active identities");
  await expect(active.figure("Data points")).toHaveText("30");
  await person.page.route(/activeIdentityCounts.*cursor=/, async (route) => {
    await management.misbehaves({ type: "failing" });
    await route.continue();
  });
  await choosesPeriod(person, "Last 12 months");
  await person.main.getByRole("combobox", { name: "Samples" }).selectOption({ label: "By day" });
  await expect(active.card.getByText("Only a part came")).toBeVisible();
  await expect(active.figure("Data points")).toHaveText("100");
});

test("samples in another dress are read, gaps stay gaps, and what can't be read is counted", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  const epoch = (days: number) => Date.parse(daysAgo(days));
  await person.page.route(/totalIdentities/, async (route) => {
    const response = await route.fetch();
    const totalIdentities = [{ date: epoch(2), count: "1200" }, { date: epoch(0) / 1_000, value: 1_300 }, { date: "someday", value: 1 }];
    await route.fulfill({ response, json: { _embedded: { totalIdentities } } });
  });
  await person.opens(PATH);
  await choosesPeriod(person, "Custom range");
  await person.main.getByLabel("First day").fill(daysAgo(2).slice(0, 10));
  const total = card(person, "Total identities");
  await expect(total.card.getByText("1 sample could not be read and is left out.")).toBeVisible();
  await expect(total.figure("Data points")).toHaveText("2");
  await expect(total.card.getByText("1 missing")).toBeVisible();
  expect((await total.table()).map(([, figure]) => figure)).toEqual(["1,300", "No figure", "1,200"]);
});

test("no samples at all are an empty state, not a fault", async ({ person, server }) => {
  const management = await Management.of(server.sandbox.origin);
  await person.addsConnection({ name: "Mill", provider: "Sandbox", client: management.client });
  await person.page.route(/totalIdentities/, async (route) => route.fulfill({ response: await route.fetch(), json: { count: 0 } }));
  await person.opens(PATH);
  await expect(card(person, "Total identities").card.getByRole("heading", { name: "No figures of this period" })).toBeVisible();
});

test("without network it says so, and goes on when it is back", async ({ person, server, calm }) => {
  calm.expects(/ERR_INTERNET_DISCONNECTED|Failed to load/);
  await opensWith(person, await Management.of(server.sandbox.origin), PATH);
  const total = card(person, "Total identities");
  await expect(total.figure("Data points")).toHaveText("30");
  await person.page.context().setOffline(true);
  await choosesPeriod(person, "Last 7 days");
  await expect(total.card.getByRole("alert")).toBeVisible();
  await person.page.context().setOffline(false);
  await total.card.getByRole("button", { name: /^Try again/ }).click();
  await expect(total.figure("Data points")).toHaveText("7");
});

test("axe finds no barrier, and a phone needs no sideways scrolling, in light and dark colours", async ({ person, server }) => {
  await opensWith(person, await Management.of(server.sandbox.origin), PATH);
  const total = card(person, "Total identities");
  await expect(total.figure("Data points")).toHaveText("30");
  await expect(card(person, "Active identities by licence").figure("Latest")).toBeVisible();
  await total.table();
  expect(await barriersInBothColours(person.page)).toEqual([]);
  await person.page.setViewportSize({ width: 375, height: 740 });
  await choosesPeriod(person, "Last 12 months");
  await expect(card(person, "Active identities").figure("Data points")).toHaveText("12");
  expect(await person.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  expect(await barriersInBothColours(person.page)).toEqual([]);
});
