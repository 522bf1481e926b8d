import { PLACES } from "../people/places.ts";
import { tooWide } from "../people/wide.ts";
import { expect, test } from "../rigs/test.ts";

for (const width of [375, 320]) {
  const viewport = { width, height: 800 };

  test(`at ${width} px no page scrolls sideways`, async ({ people, calm }) => {
    calm.expects(/status of 404.*there-is-nothing-here/);
    const newcomer = await people.withoutAccount(undefined, { viewport });
    const admin = await people.signedIn("admin", { viewport });
    for (const { path, heading, role } of PLACES) {
      const visitor = role === "nobody" ? newcomer : admin;
      await visitor.opens(path);
      await expect(visitor.page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      expect(await tooWide(visitor.page), path).toEqual([]);
    }
  });

  test(`at ${width} px a connection with a token scrolls only inside its card`, async ({ people, provider, allowed }) => {
    const person = await people.signedIn("user", { viewport });
    const client = await provider.addClient("client_secret_basic");
    const name = "A connection whose name is about as long as the eighty characters it may have";
    await person.addsConnection({ name, provider: allowed.name, client, scopes: "read" });
    expect(await tooWide(person.page), "the list").toEqual([]);
    await person.showsToken(name);
    expect(await tooWide(person.page), "with the token shown").toEqual([]);
    await person.opens("/");
    await expect(person.page.getByText(name).first()).toBeVisible();
    expect(await tooWide(person.page), "on the overview").toEqual([]);
    await person.startsConnection("Another", allowed.name);
    expect(await tooWide(person.page), "while another is entered").toEqual([]);
  });
}
