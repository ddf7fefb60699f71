/** A static host that notes what it has sent. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { typeOf } from "../site.ts";

export interface Host {
  url: string;
  /** The paths of the files that were sent. */
  sent: Set<string>;
  stop: () => void;
}

/** `pages` come before the folders' files. `always` answers missing ones with the start page. */
export async function serve(
  folders: string[],
  {
    pages = {},
    isOpen = false,
    always = false,
  }: { pages?: Record<string, string>; isOpen?: boolean; always?: boolean } = {},
): Promise<Host> {
  const sent = new Set<string>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    const find = (path: string) =>
      folders.map((folder) => join(folder, path)).find((file) => existsSync(file) && statSync(file).isFile());
    const file = find(path) ?? (always ? find("/index.html") : undefined);
    const headers = isOpen ? { "Access-Control-Allow-Origin": "*" } : {};
    const page = pages[path];
    if (page !== undefined) response.writeHead(200, { "Content-Type": "text/html" }).end(page);
    else if (file === undefined) response.writeHead(404).end();
    else {
      sent.add(file);
      response.writeHead(200, { ...headers, "Content-Type": typeOf(file) }).end(readFileSync(file));
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sent, stop };
}
