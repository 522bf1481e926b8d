/** What the rigs use of `oidc-provider`, which brings no types of its own. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  export interface GrantContext {
    oidc: { client?: { clientId: string }; params?: { client_id?: string } };
    status: number;
  }

  export default class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    on(event: "grant.success", listener: (context: GrantContext) => void): this;
    on(event: "grant.error", listener: (context: GrantContext, error: Error) => void): this;
  }
}
