import { expect, test } from "../rigs/test.ts";

// The cookies are to be those the server set.
test.use({ entrance: "sign-in page" });

const PAGES = ["/sign-in", "/invitation"];

test("every page tells the browser to trust only this origin", async ({ server }) => {
  for (const path of PAGES) {
    const { headers } = await fetch(server.origin + path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy, path).toContain("default-src");
    expect(policy, path).not.toContain("unsafe-inline");
    expect(policy, path).not.toMatch(/'unsafe-eval'/);
    expect(policy, path).toMatch(/frame-ancestors 'none'/);
    expect(policy, path).toMatch(/'nonce-[^']+'/);
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("referrer-policy"), path).toMatch(/no-referrer|same-origin/);
  }
});

test("each answer has a nonce of its own", async ({ server }) => {
  const nonce = async () => {
    const { headers } = await fetch(`${server.origin}/sign-in`);
    return /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1];
  };
  expect(await nonce()).not.toBe(await nonce());
});

test("a page with a person's name on it is kept by no cache", async ({ server, person }) => {
  const answer = await person.page.goto(`${server.origin}/account`);
  expect(answer?.headers()["cache-control"]).toContain("no-store");
});

test("the session cookie is out of reach of scripts and of other sites", async ({ server, person }) => {
  const cookies = await person.page.context().cookies(server.origin);
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({
    name: "__Host-tokenkeep",
    httpOnly: true,
    secure: true,
    sameSite: "Strict",
    path: "/",
  });
});

test("a form on another site can change nothing", async ({ server, person }) => {
  const before = (await person.page.context().cookies(server.origin))[0]?.value;
  const answer = await fetch(`${server.origin}/api/v1/session`, {
    method: "DELETE",
    headers: { cookie: `__Host-tokenkeep=${before}`, origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  });
  expect(answer.status).toBe(403);
  await person.opens("/account");
  await expect(person.page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
});

test("a page that needs a session sends a stranger to sign in and back", async ({ server }) => {
  const answer = await fetch(`${server.origin}/admin/users`, { redirect: "manual" });
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/sign-in?next=/admin/users");
});
