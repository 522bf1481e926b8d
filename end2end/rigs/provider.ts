import { createServer, type Server } from "node:http";

import { createRemoteJWKSet, exportJWK, exportPKCS8, generateKeyPair, jwtVerify, type JWTPayload } from "jose";
import Provider from "oidc-provider";

import { freePort } from "./ports.ts";

/** How a client proves who it is, by the registered names. */
export type Method = "client_secret_basic" | "client_secret_post" | "client_secret_jwt" | "private_key_jwt";

/** The four methods, in the order the app shows them. */
export const METHODS: readonly Method[] = [
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "private_key_jwt",
];

/** A client the provider knows. */
export interface Client {
  id: string;
  method: Method;
  /** The client secret, or for `private_key_jwt` the key as PKCS#8 PEM. */
  credential: string;
}

/** One answer of the token endpoint. */
export interface Grant {
  clientId: string;
  granted: boolean;
  /** When, by this machine's clock. */
  at: number;
}

const RESOURCE = "https://api.example.com";

interface ClientRecord {
  metadata: object;
  /** Seconds its tokens live. */
  lifetime: number;
}

/**
 * An authorization server written by others, on a loopback port: `oidc-provider`, certified by the OpenID Foundation.
 * Its tokens are RS256 JWTs. It notes every request to its token endpoint.
 */
export class IndependentProvider {
  /** Every answer of the token endpoint, in order. */
  readonly grants: Grant[] = [];
  /** How many requests reached the token endpoint, answered or not. */
  arrived = 0;
  private server?: Server;
  private held: Promise<void> = Promise.resolve();
  private made = 0;

  private constructor(
    readonly port: number,
    private readonly clients: Map<string, ClientRecord>,
    private readonly provider: Provider,
  ) {}

  static async start(): Promise<IndependentProvider> {
    const port = await freePort();
    const clients = new Map<string, ClientRecord>();
    const provider = new Provider(`http://127.0.0.1:${port}`, await configuration(clients));
    const rig = new IndependentProvider(port, clients, provider);
    provider.on("grant.success", (context) => rig.note(context.oidc.client?.clientId, true));
    provider.on("grant.error", (context) => rig.note(context.oidc.params?.client_id, false));
    await rig.returns();
    return rig;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get tokenEndpoint(): string {
    return `${this.issuer}/token`;
  }

  /** A new client whose id and secret have the characters that must be form-encoded before base64. */
  async addClient(method: Method, options: { lifetime?: number; id?: string } = {}): Promise<Client> {
    this.made += 1;
    const id = options.id ?? `client:${this.made}%2F+&=/${method}`;
    const { credential, ...proof } = await proofFor(method, this.made);
    const metadata = {
      client_id: id,
      token_endpoint_auth_method: method,
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"],
      scope: "read write",
      ...proof,
    };
    this.clients.set(id, { metadata, lifetime: options.lifetime ?? 3_600 });
    return { id, method, credential };
  }

  /** From now on tokens of this client live so many seconds. */
  livesFor(client: Client, lifetime: number): void {
    const record = this.clients.get(client.id);
    if (record) record.lifetime = lifetime;
  }

  /** From now on requests to the token endpoint wait, until the answer is called. */
  holds(): () => void {
    let letGo = () => {};
    this.held = new Promise((resolve) => (letGo = resolve));
    return letGo;
  }

  /** How many tokens a client was given. */
  granted(client: Client): number {
    return this.grants.filter((grant) => grant.clientId === client.id && grant.granted).length;
  }

  /** How many tokens a client was given within any so many milliseconds, at most. */
  grantedWithin(client: Client, span: number): number {
    const times = this.grants.filter((grant) => grant.clientId === client.id && grant.granted).map((grant) => grant.at);
    return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + span).length));
  }

  /** Checks a token as any API would: signature against the published keys, issuer, audience, time. */
  async verified(token: string): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(`${this.issuer}/jwks`));
    const { payload } = await jwtVerify(token, keys, { issuer: this.issuer, audience: RESOURCE, typ: "at+jwt" });
    return payload;
  }

  /** The provider goes away: its port refuses connections. */
  async goesDown(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** The provider is there again, on the same port. */
  async returns(): Promise<void> {
    if (this.server) return;
    const answer = this.provider.callback();
    const server = createServer(async (request, response) => {
      if (request.url === "/token") {
        this.arrived += 1;
        await this.held;
      }
      return answer(request, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
    this.server = server;
  }

  private note(clientId: string | undefined, granted: boolean): void {
    this.grants.push({ clientId: clientId ?? "unknown", granted, at: Date.now() });
  }
}

/** A secret with a colon, a percent sign, a plus and more, long enough for HS256; or a key pair. */
async function proofFor(method: Method, number: number): Promise<{ credential: string } & Record<string, unknown>> {
  if (method !== "private_key_jwt") {
    const secret = `canary-${number}:p%41ss+w/o=r&d ~"'<>$-${"0123456789abcdef".repeat(2)}`;
    return { credential: secret, client_secret: secret };
  }
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: `key-${number}`, alg: "RS256", use: "sig" };
  return {
    credential: await exportPKCS8(privateKey),
    token_endpoint_auth_signing_alg: "RS256",
    jwks: { keys: [key] },
  };
}

async function configuration(clients: Map<string, ClientRecord>): Promise<object> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: "signing-1", alg: "RS256", use: "sig" };
  return {
    adapter: (kind: string) => new Shelf(kind === "Client" ? clients : undefined),
    jwks: { keys: [key] },
    cookies: { keys: ["only-for-tests"] },
    scopes: ["read", "write"],
    clientAuthMethods: METHODS,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        getResourceServerInfo: (_context: unknown, _resource: string, client: { clientId: string }) => ({
          scope: "read write",
          accessTokenFormat: "jwt",
          accessTokenTTL: clients.get(client.clientId)?.lifetime ?? 3_600,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  };
}

/** Keeps in memory what `oidc-provider` stores of one kind; clients come from the rig. */
class Shelf {
  private readonly items = new Map<string, object>();

  constructor(private readonly clients?: Map<string, ClientRecord>) {}

  async find(id: string): Promise<object | undefined> {
    return this.clients ? this.clients.get(id)?.metadata : this.items.get(id);
  }

  async upsert(id: string, payload: object): Promise<void> {
    this.items.set(id, payload);
  }

  async destroy(id: string): Promise<void> {
    this.items.delete(id);
  }
}
