import { BulkLookup } from "../people/bulk.ts";
import { barriers } from "../rigs/axe.ts";
import { expect, test } from "../rigs/test.ts";

const DESK = "front.desk@papermill.example";

test("found, not found and ambiguous are kept apart, and the files say the same", async ({ person, server }) => {
  const users = await server.sandbox.users(60);
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  expect(await barriers(person.page), "the empty page").toEqual([]);
  const nobody = ["=HYPERLINK(1)", "+nobody", "@nobody", "nobody.at.all"];
  const list = [
    ...users.slice(0, 20).map(({ username }) => username),
    ...users.slice(20, 30).map(({ id }) => id),
    ...users.slice(30, 40).map(({ email }) => email),
    users[0]!.username.toUpperCase(),
    "",
    DESK,
    ...nobody,
  ];
  await bulk.pastes(`\uFEFF${list.join("\r\n")}\r\n`);
  await expect(bulk.read).toContainText("45 users read");
  await expect(bulk.read).toContainText("1 line says the same as another, and was merged with it.");
  await expect(bulk.read).toContainText("1 line was blank, and is passed over.");
  expect(await barriers(person.page), "what was read").toEqual([]);
  await bulk.starts();
  await bulk.isDone();
  expect([await bulk.count("Found"), await bulk.count("Not found"), await bulk.count("Ambiguous"), await bulk.count("Refused")]).toEqual([40, 4, 1, 0]);
  expect(await barriers(person.page), "the results").toEqual([]);

  await bulk.shows("Ambiguous");
  await expect(bulk.rows).toHaveCount(1);
  await expect(bulk.rows).toContainText(/\d users: /);
  await bulk.shows("Not found");
  await expect(bulk.rows).toHaveCount(4);

  const csv = await bulk.exports("CSV");
  expect(csv.name).toMatch(/^user-lookup-\d{4}-\d\d-\d\d\.csv$/);
  const lines = csv.text.split("\r\n");
  expect(lines[0]).toMatch(/^\uFEFFentry,result,/);
  // Six share the address: a line for each.
  expect(lines.filter((line) => line.startsWith(`${DESK},ambiguous,`)).length).toBe(6);
  expect(lines.filter((line) => line.includes(",found,")).length).toBe(40);
  for (const text of nobody.slice(0, 3)) expect(csv.text).toContain(`\r\n'${text},not_found,`);
  expect(csv.text).toContain(`,${users[25]!.id},`);

  const json = JSON.parse((await bulk.exports("JSON")).text);
  expect(json.counts).toEqual({ found: 40, not_found: 4, ambiguous: 1, refused: 0, not_asked: 0 });
  expect(json.entries.find(({ entry }: { entry: string }) => entry === "=HYPERLINK(1)").result).toBe("not_found");

  // A user who was found leads to the profile.
  await bulk.shows("Found");
  await bulk.rows.first().getByRole("link").click();
  await expect(person.page).toHaveURL(new RegExp(`/people\\?user=${users[0]!.id}$`));
});

test("a table is read by the column chosen", async ({ person, server }) => {
  const users = await server.sandbox.users(8);
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  const rows = users.map(({ username, email }, at) => `${at};"${email}";"${username.replaceAll('"', '""')}"`);
  await bulk.uploads("people.csv", ["no;Mail;login", ...rows, ""].join("\r\n"));
  await expect(person.page.getByLabel("Column with the users")).toHaveValue("1");
  await expect(person.page.getByLabel("The first line names the columns")).toBeChecked();
  await person.page.getByLabel("Column with the users").selectOption({ label: "login" });
  await expect(bulk.read).toContainText("8 users read");
  await bulk.starts();
  await bulk.isDone();
  expect(await bulk.count("Found")).toBe(8);
  // The results stay while another page is open.
  await person.goesTo("Settings");
  await person.page.getByRole("link", { name: "Bulk user lookup" }).click();
  await expect(bulk.heading).toContainText("8 users looked up");
  expect(await bulk.count("Found")).toBe(8);
});

test("a list goes on after a pause and after a reload, and asks for nothing twice", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  const users = await server.sandbox.users(600);
  const bulk = await BulkLookup.opened(person, client);
  await server.sandbox.apiMisbehavesFor(client, { type: "slow", ms: 700 });
  await bulk.pastes(users.map(({ username }) => username).join("\n"));
  await bulk.starts();
  await expect.poll(() => bulk.count("Found")).toBeGreaterThan(0);
  // What was under way when it was paused still comes in: twenty of each call, and no call more.
  const standsStill = async () => {
    await expect(bulk.button("Continue")).toBeVisible();
    const missing = async () => (await server.sandbox.counters(client)).calls * 20 - (await bulk.count("Found"));
    await expect.poll(missing).toBe(0);
    return bulk.count("Found");
  };
  await bulk.button("Pause").click();
  await expect(bulk.heading).toContainText("Lookup of 600 users, paused");
  const paused = await standsStill();
  expect(paused).toBeLessThan(600);
  await bulk.button("Continue").click();
  await expect.poll(() => bulk.count("Found")).toBeGreaterThan(paused);
  await bulk.button("Pause").click();
  const kept = await standsStill();
  expect(kept).toBeLessThan(600);

  await person.reloads();
  await expect(bulk.heading).toContainText("Lookup of 600 users, paused");
  await expect(bulk.progress).toContainText("Continue looks up the rest");
  expect(await bulk.count("Found")).toBeGreaterThanOrEqual(kept - 80);
  await server.sandbox.apiBehavesFor(client);
  await bulk.button("Continue").click();
  await bulk.isDone();
  expect(await bulk.count("Found")).toBe(600);
  // 600 entries, 20 a call, and at most four calls asked for again.
  expect((await server.sandbox.counters(client)).calls).toBeLessThanOrEqual(34);
});

