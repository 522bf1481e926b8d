import type { Browser, BrowserContext, BrowserContextOptions, Page } from "@playwright/test";

import { ApiSession, type Role } from "../rigs/api.ts";
import type { Calm } from "../rigs/calm.ts";
import { newsTravelBy, type Way } from "../rigs/news.ts";
import type { Account, TokenkeepServer } from "../rigs/server.ts";
import { Newcomer } from "./newcomer.ts";
import { Person } from "./person.ts";

/** Makes people and gives each a browser of their own. */
export class People {
  private readonly leaving: (() => Promise<void>)[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly server: TokenkeepServer,
    private readonly calm: Calm,
    /** Where all of them sit; without it each has a browser of their own. */
    private readonly shared?: BrowserContext,
    /** The best way by which their tabs may speak to each other. */
    private readonly way?: Way,
  ) {}

  /**
   * A new person with this role, signed in, before an empty tab. Their session began when they accepted an invitation, beside
   * the browser: a sign-in page that is loaded, filled and left is needed only where signing in is what the test is about.
   */
  async signedIn(role: Role, options: BrowserContextOptions = {}, path?: string): Promise<Person> {
    const { account, session } = await this.server.newPerson(role);
    return this.inside(account, session, options, path);
  }

  /** A new person with this role, signed in through the sign-in page. */
  async throughSignIn(role: Role, options: BrowserContextOptions = {}): Promise<Person> {
    const person = new Person(await this.page(options), this.server, await this.server.newAccount(role), this.calm);
    await person.signsIn();
    return person;
  }

  /** The same person, signed in a second time in another browser. */
  async again({ account }: Person, options: BrowserContextOptions = {}): Promise<Person> {
    const session = new ApiSession(this.server.origin);
    await session.signIn(account.username, account.password);
    return this.inside(account, session, options);
  }

  /** A new person who signs in where another person sat before. */
  async inTheBrowserOf(before: Person, role: Role): Promise<Person> {
    const person = new Person(before.page, this.server, await this.server.newAccount(role), this.calm);
    await person.signsIn();
    return person;
  }

  /** Someone with a browser and no account. */
  async withoutAccount(server = this.server, options: BrowserContextOptions = {}): Promise<Newcomer> {
    return new Newcomer(await this.page(options), server, this.calm);
  }

  /** Closes every browser context. */
  async leave(): Promise<void> {
    for (const leave of this.leaving.reverse()) await leave();
  }

  private async inside(account: Account, session: ApiSession, options: BrowserContextOptions, path?: string): Promise<Person> {
    const person = new Person(await this.page(options), this.server, account, this.calm);
    await person.page.context().addCookies([session.asCookie()]);
    if (path) await person.opens(path);
    return person;
  }

  private async page(options: BrowserContextOptions): Promise<Page> {
    if (this.shared) return this.shared.newPage();
    // Whatever moves costs the test machine a fifth of its time; a browser as people have it (`rigs/everyday.ts`) moves.
    const context = await this.browser.newContext({ reducedMotion: "reduce", ...options });
    this.leaving.push(() => context.close());
    await this.calm.watches(context);
    await newsTravelBy(context, this.way);
    return context.newPage();
  }
}
