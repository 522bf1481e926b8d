/* Vault, tabs and renewal in browsers other than Chromium, where they are installed. */
import { Visitor } from "../../people/visitor.ts";
import { firefox, webkit } from "../../rigs/other_browsers.ts";
import { expect, test } from "../../rigs/test.ts";

const BROWSERS = [
  { name: "Firefox", start: firefox },
  { name: "WebKitGTK", start: webkit },
];

for (const { name, start } of BROWSERS) {
  test(`${name} shares a token between tabs, renews it once for both, and keeps it over a reload`, async ({
    server,
    provider,
    allowed,
  }) => {
    const browser = await start();
    test.skip(!browser, `${name} is not installed`);
    if (!browser) return;
    try {
      const account = await server.newAccount();
      const client = await provider.addClient("client_secret_basic");
      const first = new Visitor(await browser.newTab(), server);
      await first.signsIn(account);
      await first.addsConnection("Visited", allowed.name, client);
      await first.opensConnection("Visited");
      const token = await first.readsToken();
      await provider.verified(token);

      const second = new Visitor(await browser.newTab(), server);
      await second.opensConnection("Visited");
      expect(await second.readsToken(), "a second tab has the token").toBe(token);
      expect(provider.granted(client)).toBe(1);

      await second.renewsNow();
      await expect.poll(() => provider.granted(client)).toBe(2);
      await expect.poll(() => first.readsToken(), "the other tab's token is renewed too").not.toBe(token);
      const renewed = await first.readsToken();
      expect(await second.readsToken()).toBe(renewed);

      await first.opensConnection("Visited");
      expect(await first.readsToken(), "a reload keeps the token").toBe(renewed);
      expect(provider.granted(client)).toBe(2);
      console.log(`${browser.name}: as in Chromium`);
    } finally {
      await browser.ends();
    }
  });
}
