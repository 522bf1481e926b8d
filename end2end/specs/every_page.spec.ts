/*
 * Each page of the app, once: axe in light and dark colours, and the widths of phones. One person opens several pages, because
 * making a browser for each costs more than what is looked at.
 */
import { PLACES, type PlaceInApp } from "../people/places.ts";
import { tooWide } from "../people/wide.ts";
import { barriersInBothColours } from "../rigs/axe.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

const DESK = { width: 1280, height: 800 };
const PHONES = [375, 320].map((width) => ({ width, height: 800 }));
const AT_ONCE = 4;
/** One word that can be broken nowhere by itself. */
const LONG_NAME = "Providerwhosenameisonewordofalmostsixtycharactersinlength";

for (const places of groups()) {
  test(`axe finds nothing serious, and a phone needs no sideways scrolling, on ${named(places)}`, async ({ people, server, calm }) => {
    calm.expects(/status of 404.*there-is-nothing-here/);
    const role = places[0]!.role;
    const options = { viewport: DESK };
    if (role === "admin") await (await server.asAdmin()).allowPingOne(LONG_NAME, ["eu"]);
    const visitor = await (role === "nobody" ? people.withoutAccount(undefined, options) : people.signedIn(role, options, places[0]!.path));
    for (const [at, { path, heading }] of places.entries()) {
      if (at > 0 || role === "nobody") await visitor.opens(path);
      await expect(visitor.page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      expect.soft(await barriersInBothColours(visitor.page), path).toEqual([]);
      for (const phone of PHONES) {
        await visitor.page.setViewportSize(phone);
        expect.soft(await tooWide(visitor.page), `${path} at ${phone.width} px`).toEqual([]);
      }
      await visitor.page.setViewportSize(DESK);
    }
  });
}

test("axe finds nothing serious on setup", async ({ people }) => {
  const server = await TokenkeepServer.start();
  try {
    const newcomer = await people.withoutAccount(server);
    await newcomer.opens(server.setupLink.slice(server.origin.length));
    await expect(newcomer.page.getByRole("button", { name: "Create admin account" })).toBeVisible();
    expect(await barriersInBothColours(newcomer.page)).toEqual([]);
  } finally {
    await server.isRemoved();
  }
});

/** The pages, a few for the same role together. */
function groups(): PlaceInApp[][] {
  const roles = [...new Set(PLACES.map(({ role }) => role))];
  return roles.flatMap((role) => {
    const places = PLACES.filter((place) => place.role === role);
    const count = Math.ceil(places.length / AT_ONCE);
    return Array.from({ length: count }, (_, at) => places.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
  });
}

function named(places: PlaceInApp[]): string {
  return places.map(({ path }) => path.replace(/#.*/, "")).join(", ");
}
