/** WebKit, as GTK's small browser, by WebDriver over HTTP. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { viewport, type Driver } from "./driver.ts";
import { eventually, start, stop, timeouts, WebDriver, type Command, type Session } from "./webdriver.ts";

/** Each command's method and path in a session; an element's id takes the place of `ID`. */
const paths: Record<Command, readonly ["GET" | "POST" | "DELETE", string]> = {
  Navigate: ["POST", "/url"],
  ExecuteAsyncScript: ["POST", "/execute/async"],
  FindElement: ["POST", "/element"],
  ElementSendKeys: ["POST", "/element/ID/value"],
  SetWindowRect: ["POST", "/window/rect"],
  TakeScreenshot: ["GET", "/screenshot"],
  DeleteSession: ["DELETE", ""],
};

/** `home` is an empty folder, for the browser's profile. */
export async function launchWebKit(executablePath: string, downloads: string, home: string): Promise<Driver> {
  const children: ChildProcess[] = [];
  try {
    // It has no mode without a window. The server picks a free number, and writes it to this pipe.
    const screen = `${viewport.width}x${viewport.height + 200}x24`;
    const server = start(children, "Xvfb", ["-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp"], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const [display] = (await once(server.stdio[3] as Readable, "data")) as [Buffer];

    await mkdir(join(home, ".config"));
    await writeFile(join(home, ".config/user-dirs.dirs"), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
    const port = await freePort();
    start(children, executablePath, [`--port=${port}`], {
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        DISPLAY: `:${String(display).trim()}`,
        // Containers seldom allow what the sandbox needs; these pages are our own.
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
        // There is no D-Bus in a container, which these would need.
        GIO_USE_VFS: "local",
        NO_AT_BRIDGE: "1",
        // Layers of a graphics card cost time where a processor acts as one.
        WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      },
    });
    const address = `http://127.0.0.1:${port}`;
    await eventually(() => fetch(`${address}/status`));
    const capabilities = { alwaysMatch: { timeouts } };
    const { sessionId } = (await request("POST", `${address}/session`, { capabilities })) as { sessionId: string };
    const session = `${address}/session/${sessionId}`;
    const send: Session["send"] = (command, { id, ...body }) => {
      const [method, path] = paths[command];
      return request(method, session + path.replace("ID", String(id)), method === "POST" ? body : undefined);
    };
    const click: Session["click"] = (id) => request("POST", `${session}/element/${id}/click`, {});
    return await WebDriver.start({ send, click }, children);
  } catch (error) {
    stop(children);
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function request(method: "GET" | "POST" | "DELETE", url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${value.error ?? ""}: ${value.message ?? ""}`);
  return value;
}
