/** WebKit, as GTK's small browser, by WebDriver over HTTP (https://www.w3.org/TR/webdriver2/). */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { call, viewport, type Driver } from "./driver.ts";

/** How long to wait: for an element, for a page, for a script; in milliseconds. */
const timeouts = { implicit: 10_000, pageLoad: 30_000, script: 120_000 };

/** The name of an element's id in WebDriver's JSON. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** `home` is an empty folder, for the browser's profile. */
export async function launchWebKit(executablePath: string, downloads: string, home: string): Promise<Driver> {
  const children: ChildProcess[] = [];
  const stop = () => {
    // With what they have started themselves.
    for (const { pid, exitCode } of children) if (pid !== undefined && exitCode === null) process.kill(-pid);
  };
  try {
    // It has no mode without a window. The server picks a free number, and writes it to this pipe.
    const screen = `${viewport.width}x${viewport.height + 200}x24`;
    const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp"], {
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    children.push(server);
    const [display] = (await once(server.stdio[3] as Readable, "data")) as [Buffer];

    await mkdir(join(home, ".config"));
    await writeFile(join(home, ".config/user-dirs.dirs"), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
    const port = await freePort();
    children.push(
      spawn(executablePath, [`--port=${port}`], {
        detached: true,
        stdio: "ignore",
        env: {
          PATH: process.env["PATH"],
          HOME: home,
          DISPLAY: `:${String(display).trim()}`,
          // Containers seldom allow what the sandbox needs; these pages are our own.
          WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
          // There is no bus for them to ask on.
          GIO_USE_VFS: "local",
          NO_AT_BRIDGE: "1",
          // Buffers of a graphics card cost time where a processor acts as one.
          WEBKIT_DISABLE_DMABUF_RENDERER: "1",
        },
      }),
    );
    const address = `http://127.0.0.1:${port}`;
    await answers(`${address}/status`);
    const { sessionId } = await request<{ sessionId: string }>("POST", `${address}/session`, {
      capabilities: { alwaysMatch: { timeouts } },
    });
    const driver = new WebDriver(`${address}/session/${sessionId}`, stop);
    await driver.resize();
    return driver;
  } catch (error) {
    stop();
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

async function answers(url: string): Promise<void> {
  for (let attempts = 100; ; attempts--) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (attempts === 0) throw error;
      await setTimeout(100);
    }
  }
}

async function request<Value>(method: "GET" | "POST" | "DELETE", url: string, body?: object): Promise<Value> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: Value & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${value.error ?? ""}: ${value.message ?? ""}`);
  return value;
}

class WebDriver implements Driver {
  readonly #session: string;
  readonly #stop: () => void;

  constructor(session: string, stop: () => void) {
    this.#session = session;
    this.#stop = stop;
  }

  /** Makes the window so large that its content is `viewport`. */
  async resize(): Promise<void> {
    const rect = (size: typeof viewport) => this.#post("/window/rect", { x: 0, y: 0, ...size });
    await rect(viewport);
    const frame = await this.evaluate(() => [outerWidth - innerWidth, outerHeight - innerHeight] as const);
    await rect({ width: viewport.width + frame[0], height: viewport.height + frame[1] });
  }

  async goto(url: string): Promise<void> {
    await this.#post("/url", { url });
  }

  async evaluate<Result>(run: (argument: never) => Result | Promise<Result>, argument?: unknown): Promise<Result> {
    const outcome = await this.#post<{ value?: Result; error?: string }>("/execute/async", {
      script: `
        const done = arguments[arguments.length - 1];
        (async () => ${call(run, argument)})().then(
          (value) => done({ value }),
          (error) => done({ error: String(error) }),
        );`,
      args: [],
    });
    if (outcome.error !== undefined) throw new Error(outcome.error);
    return outcome.value as Result;
  }

  async setFiles(selector: string, paths: string[]): Promise<void> {
    await this.#post(`${await this.#element(selector)}/value`, { text: paths.join("\n") });
  }

  async click(selector: string): Promise<void> {
    await this.#post(`${await this.#element(selector)}/click`, {});
  }

  async fill(selector: string, text: string): Promise<void> {
    // An empty field in between would be a change of its own.
    await this.evaluate((selector) => {
      const field = document.querySelector<HTMLInputElement>(selector);
      field?.focus();
      field?.select();
    }, selector);
    // With the tab key: the field is told of the change when it is left.
    await this.#post(`${await this.#element(selector)}/value`, { text: `${text}\uE004` });
  }

  async screenshot(): Promise<Uint8Array> {
    return Buffer.from(await request<string>("GET", `${this.#session}/screenshot`), "base64");
  }

  async close(): Promise<void> {
    await request("DELETE", this.#session).finally(this.#stop);
  }

  #post<Value>(path: string, body: object): Promise<Value> {
    return request("POST", this.#session + path, body);
  }

  /** The path of an element; waits for it. */
  async #element(selector: string): Promise<string> {
    const element = await this.#post<Record<string, string>>("/element", { using: "css selector", value: selector });
    return `/element/${element[ELEMENT] ?? ""}`;
  }
}
