import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { freePort } from "./ports.ts";

/** How a page of a site embeds the widget. */
export interface Embedding {
  /** Tokenkeep's origin. */
  from: string;
  key: string;
  /** How the page names its key: as an attribute of the script, or as a global before it. */
  by?: "attribute" | "global";
  chat?: boolean;
  /** How often the script tag stands in the page. */
  times?: number;
}

/**
 * Somebody's website, on another origin than Tokenkeep (and another site: `localhost` is not `127.0.0.1`), with a policy that
 * allows nothing but its own files and what embed.js needs: no inline code, no inline style, no WebAssembly, no markup made
 * from text.
 */
export class HostSite {
  private pages = new Map<string, Embedding>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<HostSite> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      if (pathname === "/key.js") {
        const key = [...site.pages.values()].at(-1)?.key ?? "";
        return void response.setHeader("content-type", "text/javascript").end(`TOKENKEEP_ORG_KEY = ${JSON.stringify(key)};`);
      }
      if (pathname === "/icon") return void response.writeHead(204).end();
      const embedding = site.pages.get(pathname);
      if (!embedding) return void response.writeHead(404).end();
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader("content-security-policy", policy(embedding.from));
      response.end(html(embedding));
    });
    const port = await freePort();
    const site = new HostSite(server, port);
    await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
    return site;
  }

  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** A new page with the widget; its address. */
  page(embedding: Embedding): string {
    const path = `/page-${this.pages.size + 1}`;
    this.pages.set(path, embedding);
    return this.origin + path;
  }

  async closes(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function policy(tokenkeep: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${tokenkeep}`,
    `connect-src 'self' ${tokenkeep}`,
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function html({ from, key, by = "attribute", chat = true, times = 1 }: Embedding): string {
  const attributes = [by === "attribute" && `data-org-key="${key}"`, !chat && `data-chat="off"`].filter(Boolean).join(" ");
  const tag = `<script src="${from}/embed.js" ${attributes} async></script>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title><link rel="icon" href="/icon">
${by === "global" ? '<script src="/key.js"></script>' : ""}${tag.repeat(times)}</head>
<body><main><h1>A shop</h1><p>Everything you need.</p><button id="tokenkeep">Buy</button></main></body>
</html>`;
}
