import type { CDPSession, Page } from "@playwright/test";

interface ProcessInfo {
  type: string;
  id: number;
  /** Seconds of processor time used so far. */
  cpuTime: number;
}

const BUSY = 200;

/**
 * The id of the process that renders this page. The debugging protocol lists processes and pages but not which belongs
 * to which, so the page is made to work for a moment: its process is the one whose processor time goes up by that much.
 */
export async function processOf(page: Page): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser");
  const session = await browser.newBrowserCDPSession();
  try {
    for (;;) {
      const found = await busiest(session, () => page.evaluate(works, BUSY));
      if (found) return found;
    }
  } finally {
    await session.detach();
  }
}

/** The process that worked twice as much as any other meanwhile; none where another worked too. */
async function busiest(session: CDPSession, meanwhile: () => Promise<void>): Promise<number | undefined> {
  const before = new Map((await renderers(session)).map(({ id, cpuTime }) => [id, cpuTime]));
  await meanwhile();
  const worked = ({ id, cpuTime }: ProcessInfo) => cpuTime - (before.get(id) ?? 0);
  const [first, second] = (await renderers(session)).sort((one, other) => worked(other) - worked(one));
  return first && (!second || worked(first) > 2 * worked(second)) ? first.id : undefined;
}

function works(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

async function renderers(session: CDPSession): Promise<ProcessInfo[]> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return (processInfo as ProcessInfo[]).filter(({ type }) => type === "renderer");
}

/** Ends the process of a page as the system does when memory is short: no handler runs. */
export async function kills(page: Page, id: number): Promise<void> {
  const crashed = page.waitForEvent("crash");
  process.kill(id, "SIGKILL");
  await crashed;
}

/**
 * Hides a page and stops its tasks, as a browser does to save energy, until the answer is called: then it goes on and is
 * seen. Only in a browser as people have it.
 */
export async function freezes(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  return async () => {
    await session.send("Page.setWebLifecycleState", { state: "active" });
    // A browser without windows can't bring a hidden page to the front.
    await session.send("Emulation.setFocusEmulationEnabled", { enabled: true });
  };
}
