import { expect, test } from "../rigs/test.ts";

test("an empty list says what it is for and leads to the first connection", async ({ person }) => {
  await person.goesTo("Worker tokens");
  await expect(person.main).toContainText("No connections yet");
  await person.page.getByRole("button", { name: "Add your first connection" }).click();
  await expect(person.page.getByRole("dialog", { name: "Worker Token Credentials" })).toBeVisible();
});

test("several connections are listed by name, and one is the current one", async ({ person, server }) => {
  for (const name of ["Beta", "Alpha"]) {
    await person.addsConnection({ name, provider: "Sandbox", client: await server.sandbox.addClient() });
  }
  await person.goesTo("Worker tokens");
  await expect(person.main.getByRole("row").getByRole("link")).toHaveText(["Alpha", "Beta"]);
  await person.row("Alpha").getByRole("button", { name: "Make current" }).click();
  await expect(person.row("Alpha")).toContainText("Current");
  await expect(person.row("Beta")).not.toContainText("Current");
  await person.reloads();
  await expect(person.row("Alpha")).toContainText("Current");
});

test("what can't work is said at its field before anything is sent", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await person.startsConnection("Checked", "Sandbox");
  await person.dialog.fills({
    name: "Checked",
    provider: "Sandbox",
    client: { ...client, environmentId: "not-a-uuid", id: "" },
  });
  await person.dialog.generates();
  await expect(person.dialog.itself).toContainText("The client id is required.");
  await expect(person.dialog.itself).toContainText("must be a UUID");
  await expect(person.dialog.field("Client ID")).toHaveAttribute("aria-invalid", "true");
  expect((await server.sandbox.counters(client)).requests).toBe(0);
});

test("a connection can be saved without asking for a token", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await person.startsConnection("Later", "Sandbox");
  await person.dialog.fills({ name: "Later", provider: "Sandbox", client });
  await person.dialog.itself.getByRole("button", { name: "Save" }).click();
  await expect(person.dialog.itself).toBeHidden();
  await expect(person.row("Later")).toBeVisible();
  expect((await server.sandbox.counters(client)).requests).toBe(0);
});

test("a changed name is kept, and the credential with it", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name: "Before", provider: "Sandbox", client });
  await person.opensConnection("Before");
  await person.page.getByRole("button", { name: "Edit" }).click();
  await person.dialog.field("Name").fill("After");
  await person.dialog.itself.getByRole("button", { name: "Save" }).click();
  await expect(person.heading("After")).toBeVisible();
  await person.renewsNow("After");
  await expect.poll(async () => (await server.sandbox.counters(client)).granted).toBe(2);
});

test("the secret is hidden until it is asked for, and gone when the dialog is opened again", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name: "Hidden", provider: "Sandbox", client });
  await person.opensConnection("Hidden");
  await person.page.getByRole("button", { name: "Edit" }).click();
  const secret = person.dialog.field("Client secret");
  await expect(secret).toHaveAttribute("type", "password");
  await expect(secret).toHaveValue("");
});
