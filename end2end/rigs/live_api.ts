import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { type Socket, WebSocketServer } from "ws";

/** An API whose answers come by themselves, with WebSockets by a library written by others. Its one token is in clear text. */
export class LiveApi {
  /** What it was asked with: the heads of all handshakes and streams, refused ones too. */
  readonly asked: IncomingMessage[] = [];

  private constructor(
    private readonly server: Server,
    readonly token: string,
  ) {}

  static async start(token: string): Promise<LiveApi> {
    const server = createServer();
    const api = new LiveApi(server, token);
    const sockets = new WebSocketServer({
      server,
      verifyClient: ({ req }) => api.knows(req),
      handleProtocols: (offered) => (offered.has("echo") ? "echo" : false),
    });
    sockets.on("connection", (socket) => answers(socket));
    server.on("request", (request, response) => {
      if (request.url?.startsWith("/api/")) return api.streams(request, response);
      // A browser asks for an icon, too.
      if (request.url !== "/page") return void response.writeHead(204).end();
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Elsewhere</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A page of this origin, which is another one than Tokenkeep's, though on the same host. */
  get page(): string {
    return `${this.origin}/page`;
  }

  async closes(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private knows(request: IncomingMessage): boolean {
    this.asked.push(request);
    return request.headers.authorization === `Bearer ${this.token}`;
  }

  /** An event every tenth of a second, from the one after `Last-Event-ID` on. */
  private streams(request: IncomingMessage, response: ServerResponse): void {
    if (!this.knows(request)) return void response.writeHead(401).end();
    response.writeHead(200, { "content-type": "text/event-stream" });
    let next = Number(request.headers["last-event-id"] ?? -1) + 1;
    const ticks = setInterval(() => response.write(`id: ${next}\ndata: sample ${next++}\n\n`), 100);
    response.on("close", () => clearInterval(ticks));
  }
}

/** Sends back what it is sent. The text `close 4001` closes with that code, `drop` ends the connection without a word. */
function answers(socket: Socket): void {
  socket.on("message", (data, isBinary) => {
    const text = isBinary ? "" : data.toString();
    if (text === "drop") return socket.terminate();
    if (text.startsWith("close ")) return socket.close(Number(text.slice(6)), "as asked");
    socket.send(isBinary ? data : text);
  });
}
