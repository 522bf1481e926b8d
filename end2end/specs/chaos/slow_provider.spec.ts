/* A provider that has become slow: tokens are renewed so much earlier that it may take its time, in every tab. */
import type { Person } from "../../people/person.ts";
import { expect, test } from "../../rigs/test.ts";

/** Seconds: of a token's life, of its last part in which it is renewed, and of one slow answer. */
const LIFETIME = 120;
const FLOOR = 15;
const SLOW = 8;

test("after a slow renewal the next is begun three times as long before the end", async ({ person, server }) => {
  await person.opens("/settings");
  const threshold = person.page.getByLabel("Renewal threshold, in seconds");
  await threshold.fill(String(FLOOR));
  await threshold.blur();
  const client = await server.sandbox.addClient("client_secret_basic", LIFETIME);
  await person.addsConnection({ name: "Slowing", provider: "Sandbox", client });
  await person.opensConnection("Slowing");
  const usual = await margin(person);
  expect(usual, "seconds in hand").toBeGreaterThanOrEqual(FLOOR);
  // The jitter is a tenth at most, and times are shown in whole seconds.
  expect(usual, "seconds in hand").toBeLessThanOrEqual(FLOOR * 1.1 + 1);

  await server.sandbox.misbehavesFor(client, { type: "slow", ms: SLOW * 1_000 }, 1);
  await person.renewsNow("Slowing");
  await expect.poll(() => person.keptGeneration(), { timeout: 2 * SLOW * 1_000 }).toBe(2);
  await expect.poll(() => margin(person), "seconds in hand after a slow answer").toBeGreaterThanOrEqual(3 * SLOW);
  expect(await margin(person)).toBeLessThanOrEqual(3 * (SLOW + 1) * 1.1 + 1);

  // A tab that comes later has not seen it, and reads it in the vault.
  const other = await person.inAnotherTab();
  await other.opens("/connections");
  await other.opensConnection("Slowing");
  await other.renewsNow("Slowing");
  // By its number: two tokens of one second end in the same one, as times are shown.
  await expect(other.fact("Token number")).toHaveText("3");
  expect(await margin(other), "seconds in hand in another tab").toBeGreaterThanOrEqual(3 * SLOW);
});

/** How long before its end the token is renewed, in seconds. */
async function margin(person: Person): Promise<number> {
  return ((await moment(person, "Expires")) - (await moment(person, "Renewal due"))) / 1_000;
}

async function moment(person: Person, fact: string): Promise<number> {
  return Date.parse((await person.fact(fact).locator("time").getAttribute("datetime")) ?? "");
}
