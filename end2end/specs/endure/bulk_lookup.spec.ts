/* As many as a list may have: each is a call through the gateway. */
import { BulkLookup } from "../../people/bulk.ts";
import { test } from "../../rigs/test.ts";

test("ten thousand entries are drawn a few at a time, and scroll to the last", async ({ person, server }) => {
  const bulk = await BulkLookup.opened(person, await server.sandbox.addClient());
  await bulk.looksUp(await server.sandbox.users(200), 9_800);
});
