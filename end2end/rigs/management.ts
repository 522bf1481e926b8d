import type { SandboxClient } from "./sandbox.ts";

/** What a client of the sandbox may read. */
export type SandboxRole = "identity_data_read_only" | "environment_admin" | "organization_admin";

/** A way the sandbox's management API misbehaves. */
export type ApiFault = { type: "slow"; ms: number } | { type: "unauthorized" } | { type: "throttled"; retry_after?: number } | { type: "failing" } | { type: "html" };

/** An answer of the management API, as far as these tests read it. */
export interface Answer {
  count?: number;
  name?: string;
  region?: string;
  _embedded?: Record<string, Record<string, unknown>[]>;
  _links?: { next?: { href: string } };
}

/** The sandbox's management API, asked without the app: what the pages must show. */
export class Management {
  private token?: string;

  private constructor(
    private readonly origin: string,
    readonly client: SandboxClient,
  ) {}

  /** With a client of its own that has these roles; all of them unless named. */
  static async of(origin: string, roles?: SandboxRole[]): Promise<Management> {
    const wish = { authentication: "client_secret_basic", lifetime_seconds: 3_600, roles };
    const made = await send<{ environment_id: string; client_id: string; client_secret: string }>(origin, "POST", "/control/clients", wish);
    const client = { id: made.client_id, environmentId: made.environment_id, method: "client_secret_basic", credential: made.client_secret } as const;
    return new Management(origin, client);
  }

  /** Reads what is at a path below `/v1`. */
  async get(path: string, query: Record<string, string> = {}): Promise<Answer> {
    const search = new URLSearchParams(query).toString();
    return this.follows(`${this.origin}/v1/${path}${search ? `?${search}` : ""}`);
  }

  /** Reads a list with all its pages. */
  async all(path: string, list: string, query: Record<string, string> = {}): Promise<Record<string, unknown>[]> {
    let answer = await this.get(path, query);
    const items = [...(answer._embedded?.[list] ?? [])];
    while (answer._links?.next) {
      answer = await this.follows(answer._links.next.href);
      items.push(...(answer._embedded?.[list] ?? []));
    }
    return items;
  }

  /** The organisation the client's tokens name. */
  async organization(): Promise<string> {
    const payload = (await this.access()).split(".")[1] ?? "";
    return (JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { org: string }).org;
  }

  /** From now on calls of this client meet a fault: all of them, or the next `count`. */
  async misbehaves(fault: ApiFault, count?: number): Promise<void> {
    await send(this.origin, "PUT", "/control/faults", { fault, count, client_id: this.client.id, at: "api" });
  }

  /** The fault is over. */
  async behaves(): Promise<void> {
    await send(this.origin, "PUT", "/control/faults", { fault: null, client_id: this.client.id, at: "api" });
  }

  private async follows(url: string): Promise<Answer> {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${await this.access()}` } });
    if (!answer.ok) throw new Error(`the sandbox refused ${url}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  private async access(): Promise<string> {
    if (this.token) return this.token;
    const { id, credential, environmentId } = this.client;
    const answer = await fetch(`${this.origin}/${environmentId}/as/token`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(credential)}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials",
    });
    this.token = ((await answer.json()) as { access_token: string }).access_token;
    return this.token;
  }
}

async function send<T>(origin: string, method: string, path: string, body: object): Promise<T> {
  const answer = await fetch(origin + path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${answer.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
