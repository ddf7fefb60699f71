/** Helpers for all tests. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page, type Worker } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";

const repository = resolve(import.meta.dirname, "../..");

/** The folder with the test pictures. */
export const dataFolder = resolve(process.env["SPLITSR_DATA"] ?? join(repository, "../shared/data"));

/** The native command, to compare with. */
export function command(): string {
  const target = process.env["CARGO_TARGET_DIR"] ?? join(repository, "target");
  const path = process.env["SPLITSR_BIN"] ?? join(target, "release/splitsr");
  if (!existsSync(path)) {
    throw new Error(`there is no ${path}: build it with "cargo build --release", or name it in SPLITSR_BIN`);
  }
  return path;
}

/** The smallest model, with the fastest steps: for tests in which any network will do. */
export const SMALLEST = "splitsr-tiny-x2";
/** The link to it. */
export const TINY = `#model=${SMALLEST}`;

/** Megabytes, without the pictures: docs/benchmarks.md says that enlarging takes no more. */
export const MEMORY_BOUND = 512;

export const awkwardFile = (name: string): string => join(dataFolder, "awkward", name);

declare global {
  interface Window {
    splitsr: typeof Splitsr;
    upscaler?: Splitsr.Upscaler;
    /** See {@link Visitor.watchTasks}. */
    longestTask: number;
  }
}

/** A page of somebody else's. */
export const host = "<!doctype html><title>Host</title><body></body>";

/** Opens `host`, and loads `splitsr.js` in it. */
export async function openHost(page: Page, baseURL: string | undefined): Promise<void> {
  await page.route(`${baseURL}host.html`, (route) => route.fulfill({ contentType: "text/html", body: host }));
  await page.goto("/host.html");
  await load(page, `${baseURL}splitsr.js`);
}

export async function load(page: Page, url: string): Promise<void> {
  await page.evaluate(async (url) => {
    window.splitsr = (await import(url)) as typeof Splitsr;
  }, url);
}

/**
 * For `page.evaluate`: from now on the workers that the page starts, and those that these start,
 * answer "how much?" over the channel "memory" with the bytes of their WebAssembly.
 */
export function tellMemory(): void {
  const memories: WebAssembly.Memory[] = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports);
      memories.push(this.exports["memory"] as WebAssembly.Memory);
    }
  };
  self.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      const script = `import ${JSON.stringify(String(url))};\n(${String(tellMemory)})();`;
      super(URL.createObjectURL(new Blob([script], { type: "text/javascript" })), options);
    }
  };
  const channel = new BroadcastChannel("memory");
  channel.onmessage = ({ data }) => {
    // The others' answers arrive here as well, and the page itself has no WebAssembly.
    if (data !== "how much?" || memories.length === 0) return;
    channel.postMessage(memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
  };
}

/** A promise, and what fulfils it. */
export function signal(): [promise: Promise<void>, fulfil: () => void] {
  let fulfil: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => (fulfil = resolve));
  return [promise, () => fulfil?.()];
}

/** Holds requests back: `requested` settles with the first one, `release` lets all of them go. */
export async function holdRequests(
  page: Page,
  url: string,
): Promise<{ requested: Promise<void>; release: () => void }> {
  const [requested, note] = signal();
  const [released, release] = signal();
  await page.route(url, async (route) => {
    note();
    await released;
    // The page that asked may be gone by now.
    await route.continue().catch(() => undefined);
  });
  return { requested, release };
}

/**
 * Lets the engine send the page the first part of a result, and holds back its later messages until
 * the returned function is called. So a test can keep a run from finishing.
 */
export async function holdAfterFirstPart(page: Page): Promise<() => Promise<void>> {
  const coordinator = coordinatorOf(page);
  await coordinator.evaluate(() => {
    const post = self.postMessage.bind(self) as (...message: unknown[]) => void;
    const held: unknown[][] = [];
    let isHolding = false;
    const hold = (...message: unknown[]) => {
      if (isHolding) held.push(message);
      else post(...message);
      isHolding ||= (message[0] as { event?: { part?: unknown } }).event?.part !== undefined;
    };
    const release = () => {
      self.postMessage = post;
      for (const message of held) post(...message);
    };
    Object.assign(self, { postMessage: hold, release });
  });
  return () => coordinator.evaluate(() => (self as unknown as { release: () => void }).release());
}

