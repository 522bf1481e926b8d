/** The server's REST contract as these tests use it, for what a test needs before or beside its pages. */

import type { BrowserContext } from "@playwright/test";

export type Role = "admin" | "user" | "auditor";

export interface User {
  id: string;
  username: string;
  role: Role;
  disabled: boolean;
}

export interface Provider {
  id: string;
  name: string;
  enabled: boolean;
  kind: { type: string } & Record<string, unknown>;
}

/** A request the server refused. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly path: string,
  ) {
    super(`${path}: ${status} ${code}`);
  }
}

/** One session with the server, outside any browser. */
export class ApiSession {
  private cookie?: string;

  constructor(private readonly origin: string) {}

  /** Sends one request as the app's own pages do, and keeps the session cookie of the answer. */
  async send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const headers: Record<string, string> = { "x-tokenkeep-request": "1", origin: this.origin };
    if (body) headers["content-type"] = "application/json";
    if (this.cookie) headers["cookie"] = this.cookie;
    const answer = await fetch(this.origin + path, { method, headers, body: body && JSON.stringify(body) });
    const cookie = answer.headers.getSetCookie().find((line) => line.includes("tokenkeep="));
    if (cookie) this.cookie = cookie.split(";", 1)[0];
    const text = await answer.text();
    if (!answer.ok) throw new Refusal(answer.status, codeOf(text), path);
    return (text ? JSON.parse(text) : undefined) as Answer;
  }

  /** The session's cookie, for a browser, as it gets it when a person signs in on the page. */
  asCookie(): Parameters<BrowserContext["addCookies"]>[0][number] {
    const [name = "", value = ""] = (this.cookie ?? "").split("=");
    return { name, value, domain: new URL(this.origin).hostname, path: "/", secure: true, httpOnly: true, sameSite: "Strict" };
  }

  signIn(username: string, password: string): Promise<unknown> {
    return this.send("POST", "/api/v1/session", { username, password });
  }

  signOut(): Promise<unknown> {
    return this.send("DELETE", "/api/v1/session");
  }

  users(): Promise<User[]> {
    return this.send("GET", "/api/v1/users");
  }

  providers(): Promise<Provider[]> {
    return this.send("GET", "/api/v1/providers");
  }

  /** Makes an invitation and gives its link: path and fragment. */
  async invite(role: Role): Promise<string> {
    const { link } = await this.send<{ link: string }>("POST", "/api/v1/invitations", { role });
    return link;
  }

  /** Accepts a setup or invitation link. */
  accept(link: string, username: string, password: string): Promise<unknown> {
    const path = link.includes("/setup") ? "/api/v1/setup" : "/api/v1/invitations/accept";
    return this.send("POST", path, { key: keyOf(link), username, password });
  }

  /** Allows an OAuth 2.0 server. */
  allowOAuth(name: string, issuer: string, tokenEndpoint: string, jwksUri: string): Promise<Provider> {
    const kind = {
      type: "oauth",
      issuer,
      token_endpoint: tokenEndpoint,
      jwks_uri: jwksUri,
      authentication_methods: [],
    };
    return this.allow(name, kind);
  }

  /** Allows PingOne with some regions. */
  allowPingOne(name: string, regions: string[]): Promise<Provider> {
    return this.allow(name, { type: "pingone", regions, custom_domains: [] });
  }

  private allow(name: string, kind: object): Promise<Provider> {
    return this.send("POST", "/api/v1/providers", {
      name,
      enabled: true,
      kind,
      assertion_audience: { type: "issuer" },
    });
  }
}

/** The key in a one-time link's fragment. */
export function keyOf(link: string): string {
  return new URLSearchParams(link.slice(link.indexOf("#") + 1)).get("key") ?? "";
}

function codeOf(text: string): string {
  try {
    return (JSON.parse(text) as { code?: string }).code ?? text;
  } catch {
    return text;
  }
}
