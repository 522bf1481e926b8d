import { tooWide } from "../people/wide.ts";
import { expect, test } from "../rigs/test.ts";

/** Widths of phones, in CSS pixels. */
const WIDTHS = [375, 320];

test("on a phone a connection with a token scrolls only inside its card", async ({ people, provider, allowed }) => {
  const person = await people.signedIn("user", { viewport: { width: 375, height: 800 } });
  const fits = async (where: string) => {
    for (const width of WIDTHS) {
      await person.page.setViewportSize({ width, height: 800 });
      expect(await tooWide(person.page), `${where}, at ${width} px`).toEqual([]);
    }
  };
  const client = await provider.addClient("client_secret_basic");
  const name = "A connection whose name is about as long as the eighty characters it may have";
  await person.addsConnection({ name, provider: allowed.name, client, scopes: "read" });
  await fits("the list");
  await person.showsToken(name);
  await fits("with the token shown");
  await person.opens("/");
  await expect(person.page.getByText(name).first()).toBeVisible();
  await fits("on the overview");
  await person.startsConnection("Another", allowed.name);
  await fits("while another is entered");
});
