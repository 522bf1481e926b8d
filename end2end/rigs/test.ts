import { test as base, expect } from "@playwright/test";

import { People } from "../people/people.ts";
import type { Person } from "../people/person.ts";
import type { Provider } from "./api.ts";
import { Calm } from "./calm.ts";
import { WAY_OF_ALL, type Way } from "./news.ts";
import { IndependentProvider } from "./provider.ts";
import { TokenkeepServer } from "./server.ts";

interface TestRigs {
  /** The best way for news between tabs; `TOKENKEEP_NEWS` sets it for all tests. */
  way: Way | undefined;
  /** Fails the test for complaints of the browser that it did not announce. */
  calm: Calm;
  /** Makes people, each with a browser of their own. */
  people: People;
  /** How the person comes in: with a session that began beside the browser, or through the sign-in page. */
  entrance: "session" | "sign-in page";
  /** A signed-in person with the role of a user. */
  person: Person;
}

interface WorkerRigs {
  /** An authorization server written by others. */
  provider: IndependentProvider;
  /** The server under test, with its first admin made and the independent provider allowed. */
  server: TokenkeepServer;
  /** The independent provider as the server knows it. */
  allowed: Provider;
}

export const test = base.extend<TestRigs, WorkerRigs>({
  provider: [
    async ({}, use) => {
      const provider = await IndependentProvider.start();
      await use(provider);
      await provider.goesDown();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ provider }, use) => {
      const server = await TokenkeepServer.start({ loopbackOrigins: [provider.issuer] });
      await server.firstAdmin();
      await use(server);
      await server.isRemoved();
    },
    { scope: "worker" },
  ],
  allowed: [
    async ({ server, provider }, use) => {
      const admin = await server.asAdmin();
      const { issuer, tokenEndpoint } = provider;
      await use(await admin.allowOAuth("Independent provider", issuer, tokenEndpoint, `${issuer}/jwks`));
    },
    { scope: "worker" },
  ],
  way: [WAY_OF_ALL, { option: true }],
  calm: [
    async ({}, use) => {
      const calm = new Calm();
      await use(calm);
      expect(calm.unexpected, "the browser complained").toEqual([]);
    },
    { auto: true },
  ],
  people: async ({ browser, server, calm, way, allowed: _ }, use) => {
    const people = new People(browser, server, calm, undefined, way);
    await use(people);
    await people.leave();
  },
  entrance: ["session", { option: true }],
  person: async ({ people, entrance }, use) => {
    await use(await (entrance === "session" ? people.signedIn("user") : people.throughSignIn("user")));
  },
});

export { expect };
