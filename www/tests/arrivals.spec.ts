/** Pictures that other apps hand over: shared with the page, opened with it, or copied. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { Site } from "./site.ts";
import { dataFolder, Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");
const png = readFileSync(fur).toString("base64");

interface Manifest {
  share_target: { action: string; method: string; enctype: string; params: { files: { name: string }[] } };
  file_handlers: { action: string; accept: Record<string, string[]> }[];
}

test.describe("shared", () => {
  test.use({ serviceWorkers: "allow" });

  let site: Site;
  let other: Server;

  test.beforeEach(async ({ page }) => {
    site = new Site();
    await site.start();
    const visitor = new Visitor(page);
    await visitor.waitForClicks();
    await page.goto(site.url);
    await visitor.stir();
    await expect(visitor.part("offline")).toHaveAttribute("data-state", "ready");
    // The page's policy forbids sending forms; the system sends this one, which belongs to no page.
    const { share_target: target } = (await (await fetch(`${site.url}manifest.webmanifest`)).json()) as Manifest;
    const action = new URL(target.action, site.url).href;
    const form = `<form action="${action}" method="${target.method}" enctype="${target.enctype}">
      <input type="file" name="${target.params.files[0]?.name ?? ""}" multiple><button>Share</button></form>`;
    other = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(form));
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
  });

  test.afterEach(async () => {
    other.closeAllConnections();
    other.close();
    await site.stop();
  });

  test("a picture is opened, once, and leaves nothing behind", async ({ page, context }) => {
    const visitor = new Visitor(page);
    await context.setOffline(true);
    await page.locator("input").setInputFiles(fur);
    await page.locator("button").click();
    await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280 /);
    await expect(page.locator("b", { hasText: "fur" })).toBeVisible();
    expect(page.url()).not.toContain("?");
    await visitor.run();
    const left = await page.evaluate(async () => {
      const keys = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
      return keys.flat().filter(({ url }) => url.endsWith("/share")).length;
    });
    expect(left).toBe(0);
    await page.reload();
    await expect(visitor.part("status")).toHaveText("Open a picture to start.");
  });

  test("several pictures become a batch", async ({ page }) => {
    await page.locator("input").setInputFiles([fur, join(dataFolder, "demo/portrait.png")]);
    await page.locator("button").click();
    await expect(page.getByTestId("batch").locator("li")).toHaveCount(2);
  });

  test("a shared picture that does not arrive is reported", async ({ page }) => {
    await page.goto(`${site.url}?shared`);
    await expect(page.getByTestId("status")).toHaveText(/^The shared picture did not arrive\./);
  });
});

test("files that the system opens with the page are opened", async ({ page }) => {
  await page.addInitScript((png) => {
    const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
    const handle = { getFile: () => Promise.resolve(new File([bytes], "from-disk.png", { type: "image/png" })) };
    const setConsumer = (take: (launch: { files: unknown[] }) => void) => {
      // The page's own start comes without a file.
      take({ files: [] });
      take({ files: [handle] });
    };
    Object.defineProperty(window, "launchQueue", { value: { setConsumer } });
  }, png);
  const visitor = new Visitor(page);
  await visitor.open();
  await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280 /);
  await expect(page.locator("b", { hasText: "from-disk" })).toBeVisible();

  const manifest = (await (await page.request.get("/manifest.webmanifest")).json()) as Manifest;
  for (const { action, accept } of manifest.file_handlers) {
    expect(new URL(action, page.url()).pathname).toBe("/");
    expect(Object.keys(accept)).toContain("image/png");
  }
});

test.describe("copied", () => {
  test.use({ permissions: ["clipboard-read", "clipboard-write"] });

  test("a picture is opened by a button, and an address is offered", async ({ page }) => {
    const visitor = new Visitor(page);
    await visitor.open();
    await visitor.expectState("idle");
    await page.evaluate(async (png) => {
      const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
    }, png);
    await visitor.part("paste").click();
    await expect(visitor.part("status")).toHaveText(/^Ready: 372 × 280 /);

    await page.evaluate(() => navigator.clipboard.writeText("https://example.com/a.png"));
    await visitor.part("paste").click();
    await expect(visitor.part("status")).toHaveText(/^The picture is at example\.com\./);
  });

  test("without the permission the page says what to do", async ({ page, context }) => {
    const visitor = new Visitor(page);
    await visitor.open();
    await visitor.expectState("idle");
    await context.clearPermissions();
    await page.evaluate(() => {
      navigator.clipboard.read = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
    });
    await visitor.part("paste").click();
    await expect(visitor.part("status")).toHaveText(/^The browser does not let this page read what you copied\./);
  });
});
