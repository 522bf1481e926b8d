import { ApiSession } from "../rigs/api.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

test.describe("a server killed with -9 while it writes", () => {
  let server: TokenkeepServer;

  test.beforeEach(async () => {
    server = await TokenkeepServer.start();
    await server.firstAdmin();
  });

  test.afterEach(() => server.isRemoved());

  test("starts again with every account it had confirmed", async () => {
    const confirmed = await writesUntilKilled(server, 3);
    await server.starts();
    const names = (await (await server.asAdmin()).users()).map((user) => user.username);
    expect(confirmed.length).toBeGreaterThanOrEqual(3);
    expect(names).toEqual(expect.arrayContaining(confirmed));
  });

  test("does not offer setup a second time", async () => {
    await writesUntilKilled(server, 1);
    const before = server.output.length;
    await server.starts();
    expect(server.output.slice(before)).not.toContain("Setup link:");
  });

  test("keeps the session of a person who was signed in", async () => {
    const session = await server.asAdmin();
    await server.isKilled();
    await server.starts();
    expect(await session.users()).toHaveLength(1);
  });
});

/** Three writers make accounts one after the other; once `enough` are confirmed the server is killed under them. */
async function writesUntilKilled(server: TokenkeepServer, enough: number): Promise<string[]> {
  const confirmed: string[] = [];
  const admin = await server.asAdmin();
  let killed = false;
  const writer = async (number: number) => {
    for (let count = 1; !killed; count += 1) {
      const name = `writer-${number}-${count}`;
      try {
        const link = await admin.invite("user");
        await new ApiSession(server.origin).accept(link, name, "a-password-for-a-writer");
      } catch (error) {
        if (killed) return;
        throw error;
      }
      confirmed.push(name);
    }
  };
  const writers = [1, 2, 3].map(writer);
  await expect.poll(() => confirmed.length, { message: "accounts confirmed" }).toBeGreaterThanOrEqual(enough);
  killed = true;
  await server.isKilled();
  await Promise.all(writers);
  return confirmed;
}
