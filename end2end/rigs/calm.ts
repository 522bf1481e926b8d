import type { BrowserContext } from "@playwright/test";

const VIOLATION = "content security policy violated";

/** Notes every console error, uncaught error and policy violation of the browser contexts it watches. */
export class Calm {
  private readonly complaints: string[] = [];
  /**
   * A report to the audit log, or a count of tokens, that finds no server is told again later; a test that ends takes its server
   * away. Counts are told by the clock, so they may be the first to find a session over.
   */
  private readonly announced: RegExp[] = [
    /net::ERR_(CONNECTION_RE(SET|FUSED)|EMPTY_RESPONSE).*\/(audit\/reports|token-counts)/,
    /status of 401.*\/token-counts/,
  ];

  /** From now on complaints like this are part of the test: the browser reports each refused request as an error. */
  expects(complaint: RegExp): void {
    this.announced.push(complaint);
  }

  /** What nobody announced. */
  get unexpected(): string[] {
    return this.complaints.filter((complaint) => !this.announced.some((known) => known.test(complaint)));
  }

  async watches(context: BrowserContext): Promise<void> {
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      this.complaints.push(`${message.text()} (${message.location().url} on ${message.page()?.url() ?? "a worker"})`);
    });
    context.on("weberror", (error) => this.complaints.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    await context.addInitScript((words) => {
      addEventListener("securitypolicyviolation", (event) =>
        console.error(`${words}: ${event.effectiveDirective} ${event.blockedURI}`),
      );
    }, VIOLATION);
  }
}
