import { expect, test } from "../rigs/test.ts";

const NEW_PASSWORD = "another-password-to-keep";

test("a changed password is the one that signs in, and all other sessions end", async ({ people, server, calm }) => {
  calm.expects(/status of 401/);
  const person = await people.signedIn("user");
  const elsewhere = await people.again(person);
  await person.goesTo("Account");
  await person.page.getByLabel("Current password", { exact: true }).fill(person.account.password);
  await person.page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
  await person.page.getByRole("button", { name: "Change password" }).click();
  await expect(person.page.locator(".toasts")).toContainText(/password/i);
  await elsewhere.page.goto(`${server.origin}/account`);
  await expect(elsewhere.page).toHaveURL(/\/sign-in/);
  await person.signsOut();
  const newcomer = await people.withoutAccount();
  await newcomer.triesToSignIn({ username: person.account.username, password: NEW_PASSWORD });
  await newcomer.isInside();
});

test("a wrong current password changes nothing", async ({ person, people, calm }) => {
  calm.expects(/status of (401|403|422).*\/api\/v1\/account\/password/);
  await person.goesTo("Account");
  await person.page.getByLabel("Current password", { exact: true }).fill("not-the-password");
  await person.page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
  await person.page.getByRole("button", { name: "Change password" }).click();
  await expect(person.page.getByRole("alert")).toBeVisible();
  const again = await people.again(person);
  await again.opens("/");
  await expect(again.heading("Overview")).toBeVisible();
});

test("one session of several can be ended", async ({ people, server }) => {
  const person = await people.signedIn("user");
  const elsewhere = await people.again(person);
  await person.goesTo("Account");
  const end = person.page.getByRole("button", { name: "End session" });
  await expect(end).toHaveCount(1);
  await end.click();
  await expect(end).toHaveCount(0);
  await elsewhere.page.goto(`${server.origin}/account`);
  await expect(elsewhere.page).toHaveURL(/\/sign-in/);
  await person.reloads();
  await expect(person.heading("Account")).toBeVisible();
});

test("signing out everywhere ends every session, this one included", async ({ people, server, calm }) => {
  // The page ends its own session as well, in case only the browser knows; the server has ended it already.
  calm.expects(/status of 401.*\/api\/v1\/session/);
  const person = await people.signedIn("user");
  const elsewhere = await people.again(person);
  await person.goesTo("Account");
  await person.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await person.page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(person.page).toHaveURL(/\/sign-in/);
  await elsewhere.page.goto(`${server.origin}/account`);
  await expect(elsewhere.page).toHaveURL(/\/sign-in/);
});

test("the theme is kept, and is there before the page is drawn", async ({ person }) => {
  const theme = () => person.page.locator("html").getAttribute("data-theme");
  await person.opens("/");
  await person.page.getByRole("radio", { name: "Dark theme" }).check({ force: true });
  await expect.poll(theme).toBe("dark");
  await person.page.reload({ waitUntil: "commit" });
  await person.page.waitForFunction(() => document.body !== null);
  expect(await theme()).toBe("dark");
});