/** axe's objections to the page after its transitions, during which colours are in between. */
export async function violations(page: Page): Promise<string[]> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((animation) => !(animation instanceof CSSTransition) || animation.playState !== "running"),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join()).join("; ")}`);
}

/** The engine's first worker. */
export function coordinatorOf(page: Page): Worker {
  const coordinator = page.workers().find((worker) => worker.url().includes("coordinator"));
  if (!coordinator) throw new Error("there is no coordinator worker");
  return coordinator;
}

/** The page as a visitor sees it. */
export class Visitor {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Moves the mouse: until a visitor acts, the page loads no engine and keeps nothing. */
  async stir(): Promise<void> {
    await this.page.mouse.move(8, 8);
    await this.page.mouse.move(9, 9);
  }

  /** From now on, records the tasks that block the page. */
  async watchTasks(): Promise<void> {
    await this.page.evaluate(() => {
      window.longestTask = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.longestTask = Math.max(window.longestTask, duration);
      }).observe({ type: "longtask" });
    });
  }

  async forgetTasks(): Promise<void> {
    await this.page.evaluate(() => void (window.longestTask = 0));
  }

  /** Milliseconds; 0 where none took over 50. */
  longestTask(): Promise<number> {
    return this.page.evaluate(() => window.longestTask);
  }

  part(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  /** A button of the viewer's toolbar. */
  tool(action: "out" | "actual" | "in" | "fit" | "pixels" | "region" | "loupe" | "beside" | "flip"): Locator {
    return this.page.locator(`.toolbar [data-action=${action}]`);
  }

  /** The button that leads from a part back to the whole picture. */
  get whole(): Locator {
    return this.page.locator("#stage .whole");
  }

  /** The line between both pictures. */
  get divider(): Locator {
    return this.page.locator("#stage .divider");
  }

  /** The choice of the file's format. */
  get format(): Locator {
    return this.page.locator("select", { has: this.page.locator("option[value=JPEG]") });
  }

  /** On a narrow screen without a picture, the panel is out of sight. */
  async raiseSheet(): Promise<void> {
    if ((await this.page.locator("main").getAttribute("data-sheet")) !== "low") return;
    const handle = this.page.locator("#handle");
    if (await handle.isVisible()) await handle.click();
  }

  /** Opens a section that is folded at first. What is active in it may have opened it already. */
  async unfold(section: "compare" | "network" | "tuning" | "score" | "device" | "report"): Promise<void> {
    await this.raiseSheet();
    const details = this.page.locator(`.folds > .${section}`);
    const isOpen = await details.evaluate((element: HTMLDetailsElement) => element.open);
    if (!isOpen) await details.locator("> summary").click();
  }

  /**
   * Clicks a button, or chooses a value, as soon as the page has an element that fits `selector`
   * and `text`: in the same task, so that nothing can happen in between. Call it first, then start
   * what leads there, and then await it.
   */
  async actWhen({ selector, text = /(?:)/ }: { selector: string; text?: RegExp }, testId: string, value?: string) {
    await this.page.evaluate(
      ({ selector, pattern, testId, value }) =>
        new Promise<void>((resolve, reject) => {
          const observer = new MutationObserver(() => {
            const found = [...document.querySelectorAll(selector)];
            if (!found.some(({ textContent }) => new RegExp(pattern).test(textContent))) return;
            observer.disconnect();
            const element = document.querySelector<HTMLElement>(`[data-testid=${testId}]`);
            if (value === undefined) element?.click();
            else if (element) {
              Object.assign(element, { value });
              element.dispatchEvent(new Event("change", { bubbles: true }));
            }
            if (element) resolve();
            else reject(new Error(`there is no ${testId}`));
          });
          observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        }),
      { selector, pattern: text.source, testId, value },
    );
  }

  /** From now on the page enlarges nothing without a click, so a test can look at it before. */
  async waitForClicks(): Promise<void> {
    await this.page.addInitScript(() => {
      try {
        localStorage.setItem("at-once", "no");
      } catch {
        // A sandboxed document has no storage.
      }
    });
  }

  async open(fragment = ""): Promise<void> {
    await this.waitForClicks();
    // A fragment alone would not load the page again.
    await this.page.goto("about:blank");
    await this.page.goto(`/${fragment}`);
  }

  async expectState(state: string): Promise<void> {
    await expect(this.part("status")).toHaveAttribute("data-state", state);
  }

  async chooseFile(file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.part("file-input").setInputFiles(file);
  }

  /** On a phone with a picture, the ways to open another one are folded. */
  async unfoldWays(): Promise<void> {
    const other = this.part("other-picture");
    if ((await other.isVisible()) && (await other.getAttribute("aria-expanded")) === "false") await other.click();
  }

  async chooseDemo(title: string): Promise<void> {
    await this.unfoldWays();
    await this.page.getByRole("button", { name: title }).click();
    await this.expectState("idle");
  }

  async run(): Promise<void> {
    await this.part("run").click();
    await this.expectState("done");
  }

  async chooseFormat(label: string): Promise<void> {
    await this.format.selectOption({ label });
  }

  /** The file that a click on this button saves. */
  async save(testId = "download"): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.part(testId).click()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  async resultSize(): Promise<[number, number]> {
    return this.part("result").evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]);
  }

  /** The fragment of the link that the page offers. */
  async link(): Promise<string> {
    const link = (await this.part("share-link").getAttribute("href")) ?? "";
    return link.slice(link.indexOf("#"));
  }

  /** The page's address. It becomes that link a moment after the last change. */
  async address(): Promise<string> {
    const link = (await this.part("share-link").getAttribute("href")) ?? "";
    await expect(this.page).toHaveURL(link);
    return link;
  }

  /** RGBA of one pixel of the result. */
  async resultPixel(x: number, y: number): Promise<number[]> {
    return this.part("result").evaluate(
      (canvas: HTMLCanvasElement, at) => Array.from(canvas.getContext("2d")?.getImageData(at.x, at.y, 1, 1).data ?? []),
      { x, y },
    );
  }

  /** RGBA of all pixels of the result. */
  async resultPixels(): Promise<number[]> {
    return this.part("result").evaluate((canvas: HTMLCanvasElement) =>
      Array.from(canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? []),
    );
  }

  /** The minimum alpha of the result. */
  async minAlpha(): Promise<number> {
    return this.part("result").evaluate((canvas: HTMLCanvasElement) => {
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let min = 255;
      for (let index = 3; index < data.length; index += 4) min = Math.min(min, data[index] ?? 255);
      return min;
    });
  }

  /** The output's SHA-256 as the report shows it. */
  async outputHash(): Promise<string> {
    const text = await this.part("report").innerText();
    const hash = /Output SHA-256\s+([0-9a-f]{64})/.exec(text)?.[1];
    if (!hash) throw new Error(`no hash in the report: ${text}`);
    return hash;
  }
}

/** A file as the visitor drops or pastes it: a `DataTransfer` in the page. */
export async function dataTransfer(page: Page, path: string, name: string, type: string) {
  const bytes = readFileSync(path).toString("base64");
  return page.evaluateHandle(
    ({ bytes, name, type }) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
      transfer.items.add(new File([content], name, { type }));
      return transfer;
    },
    { bytes, name, type },
  );
}

/** A BMP file of noise: large pictures are not worth keeping as files. */
export function noise(width: number, height: number): Buffer {
  const header = 54;
  const row = Math.ceil((width * 3) / 4) * 4;
  const file = Buffer.alloc(header + row * height);
  file.write("BM");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(header, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  let state = 1;
  for (let index = header; index < file.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    file[index] = state >>> 24;
  }
  return file;
}

/**
 * For `page.evaluate`: from now on IndexedDB behaves as on a full disk: transactions that write
 * abort. The browser's own limit for tests is not for it.
 */
export function fillDisk(): void {
  const put = Reflect.get(IDBObjectStore.prototype, "put");
  IDBObjectStore.prototype.put = function (value, key) {
    const { transaction } = this;
    Object.defineProperty(transaction, "error", { value: new DOMException("", "QuotaExceededError") });
    const request = put.call(this, value, key);
    transaction.abort();
    return request;
  };
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
