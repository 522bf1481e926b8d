import { expect, test } from "../rigs/test.ts";

// Each tab tells the server that the session is over; for all but the first it is over already.
test.beforeEach(({ calm }) => calm.expects(/status of 401.*\/api\/v1\/session/));

test("signing out in one tab locks every tab", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Locked", provider: allowed.name, client, scopes: "read" });
  const token = await person.readsToken("Locked");
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  await second.showsToken("Locked");
  await expect(second.page.getByText(token)).toBeVisible();
  await person.signsOut();
  await expect(second.page.getByText(token)).toBeHidden();
  await expect(second.page).toHaveURL(/\/sign-in/);
});

test("after signing out no page of the app opens", async ({ person }) => {
  await person.signsOut();
  await person.page.goto(`${person.server.origin}/connections`);
  await expect(person.page).toHaveURL(/\/sign-in\?next=/);
});

test("signing in again brings the connections back without asking the provider", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Back again", provider: allowed.name, client, scopes: "read" });
  const token = await person.readsToken("Back again");
  await person.signsOut();
  await person.signsIn();
  await person.opens("/connections");
  expect(await person.readsToken("Back again")).toBe(token);
  expect(provider.granted(client)).toBe(1);
});

test("a second person in the same browser sees nothing of the first", async ({ person, people, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Of the first", provider: allowed.name, client, scopes: "read" });
  await person.signsOut();
  const other = await people.inTheBrowserOf(person, "user");
  await other.opens("/connections");
  await expect(other.page.getByRole("main")).toContainText(/no connections/i);
  await expect(other.page.getByText("Of the first")).toHaveCount(0);
});
