import { barriersInBothColours } from "../rigs/axe.ts";
import { expect, test } from "../rigs/test.ts";

test("axe finds nothing serious on a connection with its token, decoded, and on its dialogs", async ({ people, provider, allowed }) => {
  const person = await people.signedIn("user");
  const client = await provider.addClient("client_secret_basic");
  await person.startsConnection("For everyone", allowed.name);
  expect(await barriersInBothColours(person.page), "the dialog to add a connection").toEqual([]);
  await person.closesDialog();
  await person.addsConnection({ name: "For everyone", provider: allowed.name, client, scopes: "read" });
  expect(await barriersInBothColours(person.page), "the list with a token").toEqual([]);
  await person.opensConnection("For everyone");
  await person.decodesToken("For everyone");
  expect(await barriersInBothColours(person.page), "the connection with its token decoded").toEqual([]);
  await person.startsRemoving("For everyone");
  expect(await barriersInBothColours(person.page), "the question before removing").toEqual([]);
  await person.closesDialog();
  await person.opens("/");
  await expect(person.page.getByText("For everyone").first()).toBeVisible();
  expect(await barriersInBothColours(person.page), "the overview with a token").toEqual([]);
});

test("axe finds nothing serious on a connection that was refused", async ({ people, provider, allowed, calm }) => {
  calm.expects(/status of 422.*\/api\/v1\/token/);
  const person = await people.signedIn("user");
  const client = { ...(await provider.addClient("client_secret_basic")), credential: "a-secret-that-is-wrong" };
  await person.asksForToken({ name: "Refused", provider: allowed.name, client, scopes: "read" });
  await expect(person.dialog.problem).toContainText("invalid_client");
  expect(await barriersInBothColours(person.page), "the dialog with the refusal").toEqual([]);
  await person.closesDialog();
  await person.opensConnection("Refused");
  expect(await barriersInBothColours(person.page)).toEqual([]);
});

test("axe finds nothing serious on the admin's dialogs", async ({ people }) => {
  const admin = await people.signedIn("admin");
  await admin.opens("/admin/providers");
  await admin.page.getByRole("button", { name: "Add provider" }).click();
  await expect(admin.page.getByRole("dialog", { name: "Add a provider" })).toBeVisible();
  expect(await barriersInBothColours(admin.page), "the dialog to add a provider").toEqual([]);
  await admin.closesDialog();
  await admin.opens("/admin/users");
  await admin.page.getByRole("button", { name: "Invite" }).click();
  await admin.page.getByRole("button", { name: "Make link" }).click();
  await expect(admin.page.getByLabel("Invitation link")).toBeVisible();
  expect(await barriersInBothColours(admin.page), "the invitation link").toEqual([]);
});
