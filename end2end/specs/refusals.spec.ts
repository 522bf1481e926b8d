import { expect, test } from "../rigs/test.ts";

const PATIENCE = { timeout: 40_000 };

test.beforeEach(({ calm }) => calm.expects(/Failed to load resource.*status of (422|502|503|504).*\/api\/v1\/token/));

test("a wrong secret is refused in the provider's own words, with what to do", async ({ person, provider, allowed }) => {
  const client = { ...(await provider.addClient("client_secret_basic")), credential: "not-the-secret-of-this-client" };
  await person.asksForToken({ name: "Wrong secret", provider: allowed.name, client, scopes: "read" });
  await expect(person.dialog.problem).toContainText("invalid_client");
  await expect(person.dialog.problem).toContainText("the application uses client_secret_basic");
});

test("a refused credential is not tried again by itself", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  const wrong = { ...client, credential: "not-the-secret-of-this-client" };
  await person.asksForToken({ name: "Refused", provider: "Sandbox", client: wrong });
  await expect(person.dialog.problem).toContainText("invalid_client");
  const { requests } = await server.sandbox.counters(client);
  await person.reloads();
  await person.opensConnection("Refused");
  await expect(person.main).toContainText("invalid_client");
  expect((await server.sandbox.counters(client)).requests).toBe(requests);
});

test("with the right secret a refused connection works", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  const wrong = { ...client, credential: "not-the-secret-of-this-client" };
  await person.asksForToken({ name: "Mended", provider: allowed.name, client: wrong, scopes: "read" });
  await expect(person.dialog.problem).toContainText("invalid_client");
  await person.closesDialog();
  await person.entersCredential("Mended", client.method, client.credential);
  await provider.verified(await person.readsToken("Mended"));
});

test("another authentication method than the client's is refused with the hint that it must match", async ({
  person,
  server,
}) => {
  const client = { ...(await server.sandbox.addClient("client_secret_post")), method: "client_secret_basic" as const };
  await person.asksForToken({ name: "Wrong method", provider: "Sandbox", client });
  await expect(person.dialog.problem).toContainText("invalid_client");
  await expect(person.dialog.problem).toContainText("the application uses client_secret_basic");
});

test("a place that does not know the application is refused with the hint that region and method must be its own", async ({ person, server }) => {
  // What a person does who takes the wrong region: another place of the same provider is asked, where the client is unknown.
  const { environmentId } = await server.sandbox.addClient();
  const client = { ...(await server.sandbox.addClient()), id: "3fa85f64-5717-4562-b3fc-2c963f66afa6", environmentId };
  await person.asksForToken({ name: "Elsewhere", provider: "Sandbox", client });
  await expect(person.dialog.problem).toContainText("invalid_client");
  await expect(person.dialog.problem).toContainText("region and the authentication method must be those of the application");
});

test("a region no admin allowed can't be chosen, nor asked for past the dialog", async ({ person, server }) => {
  const admin = await server.asAdmin();
  const name = `PingOne of ${person.account.username}`;
  const { id } = await admin.allowPingOne(name, ["eu", "ca"]);
  await person.reloads();
  await person.startsConnection("Regions", name);
  const choices = person.dialog.field("Region").getByRole("option");
  await expect(choices.filter({ hasText: "Europe (eu)" })).toHaveCount(1);
  await expect(choices.filter({ hasText: "Canada (ca)" })).toHaveCount(1);
  await expect(choices.filter({ hasText: "Singapore (sg)" })).toHaveCount(0);
  await expect(
    admin.send("POST", "/api/v1/token", {
      provider: id,
      place: { environment_id: "3fa85f64-5717-4562-b3fc-2c963f66afa6", region: "sg" },
      client_id: "any",
      scopes: [],
      proof: { method: "client_secret_basic", client_secret: "any-secret-at-all" },
    }),
  ).rejects.toMatchObject({ status: 422, code: "provider_not_allowed" });
});

test("while the provider is down the next try is shown, and it comes by itself", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await server.sandbox.misbehavesFor(client, { type: "failing" });
  await person.asksForToken({ name: "Down", provider: "Sandbox", client });
  await expect(person.dialog.problem).toContainText(/can't be reached/i, PATIENCE);
  await person.closesDialog();
  await person.opensConnection("Down");
  await expect(person.main).toContainText(/next try|tries again|try again|tried again/i);
  await server.sandbox.behavesFor(client);
  await expect.poll(async () => (await server.sandbox.counters(client)).granted, PATIENCE).toBe(1);
  await person.readsToken("Down");
});

test("while the provider is down the token that is there stays", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name: "Stays", provider: "Sandbox", client });
  const token = await person.readsToken("Stays");
  await server.sandbox.misbehavesFor(client, { type: "dropped" });
  await person.renewsNow("Stays");
  await expect(person.main).toContainText(/can't be reached/i, PATIENCE);
  expect(await person.readsToken("Stays")).toBe(token);
});

test("a provider that asks to wait is waited for", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await server.sandbox.misbehavesFor(client, { type: "throttled", retry_after: 1 }, 1);
  await person.addsConnection({ name: "Patient", provider: "Sandbox", client });
  await person.readsToken("Patient");
  expect(await server.sandbox.counters(client)).toMatchObject({ granted: 1, faulted: 1 });
});

for (const fault of ["html", "redirect"] as const) {
  test(`an answer that is no token (${fault}) is said to be none`, async ({ person, server }) => {
    const client = await server.sandbox.addClient();
    await server.sandbox.misbehavesFor(client, { type: fault });
    await person.asksForToken({ name: "Odd answer", provider: "Sandbox", client });
    await expect(person.dialog.problem).toContainText(/did not answer with a token/, PATIENCE);
  });
}

test("a provider that stopped altogether is asked again after it returns", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await provider.goesDown();
  try {
    await person.asksForToken({ name: "Stopped", provider: allowed.name, client, scopes: "read" });
    await expect(person.dialog.problem).toContainText(/can't be reached/i, PATIENCE);
  } finally {
    await provider.returns();
  }
  await person.closesDialog();
  await provider.verified(await person.readsToken("Stopped", PATIENCE.timeout));
});
