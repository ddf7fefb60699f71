/** Plain WebDriver (https://www.w3.org/TR/webdriver2/), whichever way its commands reach the browser. */
import type { ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { call, viewport, type Driver } from "./driver.ts";

/** How long to wait: for an element, for a page, for a script; in milliseconds. */
export const timeouts = { implicit: 10_000, pageLoad: 30_000, script: 180_000 };

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
    // A click on a disabled button would do nothing.
    const id = await this.#element(`${selector}:not(:disabled)`);
    // And one on what moves would miss it.
    await this.evaluate(async (selector) => {
      const element = document.querySelector<HTMLElement>(selector);
      element?.scrollIntoView({ block: "center", behavior: "instant" });
      const box = () => JSON.stringify(element?.getBoundingClientRect());
      let last: string;
      do {
        last = box();
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
      } while (box() !== last);
    }, selector);
    await this.#session.click(id);
  }

  async fill(selector: string, text: string): Promise<void> {
    // An empty field in between would be a change of its own.
    await this.evaluate((selector) => {
      const field = document.querySelector<HTMLInputElement>(selector);
      field?.focus();
      field?.select();
    }, selector);
    // With the tab key: the field is told of the change when it is left.
    await this.#session.send("ElementSendKeys", { id: await this.#element(selector), text: `${text}\uE004` });
  }

  async screenshot(): Promise<Uint8Array> {
    return Buffer.from((await this.#session.send("TakeScreenshot", { full: false })) as string, "base64");
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

/** Ends processes that were started as the leaders of their groups, with what they have started themselves. */
export function stop(children: readonly ChildProcess[]): void {
  for (const { pid, exitCode } of children) if (pid !== undefined && exitCode === null) process.kill(-pid);
}

/** Tries again while the browser starts. */
export async function eventually<Value>(attempt: () => Promise<Value>): Promise<Value> {
  for (let attempts = 300; ; attempts--) {
    try {
      return await attempt();
    } catch (error) {
      if (attempts === 0) throw error;
      await setTimeout(100);
    }
  }
}
