import { Inquiry } from "../rigs/inquiry.ts";
import { expect, test } from "../rigs/test.ts";

const CONNECTING = "Connecting...";
const ISSUE = "Connection issue, retrying...";

test("while requests wait for a renewal the page says so, and then nothing more", async ({ person, server, calm }) => {
  calm.expects(/status of 401.*\/api\/v1\/gateway/);
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name: "Slow", provider: "Sandbox", client });
  await new Inquiry(server.sandbox, client).revokes(await person.readsToken("Slow"));
  await server.sandbox.misbehavesFor(client, { type: "slow", ms: 2_000 }, 1);
  await person.goesBy("Licensing", "Organisation licensing");
  await expect(person.page.getByRole("status").filter({ hasText: CONNECTING })).toBeVisible();
  await expect(person.main.getByRole("region", { name: "Organisation" })).toBeVisible();
  await expect(person.page.getByText(CONNECTING)).toHaveCount(0);
  expect((await server.sandbox.counters(client)).granted).toBe(2);
});

test("a renewal that fails under waiting requests says so for a moment, and is tried again", async ({ person, server, calm }) => {
  calm.expects(/status of 401.*\/api\/v1\/gateway/);
  calm.expects(/status of 50\d.*\/api\/v1\/token/);
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name: "Failing", provider: "Sandbox", client });
  await new Inquiry(server.sandbox, client).revokes(await person.readsToken("Failing"));
  await server.sandbox.misbehavesFor(client, { type: "failing" });
  await person.goesBy("Licensing", "Organisation licensing");
  await expect(person.page.getByRole("status").filter({ hasText: ISSUE })).toBeVisible();
  await expect(person.page.getByText(ISSUE)).toHaveCount(0);
  await server.sandbox.behavesFor(client);
  await expect.poll(async () => (await server.sandbox.counters(client)).granted).toBe(2);
});
