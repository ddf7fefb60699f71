/** Chromium, by puppeteer. */
import { launch, type ElementHandle, type Page } from "puppeteer-core";
import { clickSurely } from "./clicking.ts";
import { call, viewport, type Driver } from "./driver.ts";

export async function launchChromium(executablePath: string, downloads: string): Promise<Driver> {
  const browser = await launch({
    executablePath,
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"],
    downloadBehavior: { policy: "allow", downloadPath: downloads },
    headless: true,
    defaultViewport: viewport,
  });
  return new PuppeteerDriver(await browser.newPage());
}

class PuppeteerDriver implements Driver {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  evaluate<Result>(run: (argument: never) => Result | Promise<Result>, argument?: unknown): Promise<Result> {
    return this.#page.evaluate(call(run, argument)) as Promise<Result>;
  }

  async setFiles(selector: string, paths: string[]): Promise<void> {
    const input = (await this.#page.waitForSelector(selector)) as ElementHandle<HTMLInputElement> | null;
    await input?.uploadFile(...paths);
  }

  async click(selector: string): Promise<void> {
    await clickSurely(this, selector, () => this.#page.locator(selector).click());
  }

  async fill(selector: string, text: string): Promise<void> {
    // The driver's own fill empties the field before it has the focus: the page may then fill it
    // again, and the text be added to that.
    const field = (await this.#page.waitForSelector(selector)) as ElementHandle<HTMLInputElement> | null;
    await field?.evaluate((input) => {
      input.focus();
      input.select();
    });
    await this.#page.keyboard.type(text);
    // The change event comes when the field loses the focus.
    await this.#page.keyboard.press("Tab");
  }

  screenshot(): Promise<Uint8Array> {
    return this.#page.screenshot();
  }

  async close(): Promise<void> {
    await this.#page.browser().close();
  }
}
