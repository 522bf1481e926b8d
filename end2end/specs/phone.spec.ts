import type { Page } from "@playwright/test";

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
  await person.decodesToken(name);
  await person.page.getByRole("button", { name: "Check signature" }).click();
  await expect(person.page.getByText("Signature verified")).toBeVisible();
  await fits("with the token decoded");
  expect(await intoThePadding(person.page), "the card keeps its padding").toEqual([]);
  await person.opens("/");
  await expect(person.page.getByText(name).first()).toBeVisible();
  await fits("on the overview");
  await person.startsConnection("Another", allowed.name);
  await fits("while another is entered");
});

/** What reaches into the right padding of the card it lies in. */
async function intoThePadding(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("main .card")].flatMap((card) => {
      const edge = card.getBoundingClientRect().right - Number.parseFloat(getComputedStyle(card).paddingRight);
      const wide = [...card.children].filter((child) => child.getBoundingClientRect().right > edge + 0.5);
      return wide.map((child) => child.outerHTML.slice(0, 120));
    }),
  );
}
