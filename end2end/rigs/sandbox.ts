import type { Client, Method } from "./provider.ts";

/** A client of the sandbox, with the environment it belongs to. */
export interface SandboxClient extends Client {
  environmentId: string;
}

/** A way the sandbox's token endpoint misbehaves. */
export type Fault =
  | { type: "slow"; ms: number }
  | { type: "unauthorized" }
  | { type: "forbidden" }
  | { type: "throttled"; retry_after?: number }
  | { type: "failing" }
  | { type: "dropped" }
  | { type: "html" }
  | { type: "redirect" };

/** What a client may read through the sandbox's management API. */
export type SandboxRole = "identity_data_read_only" | "environment_admin" | "organization_admin";

/** A part of the management API with a limit of its own. */
export type RateGroup = "audit" | "analytics" | "config" | "directory";

/** A user of the sandbox's company. */
export interface SandboxUser {
  id: string;
  username: string;
  email: string;
  name: { formatted: string };
}

/** A token for one site, as the provider's support would send it. */
export interface SiteToken {
  site: string;
  /** The site's name. */
  name: string;
  token: string;
  identity: string;
}

/** What the sandbox saw of one client. */
export interface Counters {
  requests: number;
  granted: number;
  refused: number;
  faulted: number;
  /** Token requests that came sooner than the `Retry-After` of an earlier answer had asked for. */
  early: number;
  /** Calls to the management API. */
  calls: number;
}

interface Made {
  environment_id: string;
  client_id: string;
  client_secret: string;
  private_key?: string;
}

/** The control of the stand-in provider that the server starts. */
export class Sandbox {
  constructor(readonly origin: string) {}

  /** A new client, with all roles unless some are named. */
  async addClient(
    method: Method = "client_secret_basic",
    lifetime = 3_600,
    roles?: SandboxRole[],
  ): Promise<SandboxClient> {
    const wish = { authentication: method, lifetime_seconds: lifetime, ...(roles && { roles }) };
    const made = await this.send<Made>("POST", "/clients", wish);
    const credential = made.private_key ?? made.client_secret;
    return { id: made.client_id, environmentId: made.environment_id, method, credential };
  }

  /** From now on requests of this client meet a fault: all of them, or the next `count`. */
  async misbehavesFor(client: Client, fault: Fault, count?: number): Promise<void> {
    await this.send("PUT", "/faults", { fault, count, client_id: client.id });
  }

  /** The fault of this client is over. */
  async behavesFor(client: Client): Promise<void> {
    await this.send("PUT", "/faults", { fault: null, client_id: client.id });
  }

  /** From now on calls of this client to the management API meet a fault: all of them, or the next `count`. */
  async apiMisbehavesFor(client: Client, fault: Fault, count?: number): Promise<void> {
    await this.send("PUT", "/faults", { fault, count, client_id: client.id, at: "api" });
  }

  /** The fault of this client at the management API is over. */
  async apiBehavesFor(client: Client): Promise<void> {
    await this.send("PUT", "/faults", { fault: null, client_id: client.id, at: "api" });
  }

  /** A token for this site, good for so many seconds: a year unless it is said. */
  siteToken(site: string, lifetime = 31_536_000): Promise<SiteToken> {
    return this.send("POST", "/site-tokens", { site, lifetime_seconds: lifetime });
  }

  /** This site token is refused from now on. */
  async revokesSiteToken(token: string): Promise<void> {
    await this.send("POST", "/site-tokens/revoked", { token });
  }

  /** Whether a site token is exchanged for a newer one from now on. */
  async refreshesSiteTokens(works: boolean): Promise<void> {
    await this.send("PUT", "/site-tokens/refresh", { works });
  }

  /** From now on calls with a token of this site meet a fault: all of them, or the next `count`; `null` ends it. */
  async siteMisbehaves(site: string, fault: Fault | null, count?: number): Promise<void> {
    await this.send("PUT", "/faults", { fault, count, client_id: site, at: "sites" });
  }

  /** From now on this part of the management API answers so many requests in so many seconds, of all clients together. */
  async limits(group: RateGroup, requests: number, seconds: number): Promise<void> {
    await this.send("PUT", "/limits", { group, requests, seconds });
  }

  /** The first users of the company. */
  async users(count: number): Promise<SandboxUser[]> {
    const { id, credential, environmentId } = await this.addClient();
    const authorization = `Basic ${Buffer.from(`${id}:${credential}`).toString("base64")}`;
    const body = new URLSearchParams({ grant_type: "client_credentials" });
    const granted = await fetch(`${this.origin}/${environmentId}/as/token`, { method: "POST", headers: { authorization }, body });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const users: SandboxUser[] = [];
    let next: string | undefined = `${this.origin}/v1/environments/${environmentId}/users?limit=200`;
    while (next && users.length < count) {
      const answer = await fetch(next, { headers: { authorization: `Bearer ${token}` } });
      const page = (await answer.json()) as { _embedded: { users: SandboxUser[] }; _links: { next?: { href: string } } };
      users.push(...page._embedded.users);
      next = page._links.next?.href;
    }
    return users.slice(0, count);
  }

  async counters(client: Client): Promise<Counters> {
    return (await this.send<{ counters: Counters }>("GET", `/clients/${client.id}`)).counters;
  }

  private async send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await fetch(`${this.origin}/control${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as Answer;
  }
}
