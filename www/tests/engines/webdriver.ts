/**
 * Plain WebDriver (https://www.w3.org/TR/webdriver2/), whichever way its commands reach the
 * browser.
 */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { clickSurely } from "./clicking.ts";
import { call, viewport, type Driver } from "./driver.ts";

/** How long to wait: for an element, for a page, for a script; in milliseconds. */
export const timeouts = { implicit: 60_000, pageLoad: 120_000, script: 240_000 };

/** The name of an element's id in WebDriver's JSON. */
export const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** WebDriver's commands, by the names that Firefox gives them. */
export type Command =
  | "Navigate"
  | "ExecuteAsyncScript"
  | "FindElement"
  | "ElementSendKeys"
  | "SetWindowRect"
  | "TakeScreenshot"
  | "DeleteSession";

export interface Session {
  /** `parameters` are the command's body, and with it the `id` of the element that it is about. */
  send(command: Command, parameters: Record<string, unknown>): Promise<unknown>;
  /** Clicks the element of this id. */
  click(id: string): Promise<unknown>;
}

export class WebDriver implements Driver {
  readonly #session: Session;
  readonly #children: readonly ChildProcess[];

  /** The processes are ended with the session. */
  static async start(session: Session, children: readonly ChildProcess[]): Promise<WebDriver> {
    const driver = new WebDriver(session, children);
    await driver.#resize();
    return driver;
  }

  private constructor(session: Session, children: readonly ChildProcess[]) {
    this.#session = session;
    this.#children = children;
  }

  /** Makes the window so large that its content is `viewport`. */
  async #resize(): Promise<void> {
    const rect = (size: typeof viewport) => this.#session.send("SetWindowRect", { x: 0, y: 0, ...size });
    await rect(viewport);
    const frame = await this.evaluate(() => [outerWidth - innerWidth, outerHeight - innerHeight] as const);
    await rect({ width: viewport.width + frame[0], height: viewport.height + frame[1] });
  }

  async goto(url: string): Promise<void> {
    await this.#session.send("Navigate", { url });
  }

  async evaluate<Result>(run: (argument: never) => Result | Promise<Result>, argument?: unknown): Promise<Result> {
    const script = `
      const done = arguments[arguments.length - 1];
      (async () => ${call(run, argument)})().then(
        (value) => done({ value }),
        (error) => done({ error: String(error) }),
      );`;
    const outcome = await this.#session.send("ExecuteAsyncScript", { script, args: [] });
    const { value, error } = outcome as { value?: Result; error?: string };
    if (error !== undefined) throw new Error(error);
    return value as Result;
  }

  async setFiles(selector: string, paths: string[]): Promise<void> {
    await this.#session.send("ElementSendKeys", { id: await this.#element(selector), text: paths.join("\n") });
  }

  async click(selector: string): Promise<void> {
    await clickSurely(this, selector, async () => this.#session.click(await this.#element(selector)));
  }

  async fill(selector: string, text: string): Promise<void> {
    const type = async (keys: string) =>
      this.#session.send("ElementSendKeys", { id: await this.#element(selector), text: keys });
    // The page may write into the field meanwhile, which ends the selection.
    for (let attempts = 10; ; attempts--) {
      // An empty field in between would be a change of its own.
      await this.evaluate((selector) => {
        const field = document.querySelector<HTMLInputElement>(selector);
        field?.focus();
        field?.select();
      }, selector);
      await type(text);
      const value = await this.evaluate(
        (selector) => document.querySelector<HTMLInputElement>(selector)?.value,
        selector,
      );
      if (value === text) break;
      if (attempts === 0) throw new Error(`${selector} has ${String(value)} instead of ${text}`);
    }
    // The change event comes when the field loses the focus, by the tab key.
    await type("\uE004");
  }

  async screenshot(): Promise<Uint8Array> {
    // WebKit takes it with the next paint, which never comes if nothing changes: a pixel changes.
    await this.evaluate(() => {
      const pixel = document.createElement("i");
      pixel.id = "repainted";
      pixel.style.cssText = "position: fixed; right: 0; bottom: 0; width: 1px; height: 1px";
      document.documentElement.append(pixel);
      let shade = 0;
      const timer = setInterval(() => {
        shade = 1 - shade;
        pixel.style.background = `rgb(0 0 ${shade})`;
        if (!pixel.isConnected) clearInterval(timer);
      }, 50);
    });
    const picture = (await this.#session.send("TakeScreenshot", { full: false })) as string;
    await this.evaluate(() => document.querySelector("#repainted")?.remove());
    return Buffer.from(picture, "base64");
  }

  async close(): Promise<void> {
    await this.#session.send("DeleteSession", {}).finally(() => stop(this.#children));
  }

  /** The id of an element; waits for it. */
  async #element(selector: string): Promise<string> {
    const element = await this.#session.send("FindElement", { using: "css selector", value: selector });
    return (element as Record<string, string>)[ELEMENT] ?? "";
  }
}

/**
 * Starts a program as the leader of a group of processes, with pipes as `spawn` has them. The group
 * ends with this process at the latest.
 */
export function start(children: ChildProcess[], program: string, args: string[], options?: SpawnOptions): ChildProcess {
  const child = spawn(program, args, { stdio: "ignore", ...options, detached: true });
  children.push(child);
  process.once("exit", () => stop([child]));
  return child;
}

/** Ends processes, with what they have started themselves. */
export function stop(children: readonly ChildProcess[]): void {
  for (const { pid, exitCode, signalCode } of children) {
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid);
  }
}

/** Tries again while the browser starts. */
export async function eventually<Value>(attempt: () => Promise<Value>): Promise<Value> {
  const end = performance.now() + 90_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
      await setTimeout(100);
    }
  }
}
