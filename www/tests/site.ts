/** The built site on its own server, in a folder as on any static host; can go away and change. */
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve } from "node:path";

const dist = resolve(import.meta.dirname, "../dist");

const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** A file's type, by its ending. */
export const typeOf = (path: string): string => types[extname(path)] ?? "application/octet-stream";

export class Site {
  /** Files that differ from the build's, by path; null: not there. */
  readonly changed = new Map<string, string | Uint8Array | null>();
  /** Additional headers, by path. */
  headers: (path: string) => Record<string, string> = () => ({});
  /** The connection breaks after this fraction of such a file. */
  breaks: { files: RegExp; at: number } | undefined;
  /** Such files are sent when `until` is fulfilled. */
  holds: { files: RegExp; until: Promise<void> } | undefined;
  readonly #server: Server;
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const path = pathname.replace(/^\/some\/folder\//, "") || "index.html";
      const type = typeOf(path);
      const answer = () => {
        const changed = this.changed.get(path);
        if (changed === null || (changed === undefined && !existsSync(join(dist, path)))) {
          response.writeHead(404).end();
        } else {
          response.writeHead(200, { "Content-Type": type, ...this.headers(path) });
          if (this.breaks?.files.test(path)) {
            const whole = readFileSync(join(dist, path));
            response.write(whole.subarray(0, whole.length * this.breaks.at), () => response.destroy());
          } else if (changed === undefined) createReadStream(join(dist, path)).pipe(response);
          else response.end(changed);
        }
      };
      if (this.holds?.files.test(path)) void this.holds.until.then(answer);
      else answer();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/some/folder/`;
  }

  /** On the same port as before, if it was started before. */
  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(this.#port, "127.0.0.1", done));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
