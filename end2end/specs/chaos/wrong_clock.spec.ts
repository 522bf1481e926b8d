/* A browser whose clock is an hour off: it measures that by the server's answers, and no token lives shorter or longer for it. */
import type { Person } from "../../people/person.ts";
import { expect, test } from "../../rigs/test.ts";

/** Seconds. */
const LIFETIME = 20;
const HOUR = 3_600_000;
/** The server's date counts whole seconds, and what is shown is rounded down: the clock is off by a little more than is expected. */
const LITTLE = 30_000;

// Its pages have the wrong clock, its workers do not.
test.use({ way: "channel" });

for (const { by, words } of [
  { by: HOUR + LITTLE, words: "1 h ahead of the server's" },
  { by: -HOUR - LITTLE, words: "1 h behind the server's" },
]) {
  test(`a browser whose clock is ${words} knows it, and renews neither early nor late`, async ({
    person,
    provider,
    allowed,
  }) => {
    await hasClockSetBy(person, by);
    const client = await provider.addClient("client_secret_basic", { lifetime: LIFETIME });
    await person.addsConnection({ name: "Elsewhen", provider: allowed.name, client, scopes: "read" });
    const received = Date.now();
    await person.opensConnection("Elsewhen");
    expect(await lifetime(person), "its life is counted by one clock").toBe(LIFETIME);

    // Half of its life is the most that is kept in hand.
    await expect.poll(() => provider.granted(client), { timeout: LIFETIME * 1_000 }).toBe(2);
    const after = (Date.now() - received) / 1_000;
    expect(after, "seconds until it was renewed").toBeGreaterThan(LIFETIME / 2 - 2);
    expect(after, "seconds until it was renewed").toBeLessThan(LIFETIME);
    await provider.verified(await person.readsToken("Elsewhen"));

    await person.goesTo("Account");
    await expect(person.fact("Clock")).toContainText(words);
  });
}

test("an answer that comes late in a browser with a wrong clock does not lengthen the token's life", async ({
  person,
  provider,
  allowed,
  calm,
}) => {
  calm.expects(/ERR_CONNECTION_RESET.*\/api\/v1\/token/);
  await hasClockSetBy(person, HOUR);
  const client = await provider.addClient("client_secret_basic", { lifetime: LIFETIME });
  await person.addsConnection({ name: "Late", provider: allowed.name, client, scopes: "read" });
  await person.opensConnection("Late");
  let issued = 0;
  await person.page.route(
    "**/api/v1/token",
    async (route) => {
      await route.fetch();
      issued = Date.now();
      await route.abort("connectionreset");
    },
    { times: 1 },
  );
  await person.renewsNow("Late");
  await expect.poll(() => person.keptGeneration()).toBe(2);
  const shown = await moment(person, "Received");
  // The server's date counts whole seconds, so that its clock is known to about one.
  expect(Math.abs(shown - HOUR - issued), "milliseconds between when it was received first and what the page says").toBeLessThan(2_500);
  expect(provider.granted(client), "the repeat cost no second token").toBe(2);
});

test("a tab that asked nothing knows by another's token how far the clock is off", async ({ person, provider, allowed }) => {
  await hasClockSetBy(person, HOUR + LITTLE);
  const other = await person.inAnotherTab();
  await seesNoDates(other);
  await other.opens("/account");
  await expect(other.fact("Keeps")).toHaveText("0 connections");
  await expect(other.fact("Clock"), "no answer shows it").toHaveText("Not compared with the server yet");

  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Shared", provider: allowed.name, client, scopes: "read" });
  await person.readsToken("Shared");
  await expect(other.fact("Clock"), "a tab that was there").toContainText("1 h ahead of the server's");
  await other.reloads();
  await expect(other.fact("Clock"), "a tab that was opened later").toContainText("1 h ahead of the server's");
  await other.page.unrouteAll({ behavior: "ignoreErrors" });
});

/** From now on no answer this tab gets says what time it is. */
async function seesNoDates(person: Person): Promise<void> {
  await person.page.route("**/api/**", async (route) => {
    const response = await route.fetch();
    const { date: _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
}

/** From the next page on the clock of this browser's pages is off. */
async function hasClockSetBy(person: Person, by: number): Promise<void> {
  await person.page.context().addInitScript((by) => {
    const Right = Date;
    class Wrong extends Right {
      constructor(...given: [number]) {
        super(...(given.length > 0 ? given : ([Right.now() + by] as const)));
      }
      static override now(): number {
        return Right.now() + by;
      }
    }
    globalThis.Date = Wrong as DateConstructor;
  }, by);
  await person.reloads();
}

/** The token's life in seconds, as its page has it. */
async function lifetime(person: Person): Promise<number> {
  return ((await moment(person, "Expires")) - (await moment(person, "Received"))) / 1_000;
}

async function moment(person: Person, fact: string): Promise<number> {
  return Date.parse((await person.fact(fact).locator("time").getAttribute("datetime")) ?? "");
}
