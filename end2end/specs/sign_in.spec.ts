import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

test("a person signs in, and is taken to the page they wanted", async ({ people, server }) => {
  const account = await server.newAccount("admin");
  const newcomer = await people.withoutAccount();
  await newcomer.page.goto(`${server.origin}/admin/users`);
  await expect(newcomer.page).toHaveURL(/\/sign-in\?next=/);
  await newcomer.signsIn(account);
  await expect(newcomer.page.getByRole("heading", { level: 1, name: "Users" })).toBeVisible();
});

test("a link to another site is not followed after signing in", async ({ people, server }) => {
  const account = await server.newAccount();
  for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example"]) {
    const newcomer = await people.withoutAccount();
    await newcomer.triesToSignIn(account, `/sign-in?next=${encodeURIComponent(next)}`);
    await newcomer.isInside();
    expect(new URL(newcomer.page.url()).origin, next).toBe(server.origin);
  }
});

test("a wrong password and an unknown name are refused with the same words", async ({ people, calm }) => {
  calm.expects(/status of 401.*\/api\/v1\/session/);
  const server = await TokenkeepServer.start();
  try {
    const { username } = await server.firstAdmin();
    const newcomer = await people.withoutAccount(server);
    const said: string[] = [];
    for (const name of [username, "nobody-has-this-name"]) {
      await newcomer.triesToSignIn({ username: name, password: "not-the-password" });
      await expect(newcomer.page.getByRole("alert")).toContainText("user name or password is wrong");
      const words = (await newcomer.page.getByRole("alert").textContent()) ?? "";
      said.push(words.replace(/Request id:.*/, ""));
    }
    expect(said[0]).toBe(said[1]);
  } finally {
    await server.isRemoved();
  }
});

test("who guesses on is told how long to wait", async ({ people, calm }) => {
  calm.expects(/status of (401|429).*\/api\/v1\/session/);
  const server = await TokenkeepServer.start();
  try {
    const { username } = await server.firstAdmin();
    const newcomer = await people.withoutAccount(server);
    await newcomer.opens("/sign-in");
    await expect(async () => {
      await newcomer.fills({ username, password: "not-the-password" });
      await newcomer.page.getByRole("button", { name: "Sign in" }).click();
      await expect(newcomer.page.getByRole("alert")).toContainText("Too many", { timeout: 1_000 });
    }).toPass({ intervals: [0], timeout: 20_000 });
    await expect(newcomer.page.getByRole("alert")).toContainText(/\d+ ?s|second/);
  } finally {
    await server.isRemoved();
  }
});

test("the password can be looked at before it is sent", async ({ people }) => {
  const newcomer = await people.withoutAccount();
  await newcomer.opens("/sign-in");
  const password = newcomer.page.getByLabel("Password", { exact: true });
  await expect(password).toHaveAttribute("type", "password");
  await newcomer.page.getByRole("button", { name: "Show password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await newcomer.page.getByRole("button", { name: "Hide password" }).click();
  await expect(password).toHaveAttribute("type", "password");
});

test("neither name nor password ever stand in the address", async ({ people, server }) => {
  const account = await server.newAccount();
  const newcomer = await people.withoutAccount();
  const addresses: string[] = [];
  newcomer.page.on("request", (request) => addresses.push(request.url()));
  await newcomer.triesToSignIn(account);
  await newcomer.isInside();
  expect(addresses.filter((address) => address.includes(account.password))).toEqual([]);
});
