/* As many as a list may have: each is a call through the gateway. */
import { BulkLookup } from "../../people/bulk.ts";
import { expect, test } from "../../rigs/test.ts";

test("ten thousand entries are drawn a few at a time, and scroll to the last", async ({ person, server }) => {
  const users = await server.sandbox.users(200);
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  const made = Array.from({ length: 9_800 }, (_, at) => `nobody.${at}`);
  await bulk.uploads("people.txt", [...users.map(({ username }) => username), ...made].join("\n"));
  await expect(bulk.read).toContainText("10,000 users read");
  await bulk.starts();
  await expect(bulk.progress).toContainText(/ a minute · about .* left/);
  await bulk.isDone();
  expect([await bulk.count("Found"), await bulk.count("Not found")]).toEqual([200, 9_800]);
  expect(await bulk.rows.count()).toBeLessThan(80);
  await person.page.locator(".window").evaluate((window) => window.scrollTo(0, window.scrollHeight));
  await expect(bulk.rows.last()).toContainText("nobody.9799");
  expect(await bulk.rows.count()).toBeLessThan(80);
  await bulk.shows("Found");
  await expect(bulk.rows.first()).toContainText(users[0]!.username);
});
