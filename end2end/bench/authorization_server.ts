import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import { promisify } from "node:util";

import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

import { freePort } from "../rigs/ports.ts";

/** One sign-in and all tokens that come of it. */
interface Family {
  client: string;
  isRevoked: boolean;
}

/**
 * The one authorization server all are measured against. It signs everybody in at once, and rotates refresh tokens as
 * RFC 9700 (section 4.14.2) has it: each is good once, and a second use ends the family. Every answer of a token endpoint takes
 * `delay`. Ours asks it over plain HTTP, with client credentials; the libraries over https, as one of them demands.
 */
export class AuthorizationServer extends EventEmitter {
  /** Milliseconds from a token request to its answer. */
  delay = 150;
  /** Seconds that tokens live. */
  lifetime = 3_600;
  /** Token requests of each client, sign-ins not counted. */
  readonly requests = new Map<string, number>();
  private readonly codes = new Map<string, { family: Family; nonce: string | null }>();
  private readonly refreshTokens = new Map<string, { family: Family; used: boolean }>();
  private readonly accessTokens = new Map<string, Family>();
  private servers: Server[] = [];

  private constructor(
    readonly origin: string,
    readonly secureOrigin: string,
    private readonly files: Map<string, string>,
    private readonly key: CryptoKey,
    private readonly jwk: JWK,
  ) {
    super();
  }

  /** `files` are served by their paths. */
  static async start(files: Map<string, string>): Promise<AuthorizationServer> {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "bench", alg: "RS256", use: "sig" };
    const [plain, secure] = [await freePort(), await freePort()];
    const [origin, secureOrigin] = [`http://127.0.0.1:${plain}`, `https://127.0.0.1:${secure}`];
    const server = new AuthorizationServer(origin, secureOrigin, files, privateKey, jwk);
    const handle = (request: IncomingMessage, response: ServerResponse) =>
      server.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    const proof = await certificate();
    server.servers = [
      createPlain(handle).listen(plain, "127.0.0.1"),
      createSecure(proof, handle).listen(secure, "127.0.0.1"),
    ];
    await Promise.all(server.servers.map((one) => once(one, "listening")));
    return server;
  }

  async ends(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  asked(client: string): number {
    return this.requests.get(client) ?? 0;
  }

  /** Whether an API would still take this access token: its family lives. */
  isGood(accessToken: unknown): boolean {
    const family = typeof accessToken === "string" ? this.accessTokens.get(accessToken) : undefined;
    return family !== undefined && !family.isRevoked;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.secureOrigin);
    const path = url.pathname;
    const file = this.files.get(path);
    if (file !== undefined) {
      const type = path.endsWith(".js") ? "text/javascript" : "text/html";
      return void response.writeHead(200, { "content-type": type }).end(file);
    }
    const [, first = ""] = path.split("/");
    const client = ["oidc", "msal", "okta", "supabase"].includes(first) ? first : "auth0";
    if (path.endsWith("/authorize")) return this.authorize(client, url.searchParams, response);
    if (path.endsWith("/token")) return this.token(client, url, request, response);
    if (path.endsWith("/openid-configuration")) return json(response, 200, this.metadata(path.split("/.well-known")[0] ?? ""));
    if (path.endsWith("/keys")) return json(response, 200, { keys: [this.jwk] });
    response.writeHead(404).end();
  }

  private metadata(path: string): object {
    const issuer = this.secureOrigin + path;
    return {
      issuer,
      authorization_endpoint: `${issuer}/v1/authorize`,
      token_endpoint: `${issuer}/v1/token`,
      end_session_endpoint: `${issuer}/v1/logout`,
      jwks_uri: `${issuer}/v1/keys`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    };
  }

  private authorize(client: string, query: URLSearchParams, response: ServerResponse): void {
    const code = randomUUID();
    this.codes.set(code, { family: { client, isRevoked: false }, nonce: query.get("nonce") });
    const answer = new URLSearchParams({ code, state: query.get("state") ?? "" });
    const mark = query.get("response_mode") === "fragment" ? "#" : "?";
    response.writeHead(302, { location: `${query.get("redirect_uri")}${mark}${answer}` }).end();
  }

  private async token(client: string, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const given = body.startsWith("{") ? new URLSearchParams(JSON.parse(body)) : new URLSearchParams(body);
    const grant = url.searchParams.get("grant_type") ?? given.get("grant_type");
    if (grant === "client_credentials") return this.clientCredentials(request, given, response);
    if (grant === "authorization_code") {
      const code = this.codes.get(given.get("code") ?? "");
      return code ? json(response, 200, await this.tokens(code.family, code.nonce)) : json(response, 400, REFUSED);
    }
    if (grant === "password") return json(response, 200, await this.tokens({ client, isRevoked: false }, null));
    const before = this.refreshTokens.get(given.get("refresh_token") ?? "");
    this.counts(client);
    const refused = !before || before.used || before.family.isRevoked;
    if (before && refused) before.family.isRevoked = true;
    if (before) before.used = true;
    const answer = refused ? REFUSED : await this.tokens(before.family, null);
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    json(response, refused ? 400 : 200, answer);
  }

  private async clientCredentials(request: IncomingMessage, given: URLSearchParams, response: ServerResponse): Promise<void> {
    const [, basic = ""] = (request.headers.authorization ?? "").split(" ");
    const client = decodeURIComponent(Buffer.from(basic, "base64").toString().split(":")[0] ?? "") || (given.get("client_id") ?? "");
    this.counts(client);
    const { access_token, token_type, expires_in } = await this.tokens({ client, isRevoked: false }, null);
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    json(response, 200, { access_token, token_type, expires_in });
  }

  private counts(client: string): void {
    this.requests.set(client, this.asked(client) + 1);
    this.emit("request", client);
  }

  private async tokens(family: Family, nonce: string | null) {
    const paths: Record<string, string> = { auth0: "/", oidc: "/oidc", msal: "/msal", okta: "/okta/oauth2/default" };
    const issuer = this.secureOrigin + (paths[family.client] ?? "");
    const sign = (claims: object, audience: string) =>
      new SignJWT({ ...claims, jti: randomUUID() })
        .setProtectedHeader({ alg: "RS256", kid: "bench" })
        .setIssuer(issuer)
        .setSubject("person")
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${this.lifetime}s`)
        .sign(this.key);
    const refresh_token = randomUUID();
    const access_token = await sign({ scp: ["openid"], cid: family.client }, "api://bench");
    this.refreshTokens.set(refresh_token, { family, used: false });
    this.accessTokens.set(access_token, family);
    const id_token = await sign({ ...(nonce && { nonce }), preferred_username: "person", sid: "session" }, family.client);
    const user = { id: "person", aud: "authenticated", email: "bench@example.com", app_metadata: {}, user_metadata: {} };
    const expires_at = Math.floor(Date.now() / 1_000) + this.lifetime;
    return {
      access_token,
      id_token,
      refresh_token,
      token_type: "Bearer",
      scope: "openid offline_access",
      expires_in: this.lifetime,
      ...(family.client === "supabase" && { user, expires_at }),
    };
  }
}

const REFUSED = { error: "invalid_grant", error_description: "the refresh token was used before", code: "refresh_token_already_used" };

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

/** A key and a certificate for this run alone. */
async function certificate(): Promise<{ key: string; cert: string }> {
  const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "-", "-days", "2", "-subj", "/CN=127.0.0.1"];
  const { stdout } = await promisify(execFile)("openssl", words);
  return { key: stdout, cert: stdout };
}
