import type { Person } from "../people/person.ts";
import { tooWide } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
import { holds } from "../rigs/held.ts";
import type { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";
import { ApiVisitor } from "../rigs/api_visitor.ts";

const PATH = "/admin/conversations";

/** A visitor of the pages of an organization of its own. */
async function visitor(server: TokenkeepServer, name: string): Promise<ApiVisitor> {
  const admin = await server.asAdmin();
  const form = { name, origins: ["https://www.example.com"], lifetime_seconds: 300 };
  const { key } = await admin.send<{ key: string }>("POST", "/api/v1/org-keys", form);
  return new ApiVisitor(server.origin, key);
}

function row(person: Person, name: string) {
  return person.page.getByRole("list", { name: "Conversations" }).getByRole("link").filter({ hasText: name });
}

test("a visitor's message appears at once, and the reply reaches the visitor at once", async ({ people, server }) => {
  const admin = await people.signedIn("admin");
  const name = `Live ${admin.account.username}`;
  const guest = await visitor(server, name);
  await admin.opens(PATH);
  await guest.writes("Is anybody there?");
  await expect(row(admin, name)).toContainText("1 new");
  await row(admin, name).click();
  const log = admin.page.getByRole("log", { name: "Messages" });
  await expect(log).toContainText("Is anybody there?");
  await expect(row(admin, name), "what was seen is read").not.toContainText("new");

  const waiting = guest.reads(1);
  await admin.page.getByLabel("Reply").fill("Yes, good day");
  await admin.page.getByRole("button", { name: "Send reply" }).click();
  expect((await waiting).messages).toMatchObject([{ seq: 2, from: "staff", text: "Yes, good day" }]);
  await expect(admin.page.getByLabel("Reply")).toHaveValue("");

  await guest.writes("Thank you");
  await expect(log.getByRole("listitem")).toHaveCount(3);
  await expect(log.getByRole("listitem").last()).toContainText("Thank you");
  expect(await barriers(admin.page)).toEqual([]);
  await admin.reloads();
  await expect(log.getByRole("listitem")).toHaveCount(3);
});

test("what is written while a reply is sent is there when it is", async ({ people, server }) => {
  const admin = await people.signedIn("admin");
  const name = `Held ${admin.account.username}`;
  const guest = await visitor(server, name);
  await guest.writes("Hello");
  await admin.opens(PATH);
  await row(admin, name).click();
  const releases = await holds(admin.page, /\/api\/v1\/conversations\/[^/]+\/messages$/);
  const [reply, log] = [admin.page.getByLabel("Reply"), admin.page.getByRole("log", { name: "Messages" })];
  await reply.fill("The first answer");
  await admin.page.getByRole("button", { name: "Send reply" }).click();
  await reply.fill("The second answer");
  releases();
  await expect(log).toContainText("The first answer");
  await expect(reply).toHaveValue("The second answer");
  await admin.page.getByRole("button", { name: "Send reply" }).click();
  await expect(log).toContainText("The second answer");
  await expect(reply).toHaveValue("");
});

test("a closed conversation says so on both sides", async ({ people, server }) => {
  const admin = await people.signedIn("admin");
  const name = `Closed ${admin.account.username}`;
  const guest = await visitor(server, name);
  await guest.writes("Hello");
  await admin.opens(PATH);
  await row(admin, name).click();
  await admin.page.getByRole("button", { name: "Close conversation" }).click();
  await admin.page.getByRole("dialog").getByRole("button", { name: "Close conversation" }).click();
  await expect(admin.main).toContainText("This conversation is closed.");
  await expect(admin.page.getByLabel("Reply")).toHaveCount(0);
  expect((await guest.reads(1)).closed).toBe(true);
  await expect(row(admin, name)).toContainText("Closed");
});

test("on a phone one conversation takes the list's place, and nothing scrolls sideways", async ({ people, server }) => {
  const admin = await people.signedIn("admin", { viewport: { width: 375, height: 800 } });
  const name = `Phone ${admin.account.username}`;
  await (await visitor(server, name)).writes(`Along-word-${"x".repeat(200)}`);
  await admin.opens(PATH);
  await expect(row(admin, name)).toBeVisible();
  expect(await tooWide(admin.page), "the list").toEqual([]);
  await row(admin, name).click();
  await expect(admin.page.getByRole("log", { name: "Messages" })).toContainText("Along-word");
  await expect(row(admin, name)).toBeHidden();
  expect(await tooWide(admin.page), "the conversation").toEqual([]);
  await admin.page.getByRole("button", { name: "All conversations" }).click();
  await expect(row(admin, name)).toBeVisible();
});

test("what visitors write is in no page's source, and an auditor reads it without a way to reply", async ({ people, server, person, calm }) => {
  calm.expects(/status of 403.*\/api\/v1\/conversations/);
  const auditor = await people.signedIn("auditor");
  const name = `Read ${auditor.account.username}`;
  await (await visitor(server, name)).writes("canary-of-a-visitor");
  const source = await auditor.page.request.get(server.origin + PATH);
  expect(await source.text()).not.toContain("canary-of-a-visitor");
  await auditor.opens(PATH);
  await row(auditor, name).click();
  await expect(auditor.page.getByRole("log", { name: "Messages" })).toContainText("canary-of-a-visitor");
  await expect(auditor.page.getByLabel("Reply")).toBeDisabled();
  await expect(row(auditor, name), "reading marks nothing for an auditor").toContainText("1 new");
  await person.opens(PATH);
  await expect(person.main).toContainText("Your role does not allow this");
});
