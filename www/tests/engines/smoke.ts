/** Shared by the cases: one browser that runs all of them, and a visitor who uses it. */
import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test as base } from "@playwright/test";
import type * as Splitsr from "../../src/module/splitsr.ts";
import { Site } from "../site.ts";
import { browsers } from "./browsers.ts";
import type { Driver } from "./driver.ts";

declare global {
  interface Window {
    splitsr: typeof Splitsr;
  }
}

/** The CSS selector of a part of the page. */
export const part = (testId: string) => `[data-testid=${testId}]`;

/** A visitor of the page, in any browser. */
export class Visitor {
  readonly driver: Driver;
  readonly site: Site;
  readonly #downloads: string;

  constructor(driver: Driver, site: Site, downloads: string) {
    this.driver = driver;
    this.site = site;
    this.#downloads = downloads;
  }

  /** Opens the page, which enlarges nothing without a click. */
  async open(fragment = ""): Promise<void> {
    // A fragment alone would not load the page again.
    await this.openHost();
    await this.driver.evaluate(() => localStorage.setItem("at-once", "no"));
    await this.driver.goto(this.site.url + fragment);
    await this.expectState(/^(?!loading$)/);
  }

  /** Opens a page of somebody else's, which has loaded `splitsr.js`. */
  async openHost(): Promise<void> {
    await this.driver.goto(`${this.site.url}host.html`);
    // Its script is a module. On a busy machine WebKit calls the page loaded before that has run.
    await expect.poll(() => this.driver.evaluate(() => "splitsr" in window)).toBe(true);
  }

  text(selector: string): Promise<string> {
    return this.driver.evaluate((selector) => document.querySelector(selector)?.textContent ?? "", selector);
  }

  attribute(selector: string, name: string): Promise<string | null> {
    return this.driver.evaluate(({ selector, name }) => document.querySelector(selector)?.getAttribute(name) ?? null, {
      selector,
      name,
    });
  }

  /** Waits until an element's text fits. */
  async expectText(selector: string, text: RegExp): Promise<void> {
    expect(await this.#when(selector, null, text)).toMatch(text);
  }

  /** Waits until an element's attribute fits; one that is not there is empty. */
  async expectAttribute(selector: string, name: string, value: string | RegExp): Promise<void> {
    const pattern = typeof value === "string" ? new RegExp(`^${value}$`) : value;
    expect(await this.#when(selector, name, pattern)).toMatch(pattern);
  }

  expectState(state: string | RegExp): Promise<void> {
    return this.expectAttribute(part("status"), "data-state", state);
  }

  /** The text or attribute once it fits the pattern, which takes long on a slow machine. */
  #when(selector: string, name: string | null, { source }: RegExp): Promise<string> {
    return this.driver.evaluate(
      ({ selector, name, source }) =>
        new Promise<string>((resolve) => {
          const read = () => {
            const element = document.querySelector(selector);
            return (name === null ? element?.textContent : element?.getAttribute(name)) ?? "";
          };
          const end = () => {
            observer.disconnect();
            clearTimeout(timer);
            resolve(read());
          };
          const look = () => {
            if (new RegExp(source).test(read())) end();
          };
          const observer = new MutationObserver(look);
          const timer = setTimeout(end, 150_000);
          observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
          look();
        }),
      { selector, name, source },
    );
  }

  async chooseDemo(title: string): Promise<void> {
    await this.driver.evaluate((title) => {
      const buttons = [...document.querySelectorAll("button")];
      buttons.find(({ textContent }) => textContent.includes(title))?.click();
    }, title);
    await this.expectText(part("status"), /^Ready/);
  }

  async run(): Promise<void> {
    await this.driver.click(part("run"));
    await this.expectState("done");
  }

  /** Chooses from a list. */
  async choose(selector: string, value: string): Promise<void> {
    await this.driver.evaluate(
      ({ selector, value }) => {
        const list = document.querySelector<HTMLSelectElement>(selector);
        if (!list) throw new Error(`there is no ${selector}`);
        list.value = value;
        list.dispatchEvent(new Event("change", { bubbles: true }));
      },
      { selector, value },
    );
  }

  resultSize(): Promise<[number, number]> {
    return this.driver.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("[data-testid=result]");
      return [canvas?.width ?? 0, canvas?.height ?? 0];
    });
  }

  /** The file that a click on this button saves. */
  async save(testId = "download"): Promise<{ name: string; bytes: Buffer }> {
    await this.driver.click(part(testId));
    let path = "";
    await expect.poll(async () => (path = await this.#saved()), { intervals: [50] }).not.toBe("");
    const bytes = await readFile(path);
    await rm(path);
    return { name: basename(path), bytes };
  }

  /** The path of the file that is saved; empty until it is complete. */
  async #saved(): Promise<string> {
    const names = await readdir(this.#downloads);
    // Firefox writes beside an empty file of the right name.
    if (names.some((name) => /\.(part|crdownload|wkdownload)$/.test(name))) return "";
    const path = join(this.#downloads, names[0] ?? "");
    if (names.length !== 1) return "";
    // It may be renamed at this moment.
    const size = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    return size > 0 ? path : "";
  }
}

const host = `<!doctype html>
<title>Host</title>
<script type="module">
  import * as splitsr from "./splitsr.js";
  window.splitsr = splitsr;
</script>`;

export const test = base.extend<{ visitor: Visitor }, { shared: Visitor }>({
  /** One browser for all cases, as for a visitor: traces that one leaves would affect the next. */
  shared: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads here what a fixture needs
    async ({}, use, { project }) => {
      const browser = browsers.find(({ name }) => name === project.name);
      if (!browser) throw new Error(`there is no browser ${project.name}`);
      const folder = await mkdtemp(join(tmpdir(), "splitsr-"));
      const [downloads, home] = [join(folder, "downloads"), join(folder, "home")];
      await Promise.all([mkdir(downloads), mkdir(home)]);
      const site = new Site();
      site.changed.set("host.html", host);
      await site.start();
      const driver = await browser.launch(downloads, home);
      await use(new Visitor(driver, site, downloads));
      await driver.close();
      await site.stop();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 120_000 },
  ],
  visitor: async ({ shared }, use, info) => {
    await use(shared);
    if (info.status === info.expectedStatus) return;
    await writeFile(info.outputPath("screenshot.png"), await shared.driver.screenshot());
  },
});
