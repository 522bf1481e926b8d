import { Files } from "../people/files.ts";
import { barriersInBothColours } from "../rigs/axe.ts";
import { expect, test } from "../rigs/test.ts";

const PASSPHRASE = "five words chosen by chance";
const ENVIRONMENT = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

test("an export holds no secret and no token unless it is asked for", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Redacted", provider: allowed.name, client, scopes: "read" });
  const token = await person.readsToken("Redacted");
  await person.goesTo("Worker tokens");
  const files = new Files(person.page);
  await files.startsExport();
  const { name, text } = await files.exports();
  expect(name).toMatch(/^tokenkeep-connections-\d{4}-\d\d-\d\d\.json$/);
  expect(JSON.parse(text)).toMatchObject({ version: 1, connections: [{ name: "Redacted", client_id: client.id }] });
  expect(text).not.toContain(client.credential);
  expect(text).not.toContain(token);
});

test("an encrypted export brings the connections into another browser, and they get tokens there", async ({
  person,
  people,
  provider,
  allowed,
}) => {
  const client = await provider.addClient("client_secret_post");
  await person.addsConnection({ name: "Moved", provider: allowed.name, client, scopes: "read" });
  await person.goesTo("Worker tokens");
  const files = new Files(person.page);
  await files.startsExport();
  await files.asksForSecrets(PASSPHRASE);
  const { name, text } = await files.exports();
  expect(name).toMatch(/\.age$/);
  expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
  expect(text).not.toContain(client.credential);
  await expect(files.dialog).toContainText("The encrypted file was saved");

  const elsewhere = await people.again(person);
  await elsewhere.goesTo("Worker tokens");
  const there = new Files(elsewhere.page);
  await there.startsImport();
  await there.chooses(name, text);
  await there.unlocks("another passphrase");
  await expect(there.problem).toContainText("The passphrase does not open this file.");
  await there.unlocks(PASSPHRASE);
  await expect(there.line(client.id)).toContainText("New.");
  await there.imports("1 connection");
  await elsewhere.renewsNow("Moved");
  await elsewhere.readsToken("Moved");
  expect(provider.granted(client)).toBe(2);
});

test("a passphrase that is short or mistyped encrypts nothing", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name: "Weak", provider: "Sandbox", client });
  await person.goesTo("Worker tokens");
  const files = new Files(person.page);
  await files.startsExport();
  const press = () => files.dialog.getByRole("button", { name: "Export" }).click();
  await files.asksForSecrets("short");
  await press();
  await expect(files.dialog).toContainText("Use at least 12 characters.");
  await files.asksForSecrets(PASSPHRASE, "five words chosen by chanc");
  await press();
  await expect(files.dialog).toContainText("The two passphrases are not the same.");
  await expect(files.dialog).not.toContainText("was saved");
});

test("what is there already changes only when it is chosen", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Kept as it is", provider: allowed.name, client, scopes: "read" });
  await person.goesTo("Worker tokens");
  const files = new Files(person.page);
  await files.startsExport();
  const { name, text } = await files.exports();
  await files.startsImport();
  await files.chooses(name, text);
  await expect(files.line(client.id)).toContainText("Already here, the same.");
  await person.closesDialog();
  await files.startsImport();
  await files.chooses(name, text.replace('"read"', '"write"'));
  await expect(files.line(client.id)).toContainText("the file replaces its scopes");
  await expect(files.dialog.getByRole("button", { name: "Import 0 connections" })).toHaveAttribute("aria-disabled", "true");
  await files.line(client.id).getByRole("checkbox").check();
  await files.imports("1 connection");
  await person.opensConnection("Kept as it is");
  await expect(person.main).toContainText("write");
});

test("both files of the older app keep region and method", async ({ person, server }) => {
  const admin = await server.asAdmin();
  const allowed = "PingOne for older files";
  if (!(await admin.providers()).some(({ name }) => name === allowed)) await admin.allowPingOne(allowed, ["ca"]);
  // The page knows the providers of when it was loaded.
  await person.reloads();
  const credentials = (clientId: string, more: object) => ({
    environmentId: ENVIRONMENT,
    clientId,
    clientSecret: "made-up-secret-of-a-test",
    region: "ca",
    ...more,
  });
  const older = [
    { version: "1.0.0", exportDate: "2026-01-01", workerToken: credentials("older-one", { authMethod: "basic" }) },
    {
      version: "2",
      exportedAt: 1,
      credentials: credentials("older-two", { tokenEndpointAuthMethod: "client_secret_jwt" }),
      token: { accessToken: "an-opaque-worker-token" },
    },
  ];
  const methods = ["client_secret_basic", "client_secret_jwt"];
  await person.goesTo("Worker tokens");
  const files = new Files(person.page);
  for (const [at, file] of older.entries()) {
    await person.goesTo("Worker tokens");
    await files.startsImport();
    await files.pastes(JSON.stringify(file));
    await files.imports("1 connection");
    await person.opensConnection(`PingOne worker older-${at === 0 ? "on" : "tw"}`);
    await expect(person.main).toContainText("Canada (ca)");
    await expect(person.main).toContainText(methods[at] ?? "");
  }
});

const BAD: [name: string, text: string, words: string][] = [
  ["a web page", "<!DOCTYPE html><html></html>", "This is a web page, not an export."],
  ["something else", "hello", "neither JSON nor an encrypted file"],
  ["other JSON", '{"a":1}', "This JSON is no export of connections."],
  ["a part of a file", '{"format":"tokenkeep.connections","vers', "The file ends too early"],
  ["a part of an encrypted file", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl", "The file ends too early"],
  ["a newer file", '{"format":"tokenkeep.connections","version":99,"connections":[]}', "made by a newer Tokenkeep"],
  ["an empty file", " ", "The file is empty."],
  ["a huge file", "x".repeat(3 << 20), "larger than 2 MB"],
  ["a file without connections", '{"format":"tokenkeep.connections","version":1,"connections":[]}', "holds no connection"],
];

test("each bad file says what it is and what to do", async ({ person }) => {
  await person.goesTo("Worker tokens");
  const files = new Files(person.page);
  await files.startsImport();
  for (const [name, text, words] of BAD) {
    await test.step(name, async () => {
      await files.chooses(`${name}.json`, text);
      await expect(files.problem).toContainText(words);
    });
  }
});

test("axe finds nothing serious in the two dialogs, in light and dark colours", async ({ people, server }) => {
  const person = await people.signedIn("user");
  await person.addsConnection({ name: "For everyone", provider: "Sandbox", client: await server.sandbox.addClient() });
  await person.goesTo("Worker tokens");
  const files = new Files(person.page);
  await files.startsExport();
  await files.asksForSecrets("short");
  expect(await barriersInBothColours(person.page), "the export with its passphrase").toEqual([]);
  await person.closesDialog();
  await files.startsExport();
  const { name, text } = await files.exports();
  await files.startsImport();
  await files.chooses(name, "hello");
  await expect(files.problem).toBeVisible();
  expect(await barriersInBothColours(person.page), "the import of a bad file").toEqual([]);
  await files.chooses(name, text);
  await expect(files.dialog.getByRole("row").last()).toContainText("Already here");
  expect(await barriersInBothColours(person.page), "the preview").toEqual([]);
});
