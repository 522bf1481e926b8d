import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

const ADMIN = { username: "grace", password: "a-password-for-grace" };

test.describe("a server that was never set up", () => {
  let server: TokenkeepServer;

  test.beforeEach(async () => {
    server = await TokenkeepServer.start();
  });

  test.afterEach(() => server.isRemoved());

  test("sends every visitor to setup", async () => {
    for (const path of ["/", "/connections", "/sign-in"]) {
      const answer = await fetch(server.origin + path, { redirect: "manual" });
      expect(answer.status, path).toBe(303);
      expect(answer.headers.get("location"), path).toBe("/setup");
    }
  });

  test("makes the first admin from the link in its output, once", async ({ people, calm }) => {
    const newcomer = await people.withoutAccount(server);
    await newcomer.setsUp(server.setupLink, ADMIN);
    await expect(newcomer.page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await expect(newcomer.page.getByRole("link", { name: "Users" })).toBeVisible();

    calm.expects(/status of (409|410).*\/api\/v1\/setup/);
    const late = await people.withoutAccount(server);
    await late.fillsSetup(server.setupLink, { username: "late", password: "a-password-for-the-late" });
    await expect(late.page.getByRole("alert")).toContainText(/already done|no longer valid/);
  });

  test("tells of a key it does not know, and a password that is too short", async ({ people, calm }) => {
    calm.expects(/status of (410|422).*\/api\/v1\/setup/);
    const newcomer = await people.withoutAccount(server);
    const { page } = newcomer;
    await newcomer.fillsSetup(`${server.origin}/setup#key=no-such-key`, { ...ADMIN, password: "short" });
    await expect(page.getByText(/at least 12 characters/)).toBeVisible();
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Create admin account" }).click();
    await expect(page.getByRole("alert")).toContainText("no longer valid");
  });

  test("tells of a link without its key", async ({ people }) => {
    const newcomer = await people.withoutAccount(server);
    await newcomer.opens("/setup");
    await expect(newcomer.page.getByRole("alert")).toContainText(/holds no key/);
  });

  test("prints the link again after a restart, until it is used", async () => {
    const first = server.setupLink;
    const before = server.output.length;
    await server.stops();
    await server.starts();
    const link = /^Setup link: (\S+)$/m.exec(server.output.slice(before))?.[1] ?? "none";
    expect(link).not.toBe(first);
    expect(link).toContain("/setup#key=");
  });
});
