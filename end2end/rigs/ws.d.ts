/** What the rigs use of `ws`, which brings no types of its own. */
declare module "ws" {
  import type { IncomingMessage, Server } from "node:http";

  export interface Socket {
    send(data: string | Buffer): void;
    close(code: number, reason: string): void;
    /** Ends the connection without a word. */
    terminate(): void;
    on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
  }

  export class WebSocketServer {
    constructor(options: {
      server: Server;
      verifyClient: (info: { req: IncomingMessage }) => boolean;
      handleProtocols: (protocols: Set<string>) => string | false;
    });
    on(event: "connection", listener: (socket: Socket, request: IncomingMessage) => void): this;
  }
}