test("too many calls pause it until the provider takes more", async ({ person, server, calm }) => {
  calm.expects(/status of 429.*gateway/);
  const users = await server.sandbox.users(200);
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  // Our server waits for what is soon by itself; this is how the provider's answer comes when it is not.
  const headers = { "x-tokenkeep-upstream": "api.example", "retry-after": "5" };
  const json = { code: "REQUEST_LIMITED", message: "Too many requests.", details: [] };
  await person.page.route(/\/api\/v1\/gateway\/.*filter/, (route) => route.fulfill({ status: 429, headers, json }), { times: 1 });
  await bulk.pastes(users.map(({ username }) => username).join("\n"));
  await bulk.starts();
  await expect(bulk.progress).toContainText("The provider takes no more calls just now");
  await expect(bulk.progress).toContainText(/It goes on by itself in \d+ s\./);
  expect(await barriers(person.page)).toEqual([]);
  await bulk.isDone();
  expect([await bulk.count("Found"), await bulk.count("Not found")]).toEqual([200, 0]);
});

test("a missing role stops it, is explained, and counts nobody as not found", async ({ person, server, calm }) => {
  calm.expects(/status of 403.*gateway/);
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient("client_secret_basic", 3_600, []));
  await bulk.pastes(Array.from({ length: 300 }, (_, at) => `user-${at}`).join("\n"));
  await bulk.starts();
  await expect(bulk.progress.getByRole("alert")).toContainText("The worker token lacks a role");
  expect(await bulk.count("Not found")).toBe(0);
  expect(await bulk.count("Refused")).toBeGreaterThan(0);
  expect(await bulk.count("Not asked yet")).toBeGreaterThan(0);
  await bulk.shows("Refused");
  await expect(bulk.rows.first()).toContainText("this takes a role such as Identity Data Read Only");
  expect(await barriers(person.page)).toEqual([]);
});

test("without network it waits, and goes on when that is back", async ({ person, server, calm }) => {
  calm.expects(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
  const client = await server.sandbox.addClient();
  const users = await server.sandbox.users(400);
  const bulk = await BulkLookup.opened(person, client);
  await server.sandbox.apiMisbehavesFor(client, { type: "slow", ms: 500 });
  await bulk.pastes(users.map(({ username }) => username).join("\n"));
  await bulk.starts();
  await expect.poll(() => bulk.count("Found")).toBeGreaterThan(0);
  await person.page.context().setOffline(true);
  await expect(bulk.progress).toContainText("The server can't be reached");
  await server.sandbox.apiBehavesFor(client);
  await person.page.context().setOffline(false);
  await bulk.isDone();
  expect(await bulk.count("Found")).toBe(400);
});

test("two thousand entries are drawn a few at a time, and scroll to the last", async ({ person, server }) => {
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  await bulk.looksUp(await server.sandbox.users(100), 1_900);
});

test("a lookup is cleared when a person says so", async ({ person, server }) => {
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  await bulk.pastes("nobody\nnobody.else");
  await bulk.starts();
  await bulk.isDone();
  await bulk.button("New lookup").click();
  await person.page.getByRole("dialog").getByRole("button", { name: "Clear" }).click();
  await expect(person.page.getByLabel("List of users")).toBeVisible();
  await person.reloads();
  await expect(person.page.getByLabel("List of users")).toBeVisible();
});

test("a list that can't be used says what is wrong with it", async ({ person, server }) => {
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  const alert = person.main.getByRole("alert");
  await bulk.uploads("book.xlsx", "PK\u0003\u0004\u0000\u0000");
  await expect(alert).toContainText("The file is no text. Save a spreadsheet as CSV first.");
  await bulk.pastes(" \n\n");
  await expect(alert).toContainText("There is no entry in this list.");
  await bulk.uploads("empty.csv", "");
  await expect(alert).toContainText("The file is empty.");
});

test("at 375 px only the table scrolls sideways", async ({ people, server }) => {
  const users = await server.sandbox.users(40);
  const person = await people.signedIn("user", { viewport: { width: 375, height: 800 } });
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  const width = () => person.page.evaluate(() => document.documentElement.scrollWidth);
  expect(await width()).toBe(375);
  await bulk.pastes([...users.map(({ email }) => email), "x".repeat(200), DESK].join("\n"));
  await expect(bulk.read).toBeVisible();
  expect(await width()).toBe(375);
  await bulk.starts();
  await bulk.isDone();
  expect(await width()).toBe(375);
});
