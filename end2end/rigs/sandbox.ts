import type { Client, Method } from "./provider.ts";

/** A client of the sandbox, with the environment it belongs to. */
export interface SandboxClient extends Client {
  environmentId: string;
}

/** A way the sandbox's token endpoint misbehaves. */
export type Fault =
  | { type: "slow"; ms: number }
  | { type: "unauthorized" }
  | { type: "throttled"; retry_after?: number }
  | { type: "failing" }
  | { type: "dropped" }
  | { type: "html" }
  | { type: "redirect" };

/** What the sandbox saw of one client. */
export interface Counters {
  requests: number;
  granted: number;
  refused: number;
  faulted: number;
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

  async addClient(method: Method = "client_secret_basic", lifetime = 3_600): Promise<SandboxClient> {
    const made = await this.send<Made>("POST", "/clients", { authentication: method, lifetime_seconds: lifetime });
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
