/* Code that is loaded late, and what a person sees while it can't be. */
import { expect, test } from "../rigs/test.ts";

const CODE = /\/pkg\/.*\.wasm$/;
const COULD_NOT = "This part of the page could not be loaded";

test("a page whose code can't be loaded says so, and comes after a reload", async ({ person, calm }) => {
  calm.expects(/ERR_FAILED|Failed to fetch/);
  await person.opens("/");
  await expect(person.page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await person.page.route(CODE, (route) => route.abort());
  await person.page.getByRole("link", { name: "Account" }).first().click();
  await expect(person.page.getByText(COULD_NOT)).toBeVisible();
  await person.page.unrouteAll();
  await person.page.getByRole("button", { name: "Reload the page" }).click();
  await expect(person.page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
});

test("a first page without its own code says so, and works when it can be had", async ({ person, calm }) => {
  calm.expects(/ERR_FAILED|Failed to fetch/);
  let loaded = 0;
  await person.page.route(CODE, (route) => (++loaded > 1 ? route.abort() : route.continue()));
  await person.page.goto(person.server.origin + "/account");
  const notice = person.page.getByRole("alert").filter({ hasText: "Parts of this page could not be loaded" });
  await expect(notice).toBeVisible();
  await person.page.unrouteAll();
  await expect(notice).toBeHidden();
  await person.page.getByRole("button", { name: "Account menu" }).click();
  await expect(person.page.getByRole("button", { name: "Sign out", exact: true })).toBeVisible();
});

test("a keeper whose code is late starts when it can be had", async ({ person, calm }) => {
  calm.expects(/ERR_FAILED|Failed to fetch/);
  let loaded = 0;
  await person.page.route(CODE, (route) => (++loaded > 2 ? route.abort() : route.continue()));
  await person.page.goto(person.server.origin + "/connections");
  await expect(person.page.getByRole("heading", { level: 1, name: "Worker tokens" })).toBeVisible();
  await expect(person.page.locator(".skeleton").first()).toBeVisible();
  await person.page.unrouteAll();
  await expect(person.page.getByText("No connections yet")).toBeVisible();
});
