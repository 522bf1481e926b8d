import { expect, test } from "../rigs/test.ts";

test("the overview names the connections by what ends first, those without a token before all, and counts how they stand", async ({ person, server, calm }) => {
  calm.expects(/status of (422|502).*\/api\/v1\/token/);
  const { main } = person;
  const count = (name: string) => main.locator("dl.counts > div").filter({ hasText: name }).locator("dd");
  const names = main.locator("ul.cards > li > a");
  // Kept without its credential, it is not renewed.
  const brief = await server.sandbox.addClient("client_secret_basic", 5);
  await person.addsConnection({ name: "Brief", provider: "Sandbox", client: brief, keep: false });
  for (const [name, lifetime] of [["Long", 7_200], ["Shorter", 3_600]] as const) {
    await person.addsConnection({ name, provider: "Sandbox", client: await server.sandbox.addClient("client_secret_basic", lifetime) });
  }
  const wrong = { ...(await server.sandbox.addClient()), credential: "not-the-secret-of-this-client" };
  await person.asksForToken({ name: "Refused", provider: "Sandbox", client: wrong });
  await expect(person.dialog.problem).toContainText("invalid_client");
  await person.closesDialog();
  await person.reloads();
  await person.goesTo("Overview");
  await expect(names).toHaveText(["Refused", "Brief", "Shorter", "Long"]);
  for (const [name, number] of [["Valid", 2], ["Expire soon", 0], ["Expired", 1], ["Without token", 1]] as const) {
    await expect(count(name), name).toHaveText(String(number));
  }

  // What goes leaves order and counts at once.
  await person.removes("Refused");
  await person.goesTo("Overview");
  await expect(names).toHaveText(["Brief", "Shorter", "Long"]);
  await expect(count("Without token")).toHaveText("0");
});
