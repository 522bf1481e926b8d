/*
 * A provider that answers a renewal with 429 and `Retry-After`: nobody asks it before that time, whoever waits is answered,
 * and one renewal ends it. The sandbox counts the requests that came too early.
 */
import { People } from "../../people/people.ts";
import type { Person } from "../../people/person.ts";
import { Inquiry } from "../../rigs/inquiry.ts";
import type { SandboxClient } from "../../rigs/sandbox.ts";
import { TokenkeepServer } from "../../rigs/server.ts";
import { expect, test } from "../../rigs/test.ts";

const PATIENCE = { timeout: 30_000 };
const REFUSED = /status of 401.*\/api\/v1\/gateway/;

test("callers in two tabs wait through a short pause that the provider asks for, and one renewal answers them", async ({
  person,
  server,
  calm,
}) => {
  calm.expects(REFUSED);
  const [client, tabs] = await needsToken(person, server, "Busy", 3);
  await Promise.all(tabs.map((tab) => asksApi(tab)));
  for (const tab of tabs) await expect(tab.page.getByRole("status").filter({ hasText: "Connecting..." })).toBeVisible();
  for (const tab of tabs) await expect(organisation(tab)).toBeVisible(PATIENCE);
  expect(await server.sandbox.counters(client)).toMatchObject({ requests: 3, granted: 2, faulted: 1, early: 0 });
});

test("callers are told of a long pause that the provider asks for, and one renewal comes by itself after it", async ({
  browser,
  calm,
}) => {
  calm.expects(REFUSED);
  calm.expects(/status of 503.*\/api\/v1\/(token|gateway)/);
  // The server waits no longer than this itself, and passes a longer pause on.
  const server = await TokenkeepServer.start({ settings: { TOKENKEEP_UPSTREAM_TOTAL_SECONDS: "2" } });
  const people = new People(browser, server, calm);
  try {
    await server.firstAdmin();
    const [client, [first, second]] = await needsToken(await people.signedIn("user"), server, "Overrun", 8);
    await asksApi(first);
    await expect(first.main).toContainText("The provider asks us to wait");
    // A caller in another tab keeps to what this one was told.
    await asksApi(second);
    await expect(second.main).toContainText("The provider asks us to wait");
    await expect.poll(async () => (await server.sandbox.counters(client)).granted, PATIENCE).toBe(2);
    expect(await server.sandbox.counters(client)).toMatchObject({ requests: 3, granted: 2, faulted: 1, early: 0 });
    for (const tab of [first, second]) {
      await tab.main.getByRole("button", { name: "Try again" }).click();
      await expect(organisation(tab)).toBeVisible();
    }
    expect((await server.sandbox.counters(client)).requests, "whoever calls again has the token").toBe(3);
  } finally {
    await people.leave();
    await server.isRemoved();
  }
});

/** Two tabs of someone whose token was revoked, at a provider that answers the next request for one with so many seconds to wait. */
async function needsToken(
  person: Person,
  server: TokenkeepServer,
  name: string,
  pause: number,
): Promise<[SandboxClient, [Person, Person]]> {
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name, provider: "Sandbox", client });
  const other = await person.inAnotherTab();
  await other.opens("/");
  await new Inquiry(server.sandbox, client).revokes(await person.readsToken(name));
  await server.sandbox.misbehavesFor(client, { type: "throttled", retry_after: pause }, 1);
  return [client, [person, other]];
}

/** Opens a page that needs the provider's API. */
async function asksApi(tab: Person): Promise<void> {
  await tab.goesBy("Licensing", "Organisation licensing");
}

const organisation = (tab: Person) => tab.main.getByRole("region", { name: "Organisation" });
