/** Somebody else's site, with pictures, on a port of its own. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { dataFolder } from "./support.ts";

export class RemoteSite {
  /** The requests that it got. */
  readonly requests: IncomingMessage[] = [];
  readonly #server: Server;

  constructor() {
    const fur = readFileSync(join(dataFolder, "demo/fur.png"));
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      const open = { "Access-Control-Allow-Origin": "*" };
      switch (new URL(request.url ?? "/", "http://localhost").pathname) {
        case "/pictures/fur%20ball.png":
          response.writeHead(200, { "Content-Type": "image/png", ...open }).end(fur);
          break;
        case "/moved.png":
          response.writeHead(302, { Location: "/pictures/fur%20ball.png", ...open }).end();
          break;
        case "/closed.png":
          response.writeHead(200, { "Content-Type": "image/png" }).end(fur);
          break;
        case "/page.html":
          response.writeHead(200, { "Content-Type": "text/html", ...open }).end("<!doctype html><title>No</title>");
          break;
        case "/large.png":
          response.writeHead(200, { "Content-Length": 65e6, ...open }).write("no more");
          break;
        case "/endless.png":
          response.writeHead(200, open);
          // Without a length, it shows on the way.
          for (let megabyte = 0; megabyte < 65; megabyte++) response.write(Buffer.alloc(1e6));
          response.end();
          break;
        case "/slow.png":
          response.writeHead(200, { "Content-Length": fur.length, ...open }).write(fur.subarray(0, 1000));
          break;
        case "/error.png":
          response.writeHead(500, open).end();
          break;
        default:
          response.writeHead(404, open).end();
      }
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get host(): string {
    return new URL(this.url).host;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
