import type { Fault, Sandbox, SandboxClient } from "./sandbox.ts";

/** One entry of the sandbox's audit log, as far as these tests read it. */
export interface Entry {
  id: string;
  recordedAt: string;
  action: { type: string };
  actors: { user: { id: string; name: string } };
  result: { status: string };
}

/** What a client learns of the sandbox without the app: the token it gets, the audit log, and what becomes of a token. */
export class Inquiry {
  private token?: string;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly client: SandboxClient,
  ) {}

  /** All entries recorded within a range, with one more condition if there is one, the newest first. */
  async entries(from: string, to: string, more = ""): Promise<Entry[]> {
    const filter = `recordedAt ge "${from}" and recordedAt lt "${to}"${more && ` and ${more}`}`;
    const path = `/v1/environments/${this.client.environmentId}/activities`;
    let next: string | undefined = `${this.sandbox.origin}${path}?${new URLSearchParams({ filter, limit: "500" })}`;
    const entries: Entry[] = [];
    while (next) {
      const answer = await fetch(next, { headers: { authorization: `Bearer ${await this.ownToken()}` } });
      if (!answer.ok) throw new Error(`the sandbox refused: ${answer.status} ${await answer.text()}`);
      const page = (await answer.json()) as { _embedded: { activities: Entry[] }; _links: { next?: { href: string } } };
      entries.push(...page._embedded.activities);
      next = page._links.next?.href;
    }
    return entries;
  }

  /** Whether a token is good, as the sandbox says. */
  async isActive(token: string): Promise<boolean> {
    const answer = await this.asks("introspect", { token });
    return ((await answer.json()) as { active: boolean }).active;
  }

  /** Ends a token, as somebody would who is not in this browser. */
  async revokes(token: string): Promise<void> {
    await this.asks("revoke", { token });
  }

  /** The next requests to introspect or revoke by this client meet a fault. */
  async meets(fault: Fault, count: number): Promise<void> {
    const plan = { fault, count, client_id: this.client.id, at: "inquiry" };
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${this.sandbox.origin}/control/faults`, { method: "PUT", headers, body: JSON.stringify(plan) });
    if (!answer.ok) throw new Error(`the sandbox refused the fault: ${answer.status}`);
  }

  private async ownToken(): Promise<string> {
    if (!this.token) {
      const answer = await this.asks("token", { grant_type: "client_credentials" });
      this.token = ((await answer.json()) as { access_token: string }).access_token;
    }
    return this.token;
  }

  private async asks(what: "token" | "introspect" | "revoke", form: Record<string, string>): Promise<Response> {
    const { id, credential, environmentId } = this.client;
    const authorization = `Basic ${Buffer.from(`${id}:${encodeURIComponent(credential)}`).toString("base64")}`;
    const body = new URLSearchParams(form);
    const answer = await fetch(`${this.sandbox.origin}/${environmentId}/as/${what}`, { method: "POST", headers: { authorization }, body });
    if (!answer.ok) throw new Error(`the sandbox refused ${what}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
