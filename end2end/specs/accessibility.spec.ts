import { PLACES } from "../people/places.ts";
import { barriers } from "../rigs/axe.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme} colours axe finds nothing serious`, () => {
    for (const { path, heading, role } of PLACES) {
      test(`on ${path}`, async ({ people, calm }) => {
        calm.expects(/status of 404.*there-is-nothing-here/);
        const options = { colorScheme, reducedMotion: "reduce" as const };
        const visitor = role === "nobody" ? await people.withoutAccount(undefined, options) : await people.signedIn(role, options, path);
        if (role === "nobody") await visitor.opens(path);
        await expect(visitor.page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
        expect(await barriers(visitor.page)).toEqual([]);
      });
    }

    test("on setup", async ({ people }) => {
      const server = await TokenkeepServer.start();
      try {
        const newcomer = await people.withoutAccount(server, { colorScheme, reducedMotion: "reduce" });
        await newcomer.opens(server.setupLink.slice(server.origin.length));
        await expect(newcomer.page.getByRole("button", { name: "Create admin account" })).toBeVisible();
        expect(await barriers(newcomer.page)).toEqual([]);
      } finally {
        await server.isRemoved();
      }
    });

    test("on a connection with its token, decoded, and on its dialogs", async ({ people, provider, allowed }) => {
      const person = await people.signedIn("user", { colorScheme, reducedMotion: "reduce" });
      const client = await provider.addClient("client_secret_basic");
      await person.startsConnection("For everyone", allowed.name);
      expect(await barriers(person.page), "the dialog to add a connection").toEqual([]);
      await person.closesDialog();
      await person.addsConnection({ name: "For everyone", provider: allowed.name, client, scopes: "read" });
      expect(await barriers(person.page), "the list with a token").toEqual([]);
      await person.opensConnection("For everyone");
      await person.decodesToken("For everyone");
      expect(await barriers(person.page), "the connection with its token decoded").toEqual([]);
      await person.startsRemoving("For everyone");
      expect(await barriers(person.page), "the question before removing").toEqual([]);
      await person.closesDialog();
      await person.opens("/");
      await expect(person.page.getByText("For everyone").first()).toBeVisible();
      expect(await barriers(person.page), "the overview with a token").toEqual([]);
    });

    test("on a connection that was refused", async ({ people, provider, allowed, calm }) => {
      calm.expects(/status of 422.*\/api\/v1\/token/);
      const person = await people.signedIn("user", { colorScheme, reducedMotion: "reduce" });
      const client = { ...(await provider.addClient("client_secret_basic")), credential: "a-secret-that-is-wrong" };
      await person.asksForToken({ name: "Refused", provider: allowed.name, client, scopes: "read" });
      await expect(person.dialog.problem).toContainText("invalid_client");
      expect(await barriers(person.page), "the dialog with the refusal").toEqual([]);
      await person.closesDialog();
      await person.opensConnection("Refused");
      expect(await barriers(person.page)).toEqual([]);
    });

    test("on the admin's dialogs", async ({ people }) => {
      const admin = await people.signedIn("admin", { colorScheme, reducedMotion: "reduce" });
      await admin.opens("/admin/providers");
      await admin.page.getByRole("button", { name: "Add provider" }).click();
      await expect(admin.page.getByRole("dialog", { name: "Add a provider" })).toBeVisible();
      expect(await barriers(admin.page), "the dialog to add a provider").toEqual([]);
      await admin.closesDialog();
      await admin.opens("/admin/users");
      await admin.page.getByRole("button", { name: "Invite" }).click();
      await admin.page.getByRole("button", { name: "Make link" }).click();
      await expect(admin.page.getByLabel("Invitation link")).toBeVisible();
      expect(await barriers(admin.page), "the invitation link").toEqual([]);
    });
  });
}
