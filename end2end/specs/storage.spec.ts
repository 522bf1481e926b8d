import { expect, test } from "../rigs/test.ts";

test("storage says what it did, beside what is expected of it", async ({ person, provider, allowed }) => {
  await person.addsConnection({ name: "Measured", provider: allowed.name, client: await provider.addClient("client_secret_basic"), scopes: "read" });
  await person.goesTo("Settings");
  await person.page.getByRole("link", { name: "See what storage does in this page" }).click();
  await expect(person.heading("Storage")).toBeVisible();
  const memory = person.row("Reads answered from memory");
  await expect(memory).toContainText("over 80 %");
  await expect(memory).toContainText(/As expected|Below|Too few to tell|Nothing yet/);
  // Connection, intent and token were written, each at once.
  const writes = person.main.locator("dl.facts > div").filter({ hasText: "Write transactions" }).locator("dd");
  await expect.poll(async () => Number(await writes.textContent())).toBeGreaterThanOrEqual(3);
  await expect(person.row("IndexedDB")).toBeVisible();
});
