/** Helpers for the tests of links. */
import { expect, type Browser, type Page } from "@playwright/test";
import { TINY, Visitor } from "./support.ts";

/** Opens the page with the smallest model. */
export async function visit(page: Page): Promise<Visitor> {
  const visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
  return visitor;
}

/** A visitor in a browser profile of their own. */
export async function newcomer(browser: Browser, machine: { cores?: number; relaxedSimd?: boolean } = {}) {
  const { cores, relaxedSimd = true } = machine;
  const context = await browser.newContext();
  if (cores !== undefined) {
    await context.addInitScript((value) => Object.defineProperty(navigator, "hardwareConcurrency", { value }), cores);
  }
  if (!relaxedSimd) {
    // The engine tests the browser with a module that has just one of those instructions.
    await context.route(/assets\/coordinator-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `WebAssembly.validate = () => false;\n${await response.text()}` });
    });
  }
  const bundles = new Set<string>();
  context.on("request", (request) => {
    const name = /assets\/([\w-]+)-[\w-]{8}\.wasm$/.exec(request.url())?.[1];
    if (name) bundles.add(name);
  });
  const page = await context.newPage();
  return Object.assign(new Visitor(page), { bundles, close: () => context.close() });
}

/** Enlarges a demo picture, verifies it and returns the link. */
export async function verifiedLink(sender: Visitor, demo: string, zoom: string): Promise<string> {
  await sender.open();
  await sender.chooseDemo(demo);
  await sender.part("zoom").fill(zoom);
  await sender.run();
  await sender.part("verify").click();
  await expect(sender.part("verdict")).toHaveText(/link now contains the check value/);
  return sender.link();
}

export const verified = async (receiver: Visitor) =>
  expect(receiver.part("verdict")).toHaveText(/^Reproduced exactly\./);

/** Pastes text into the page. */
export function paste(page: Page, text: string): Promise<void> {
  return page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}
