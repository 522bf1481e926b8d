import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { ApiSession, type Role } from "./api.ts";
import { freePort } from "./ports.ts";
import { Sandbox } from "./sandbox.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BINARY = process.env["TOKENKEEP_SERVER"] ?? join(ROOT, "target/release/server");
const SITE = process.env["TOKENKEEP_SITE"] ?? join(ROOT, "target/site");

/** A name and password that sign in. */
export interface Account {
  username: string;
  password: string;
  role: Role;
}

export interface ServerOptions {
  /** Exact loopback origins the server may ask for tokens. */
  loopbackOrigins?: string[];
  /** The host people use instead of the address listened on. */
  publicHost?: string;
  /** The port people use instead of the one listened on: of a proxy on this machine. */
  publicPort?: number;
  /** Settings by their environment names. */
  settings?: Record<string, string>;
}

/** The real, built server as a process of its own, with a fresh data folder and its sandbox. */
export class TokenkeepServer {
  /** Everything it has written to its two output streams, over all starts. */
  output = "";
  readonly sandbox: Sandbox;
  private process?: ChildProcess;
  private admin?: Account;
  private adminSession?: ApiSession;
  private people = 0;

  private constructor(
    readonly port: number,
    private readonly sandboxPort: number,
    readonly dataFolder: string,
    private readonly options: ServerOptions,
  ) {
    this.sandbox = new Sandbox(`http://127.0.0.1:${sandboxPort}`);
  }

  static async start(options: ServerOptions = {}): Promise<TokenkeepServer> {
    const dataFolder = await mkdtemp(join(tmpdir(), "tokenkeep-end2end-"));
    const server = new TokenkeepServer(await freePort(), await freePort(), dataFolder, options);
    await server.starts();
    return server;
  }

  get origin(): string {
    // Any other host has no address of its own: only the browser is told where it is.
    const host = this.options.publicHost === "localhost" ? "localhost" : "127.0.0.1";
    return `http://${host}:${this.options.publicPort ?? this.port}`;
  }

  /** The one-time link printed at the first start. */
  get setupLink(): string {
    const link = /^Setup link: (\S+)$/m.exec(this.output)?.[1];
    if (!link) throw new Error(`no setup link in the output:\n${this.output}`);
    return link;
  }

  /** The page of another origin with the chat in it. */
  get demoPage(): string {
    const address = /^Demo page with the chat: (\S+)$/m.exec(this.output)?.[1];
    if (!address) throw new Error(`no demo page in the output:\n${this.output}`);
    return address;
  }

  /** Starts the process and comes back when it is ready. */
  async starts(): Promise<void> {
    const child = spawn(BINARY, ["--sandbox"], { env: this.environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    const take = (bytes: Buffer) => {
      this.output += bytes.toString("utf8");
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    await this.ready(child);
  }

  /** Ends at once, as a power cut would: no handler runs. */
  async isKilled(): Promise<void> {
    await this.ends("SIGKILL");
  }

  /** Ends as an operator would end it. */
  async stops(): Promise<void> {
    await this.ends("SIGTERM");
  }

  /** Ends it and removes its data. */
  async isRemoved(): Promise<void> {
    await this.ends("SIGKILL");
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  /** The first admin; made with the setup link when asked for first. */
  async firstAdmin(): Promise<Account> {
    if (this.admin) return this.admin;
    const admin: Account = { username: "ada", password: "a-first-password-to-keep", role: "admin" };
    const session = new ApiSession(this.origin);
    await session.accept(this.setupLink, admin.username, admin.password);
    this.admin = admin;
    this.adminSession = session;
    return admin;
  }

  /** The API session of the first admin, which began with the setup. */
  async asAdmin(): Promise<ApiSession> {
    await this.firstAdmin();
    if (!this.adminSession) throw new Error("the first admin has no session");
    return this.adminSession;
  }

  /** A new person with an account, invited and accepted. */
  async newAccount(role: Role = "user"): Promise<Account> {
    const { account, session } = await this.newPerson(role);
    await session.signOut();
    return account;
  }

  /** A new person with an account, and the session that began when they accepted their invitation. */
  async newPerson(role: Role): Promise<{ account: Account; session: ApiSession }> {
    this.people += 1;
    const account: Account = { username: `${role}-${this.people}`, password: `a-password-of-${role}-${this.people}`, role };
    const link = await (await this.asAdmin()).invite(role);
    const session = new ApiSession(this.origin);
    await session.accept(link, account.username, account.password);
    return { account, session };
  }

  private environment(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TOKENKEEP_"));
    return {
      ...Object.fromEntries(inherited),
      TOKENKEEP_LISTEN: `127.0.0.1:${this.port}`,
      TOKENKEEP_SANDBOX_LISTEN: `127.0.0.1:${this.sandboxPort}`,
      TOKENKEEP_SANDBOX_DEMO_LISTEN: "127.0.0.1:0",
      TOKENKEEP_DATA: this.dataFolder,
      TOKENKEEP_SITE: SITE,
      TOKENKEEP_LOOPBACK_ORIGINS: (this.options.loopbackOrigins ?? []).join(","),
      TOKENKEEP_LOG_LEVEL: "info,server=trace,sandbox=trace",
      TOKENKEEP_LIMITS_USER_PER_MINUTE: "0",
      TOKENKEEP_LIMITS_ADDRESS_PER_MINUTE: "0",
      TOKENKEEP_LIMITS_CONVERSATIONS_PER_MINUTE: "0",
      ...(this.options.publicPort && { TOKENKEEP_PUBLIC_URL: this.origin }),
      ...(this.options.publicHost && { TOKENKEEP_PUBLIC_URL: `http://${this.options.publicHost}:${this.port}` }),
      ...this.options.settings,
    };
  }

  private async ready(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.output}`);
      const answer = await fetch(`http://127.0.0.1:${this.port}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server was not ready after 20 s:\n${this.output}`);
  }

  private async ends(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
}
