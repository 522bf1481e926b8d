import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { Place } from "./canaries.ts";

/** A request and its answer as they passed, heads and bodies; nothing is compressed. */
interface Exchange {
  /** Method and path. */
  name: string;
  asked: Buffer;
  answered: Buffer;
}

/** A plain proxy in front of a server: keeps each byte that a browser sends and gets. */
export class Wiretap {
  private readonly exchanges: Exchange[] = [];
  /** The server's port. */
  private target = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Wiretap> {
    const server = createServer();
    const tap = new Wiretap(server);
    server.on("request", (asked, answer) => tap.passes(asked, answer));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return tap;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  leadsTo(port: number): void {
    this.target = port;
  }

  /** What the browser sent. */
  get asked(): Place[] {
    return this.exchanges.map(({ name, asked }) => ({ name, bytes: asked }));
  }

  /** What the browser got. */
  get answered(): Place[] {
    return this.exchanges.map(({ name, answered }) => ({ name, bytes: answered }));
  }

  async closes(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private passes(asked: IncomingMessage, answer: ServerResponse): void {
    const { method = "", url = "", headers } = asked;
    const exchange: Exchange = { name: `${method} ${url}`, asked: head(asked), answered: Buffer.alloc(0) };
    this.exchanges.push(exchange);
    const onward = request({ host: "127.0.0.1", port: this.target, method, path: url, headers: { ...headers, "accept-encoding": "identity" } });
    asked.on("data", (bytes: Buffer) => {
      exchange.asked = Buffer.concat([exchange.asked, bytes]);
    });
    asked.pipe(onward);
    onward.on("response", (answered) => {
      exchange.answered = head(answered);
      answered.on("data", (bytes: Buffer) => {
        exchange.answered = Buffer.concat([exchange.answered, bytes]);
      });
      answer.writeHead(answered.statusCode ?? 502, answered.rawHeaders);
      answered.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
  }
}

function head({ rawHeaders }: IncomingMessage): Buffer {
  return Buffer.from(`${rawHeaders.join("\n")}\n\n`);
}
