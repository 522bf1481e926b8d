import type { Person } from "../people/person.ts";
import type { Client } from "../rigs/provider.ts";
import { expect, test } from "../rigs/test.ts";

test("the whole dialog has its parts in order, and shows the request before it is sent", async ({ person, allowed }) => {
  await person.startsConnection("Parts", allowed.name);
  const dialog = person.dialog.itself;
  await expect(dialog.getByRole("heading", { name: "Worker Token Credentials" })).toBeVisible();
  const parts = ["What is a Worker Token?", "How to get credentials", "Client ID", "Save credentials in this browser", "Cancel", "Generate token"];
  const text = await dialog.innerText();
  const places = parts.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((left, right) => left - right));
  await expect(dialog.getByText("Auto-renewal is on")).toBeVisible();

  await person.dialog.field("Client ID").fill("a-client");
  await person.dialog.credential("client_secret_post", "a-secret-nobody-sees");
  await dialog.getByText("Preview the request").click();
  const request = dialog.getByTestId("request");
  await expect(request).toContainText("POST http");
  await expect(request).toContainText("client_id=a-client");
  await expect(request).toContainText("client_secret=••••••••");
  await expect(request).not.toContainText("nobody");
});

test("asked for, a valid token is shown alone", async ({ person, provider, allowed }) => {
  await person.addsConnection({ name: "Alone", provider: allowed.name, client: await provider.addClient("client_secret_basic"), scopes: "read" });
  await asks(person);
  const dialog = person.page.getByRole("dialog", { name: "✅ Worker Token" });
  await expect(dialog.getByTestId("token")).toContainText("eyJ");
  await dialog.getByRole("button", { name: "Decode" }).click();
  await expect(dialog.getByText("Claims", { exact: true })).toBeVisible();
  for (const hidden of ["What is a Worker Token?", "How to get credentials", "Client ID", "Save credentials", "Generate token"]) {
    await expect(dialog.getByText(hidden)).toHaveCount(0);
  }
  await dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(dialog).toBeHidden();
});

test("asked for, a token that is not there is got silently, and shown", async ({ person, provider, allowed }) => {
  await savesOnly(person, allowed.name, await provider.addClient("client_secret_basic"));
  await asks(person);
  await expect(person.page.getByRole("dialog", { name: "✅ Worker Token" }).getByTestId("token")).toContainText("eyJ");
});

test("a silent retrieval that fails opens the whole dialog, without an error", async ({ person, provider, allowed, calm }) => {
  calm.expects(/status of 422.*\/api\/v1\/token/);
  const client = { ...(await provider.addClient("client_secret_basic")), credential: "a-secret-that-is-wrong" };
  await savesOnly(person, allowed.name, client);
  await asks(person);
  const dialog = person.page.getByRole("dialog", { name: /^Worker Token Credentials/ });
  await expect(dialog.getByRole("button", { name: "Generate token" })).toBeVisible();
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  await expect(person.page.getByText("invalid_client")).toHaveCount(0);
});

test("without silent retrieval the current token stands above the form, and can be hidden", async ({ person, provider, allowed }) => {
  await person.addsConnection({ name: "Current", provider: allowed.name, client: await provider.addClient("client_secret_basic"), scopes: "read" });
  await person.opens("/settings");
  await person.page.getByLabel("Silent retrieval").uncheck();
  await asks(person);
  const dialog = person.page.getByRole("dialog", { name: "Worker Token Credentials: Current" });
  await expect(dialog.getByTestId("token")).toContainText("eyJ");
  await expect(dialog.getByRole("button", { name: "Generate token" })).toBeVisible();
  await dialog.getByRole("button", { name: "Hide token" }).click();
  await expect(dialog.getByTestId("token")).not.toContainText("eyJ");
});

test("with nothing to show at the end, a token that was got says how it went and no more", async ({ person, provider, allowed }) => {
  await person.opens("/settings");
  await person.page.getByLabel("Show token at the end").uncheck();
  await person.asksForToken({ name: "Quiet", provider: allowed.name, client: await provider.addClient("client_secret_basic"), scopes: "read" });
  await person.dialog.received();
  await expect(person.dialog.itself.getByText("200 OK")).toBeVisible();
  await expect(person.dialog.itself.getByTestId("token")).toHaveCount(0);
});

async function asks(person: Person): Promise<void> {
  await person.opens("/");
  await person.page.getByRole("button", { name: "Get worker token" }).click();
}

async function savesOnly(person: Person, provider: string, client: Client): Promise<void> {
  await person.startsConnection("Saved", provider);
  await person.dialog.fills({ name: "Saved", provider, client, scopes: "read" });
  await person.dialog.itself.getByRole("button", { name: "Save", exact: true }).click();
  await expect(person.dialog.itself).toBeHidden();
}
