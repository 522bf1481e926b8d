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

test("the document is named after the page: by the server, and after each way through the app", async ({ person }) => {
  const served = await person.page.request.get(`${person.server.origin}/settings`);
  expect(await served.text()).toContain("<title>Settings · Tokenkeep</title>");
  await person.opens("/settings");
  await expect(person.page).toHaveTitle("Settings · Tokenkeep");
  for (const name of ["Account", "Worker tokens", "Settings"] as const) {
    await person.goesTo(name);
    await expect(person.page).toHaveTitle(`${name} · Tokenkeep`);
  }
  await person.page.goBack();
  await expect(person.page).toHaveTitle("Worker tokens · Tokenkeep");
});
