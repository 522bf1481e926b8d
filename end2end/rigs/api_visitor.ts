/** A visitor of another site's page that embeds the chat, as the server sees them: requests with an origin, and no cookie. */

import { randomUUID } from "node:crypto";

import { Refusal } from "./api.ts";

export interface Message {
  seq: number;
  from: "visitor" | "staff";
  text: string;
}

export class ApiVisitor {
  private token = "";
  private visitorKey = "";
  private id = "";

  constructor(
    private readonly server: string,
    private readonly orgKey: string,
    readonly origin = "https://www.example.com",
  ) {}

  /** Gets an org token, and says how long it lives. */
  async boots(): Promise<{ org: { name: string }; expires_in: number }> {
    const boot = await this.send<{ org: { name: string }; expires_in: number; org_token: string }>("GET", "/api/bootloader", { "x-org-key": this.orgKey });
    this.token = boot.org_token;
    return boot;
  }

  /** Begins a conversation with a first message. */
  async writes(text: string): Promise<Message> {
    if (!this.token) await this.boots();
    if (!this.id) {
      const begun = await this.send<{ id: string; visitor_key: string }>("POST", "/api/v1/widget/conversations", { "idempotency-key": randomUUID() });
      this.id = begun.id;
      this.visitorKey = begun.visitor_key;
    }
    return this.send("POST", `/api/v1/widget/conversations/${this.id}/messages`, {}, { text, client_id: randomUUID() });
  }

  /** Waits for a message after a place. */
  reads(after = 0, wait = 10): Promise<{ messages: Message[]; closed: boolean }> {
    return this.send("GET", `/api/v1/widget/conversations/${this.id}?after=${after}&wait=${wait}`);
  }

  private async send<Answer>(method: string, path: string, more: Record<string, string> = {}, body?: object): Promise<Answer> {
    const headers: Record<string, string> = { origin: this.origin, ...more };
    if (this.token) headers["authorization"] = `Bearer ${this.token}`;
    if (this.visitorKey) headers["x-visitor-key"] = this.visitorKey;
    if (body) headers["content-type"] = "application/json";
    const answer = await fetch(this.server + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Refusal(answer.status, (JSON.parse(text) as { code: string }).code, path);
    return JSON.parse(text) as Answer;
  }
}
