/** Good manners: works offline, contacts no other site, blocks nothing, and anyone can use it. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { MAX_SILENCE_MS } from "../src/offline/protocol.ts";
import { Site } from "./site.ts";
import { awkwardFile, dataFolder, signal, violations, Visitor } from "./support.ts";

const fur = join(dataFolder, "demo/fur.png");

test("a visitor who only looks at the page loads at most 250 KB, no engine and no model", async ({ page }) => {
  const loaded = new Map<string, number>();
  page.on("response", async (response) => {
    const body = await response.body().catch(() => Buffer.alloc(0));
    loaded.set(new URL(response.url()).pathname, gzipSync(body).length);
  });
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
  await page.waitForLoadState("networkidle");
  const files = [...loaded.keys()];
  expect(files.filter((path) => /wasm$|safetensors$|worker/.test(path))).toEqual([]);
  expect(files).toContain("/models/index.json");
  const total = [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
  expect(total, JSON.stringify([...loaded])).toBeLessThanOrEqual(250_000);

  const engine = page.waitForResponse(/simd.*wasm$/);
  const model = page.waitForResponse(/splitsr-x2\.safetensors$/);
  await visitor.stir();
  await Promise.all([engine, model]);
});

test.describe("offline", () => {
  test.use({ serviceWorkers: "allow" });

  let site: Site;
  let visitor: Visitor;

  test.beforeEach(async ({ page }) => {
    site = new Site();
    await site.start();
    visitor = new Visitor(page);
    await visitor.waitForClicks();
    await page.goto(site.url);
    await expectKept(page, "ready");
  });

  test.afterEach(() => site.stop());

  const expectKept = async (page: Page, state: string) => {
    await new Visitor(page).stir();
    await expect(page.getByTestId("offline")).toHaveAttribute("data-state", state);
  };

  /** Names of the files that are kept, without hashes. */
  const kept = async (page: Page): Promise<string[]> =>
    page.evaluate(async (base) => {
      const names = await caches.keys();
      const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return keys.flat().map(({ url }) => url.slice(base.length).replace(/-[\w-]{8}(?=\.\w+$)|\?.*/g, ""));
    }, site.url);

  const keepEverything = (page: Page) => page.getByTestId("offline").getByRole("button");

  test("after one visit the page works without a connection, in any folder of any host", async ({ page, context }) => {
    const files = await kept(page);
    expect(files).toContain("");
    expect(files).toContain("assets/relaxed-simd.wasm");
    expect(files).toContain("models/splitsr-x2.safetensors");
    // This browser, or this visitor, may never use these.
    for (const name of ["assets/simd128.wasm", "assets/gpu.wasm", "assets/codecs.wasm", "assets/de.js"])
      expect(files).not.toContain(name);
    // It enlarges the first picture without a click.
    expect(files).toContain("assets/in-view.js");

    await site.stop();
    await context.setOffline(true);
    await page.reload();
    await visitor.chooseDemo("Sign");
    await visitor.run();
    expect(await visitor.resultSize()).toEqual([960, 720]);
    await expectKept(page, "ready");
  });

  test("files that are used are kept: a picture that needs the codecs", async ({ page }) => {
    await visitor.chooseFile(awkwardFile("rgba16.png"));
    await expect(visitor.part("status")).toHaveText(/^Ready/);
    await expect.poll(() => kept(page)).toContain("assets/codecs.wasm");
    await site.stop();
    await page.reload();
    await visitor.chooseFile(awkwardFile("rgba16.png"));
    await expect(visitor.part("status")).toHaveText(/^Ready/);
  });

  test("everything is kept on request, and a broken connection is reported", async ({ page }) => {
    await site.stop();
    await keepEverything(page).click();
    await expectKept(page, "failed");
    await expect(visitor.part("offline")).toContainText("Check the connection");

    await site.start();
    await page.getByTestId("offline").getByRole("button").click();
    await expectKept(page, "kept");
    // Its button is gone.
    await expect(visitor.part("offline").getByRole("status")).toBeFocused();
    expect(await kept(page)).toEqual(
      expect.arrayContaining(["assets/simd128.wasm", "assets/gpu.wasm", "assets/gpu-worker.js", "assets/codecs.wasm"]),
    );
    await site.stop();
    await page.reload();
    await expectKept(page, "kept");
    await visitor.chooseDemo("Fur");
    await visitor.run();
    await visitor.format.selectOption("WebP");
    await Promise.all([page.waitForEvent("download"), visitor.part("download").click()]);
  });

  test("what the page uses, and so keeps, while everything is being kept is counted", async ({ page }) => {
    const [until, send] = signal();
    site.holds = { files: /safetensors$/, until };
    await keepEverything(page).click();
    await expectKept(page, "keeping");
    // The list has it after the models.
    const late = "models/replay.webp";
    expect(await kept(page)).not.toContain(late);
    await page.evaluate(async (url) => (await fetch(url)).arrayBuffer(), late);
    await expect.poll(() => kept(page)).toContain(late);
    send();
    await expectKept(page, "kept");
  });

  test("a service worker that the browser ends is reported", async ({ page, context }) => {
    const [until, send] = signal();
    site.holds = { files: /safetensors$/, until };
    await page.clock.install();
    await page.reload();
    await expectKept(page, "ready");
    await keepEverything(page).click();
    await expectKept(page, "keeping");
    const browser = await context.newCDPSession(page);
    await browser.send("ServiceWorker.enable");
    await browser.send("ServiceWorker.stopAllWorkers");
    await page.clock.fastForward(MAX_SILENCE_MS);
    await expectKept(page, "failed");
    send();
    await keepEverything(page).click();
    await expectKept(page, "kept");
  });

  test("a lack of room for everything is reported", async ({ page, context }) => {
    const browser = await context.newCDPSession(page);
    const { origin } = new URL(site.url);
    const { usage } = await browser.send("Storage.getUsageAndQuota", { origin });
    await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + 3e6 });
    await keepEverything(page).click();
    await expectKept(page, "failed");
    await expect(visitor.part("offline")).toContainText("not enough space on this device");
    await visitor.chooseDemo("Fur");
    await visitor.run();
  });

  test("a new version waits until the visitor reloads, and takes nothing from other windows", async ({
    page,
    context,
  }) => {
    await visitor.chooseDemo("Fur");
    await keepEverything(page).click();
    await expectKept(page, "kept");
    const other = await context.newPage();
    await other.goto(site.url);
    const otherVisitor = new Visitor(other);
    await otherVisitor.chooseDemo("Fur");

    // The next version: another page, and codecs of another name; the old ones are gone.
    const read = async (path: string) => (await page.request.get(site.url + path)).text();
    const worker = await read("service-worker.js");
    const codecs = /assets\/codecs-[\w-]+\.js/.exec(worker)?.[0] ?? "";
    const script = await read(codecs);
    const next = codecs.replace(".js", "2.js");
    site.changed.set("index.html", (await read("index.html")).replace(/<title>.*<\/title>/, "<title>Next</title>"));
    site.changed.set(codecs, null);
    site.changed.set(next, script);
    site.changed.set(
      "service-worker.js",
      worker.replace(codecs, next).replace(/"revision":"\w+",("url":"index.html")/, '"revision":"next",$1'),
    );
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await expect(page.locator("footer")).toContainText("A new version is available.");
    await visitor.run();

    await page
      .locator("footer")
      .getByRole("button", { name: /reload/i })
      .click();
    await expect(page).toHaveTitle("Next");
    await expect(other).not.toHaveTitle("Next");
    await otherVisitor.run();
    await otherVisitor.format.selectOption("JPEG");
    await Promise.all([other.waitForEvent("download"), otherVisitor.part("download").click()]);
    await expect(page.locator("footer")).not.toContainText("A new version is available.");
  });

  test("the browser finds nothing that keeps the page from being installed", async ({ playwright, launchOptions }) => {
    // Tests have private windows, in which nothing can be installed.
    const context = await playwright.chromium.launchPersistentContext("", launchOptions);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(site.url);
    await expectKept(page, "ready");
    const browser = await context.newCDPSession(page);
    const { url, errors } = await browser.send("Page.getAppManifest");
    expect(url).toBe(`${site.url}manifest.webmanifest`);
    expect(errors).toEqual([]);
    expect((await browser.send("Page.getInstallabilityErrors")).installabilityErrors).toEqual([]);
    await context.close();
  });

  test("a page that embeds the package gets no service worker", async ({ browser }) => {
    const context = await browser.newContext({ serviceWorkers: "allow" });
    const page = await context.newPage();
    site.changed.set("embeds.html", '<!doctype html><script type="module" src="splitsr.js"></script>');
    await page.goto(`${site.url}embeds.html`);
    const registrations = await page.evaluate(async (module) => {
      const { createUpscaler } = (await import(module)) as typeof import("../src/module/splitsr.ts");
      const upscaler = await createUpscaler({ workers: 1 });
      const { width } = await upscaler.upscale("demo/fur.png", { scale: 1.5 });
      upscaler.destroy();
      if (width !== 558) throw new Error(`the result is ${width} pixels wide`);
      return (await navigator.serviceWorker.getRegistrations()).length;
    }, `${site.url}splitsr.js`);
    expect(registrations).toBe(0);
    await context.close();
  });
});

test.describe("privacy", () => {
  test.use({ serviceWorkers: "allow" });

  /** Requests to other origins, of the pages, their workers and the service worker. */
  function foreignRequests(context: BrowserContext, origin: string): string[] {
    const foreign: string[] = [];
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "blob:" && url.origin !== origin) foreign.push(request.url());
    });
    return foreign;
  }

  test("a whole session contacts no other site, and the content security policy has nothing to stop", async ({
    page,
    context,
    baseURL,
  }) => {
    const foreign = foreignRequests(context, new URL(baseURL ?? "").origin);
    // Workers have the policy too, and what it stops there is reported only on the console.
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`stopped: ${violatedDirective} ${blockedURI}`),
      );
    });
    const visitor = new Visitor(page);
    await visitor.open();
    await visitor.expectState("idle");
    for (const file of [fur, awkwardFile("rgba16.png")]) {
      await visitor.chooseFile(file);
      await expect(visitor.part("status")).toHaveText(/^Ready/);
      await visitor.run();
      for (const format of ["PNG", "JPEG", "WebP"]) {
        await visitor.format.selectOption(format);
        await Promise.all([page.waitForEvent("download"), visitor.part("download").click()]);
      }
    }
    await visitor.chooseDemo("Print");
    await visitor.run();
    // An address is an offer, until the visitor takes it up.
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "https://example.com/picture.jpg");
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await expect(visitor.part("offer")).toContainText("example.com");
    await page.getByTestId("offline").getByRole("button").click();
    await expect(visitor.part("offline")).toHaveAttribute("data-state", "kept");
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);

    // The policy is there, and what it stops is seen.
    await page.evaluate(() => fetch("https://example.com/").catch(() => undefined));
    await expect.poll(() => complaints.join()).toContain("stopped: connect-src https://example.com");
  });
});

for (const [device, viewport] of [
  ["desktop", { width: 1280, height: 800 }],
  ["phone", { width: 390, height: 844 }],
  ["phone on its side", { width: 844, height: 390 }],
] as const) {
  test.describe(device, () => {
    test.use({ viewport, serviceWorkers: "allow" });

    test("axe finds nothing to object to, light or dark", async ({ page }) => {
      const visitor = new Visitor(page);
      const expectNothing = async (state: string) => {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          expect(await violations(page), `${state}, ${colorScheme}`).toEqual([]);
        }
      };
      await visitor.open();
      await visitor.stir();
      await expect(visitor.part("offline")).toHaveAttribute("data-state", "ready");
      await expectNothing("welcome");
      await visitor.chooseDemo("Sign");
      await expectNothing("picture");
      await visitor.run();
      await expectNothing("result");
      await page.locator("details").evaluateAll((all) => all.forEach((details) => details.setAttribute("open", "")));
      await visitor.part("compare-model").selectOption("bicubic");
      await visitor.part("diff").check();
      await visitor.expectState("done");
      await visitor.part("score-scale").selectOption("3");
      await visitor.part("score-run").click();
      await expect(visitor.part("score-csv")).toBeVisible();
      await visitor.expectState("done");
      await visitor.part("block").selectOption("ghost");
      await expectNothing("everything open");
      const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(wide, "nothing is wider than the window").toBeLessThanOrEqual(window);
      const tiny = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement | SVGTextElement>("#stage *, #panel *")].flatMap((element) => {
          const text = [...element.childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? node.nodeValue : ""));
          const scale = element instanceof SVGElement ? (element.ownerSVGElement?.getScreenCTM()?.a ?? 1) : 1;
          const size = parseFloat(getComputedStyle(element).fontSize) * scale;
          return text.join("").trim() && element.checkVisibility() && size < 11.9 ? [`${text.join("")}: ${size}`] : [];
        }),
      );
      expect(tiny, "no text is too small to read").toEqual([]);
      await visitor.part("zoom").fill("17");
      await visitor.expectState("error");
      await expectNothing("error");
    });
  });
}

/** How many elements change by a transition or an animation. */
async function movingElements(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      [...document.querySelectorAll("*")].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return /[1-9]/.test(transitionDuration) || animationName !== "none";
      }).length,
  );
}

test("visitors who want no motion get none", async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.chooseDemo("Sign");
  await visitor.run();
  expect(await movingElements(page)).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await movingElements(page)).toBe(0);
});

test("a picture is chosen, enlarged, compared and saved by Tab, Enter and arrows alone", async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
  /** Presses Tab until the part has the focus, which must show. */
  const tabTo = async (name: string, part = page.getByRole("button", { name, exact: true })) => {
    for (let presses = 0; presses < 50; presses++) {
      await page.keyboard.press("Tab");
      if (await part.evaluate((element) => element.matches(":focus-visible"))) return;
    }
    throw new Error(`the focus does not come to ${name}`);
  };
  await tabTo("Foliage");
  await page.keyboard.press("Enter");
  await visitor.expectState("idle");
  await expect(visitor.part("status")).toHaveText(/^Ready/);
  await tabTo("the run", visitor.part("run"));
  await page.keyboard.press("Enter");
  await visitor.expectState("done");

  const divider = visitor.divider;
  await tabTo("the divider", divider);
  await page.keyboard.press("ArrowLeft");
  await expect(divider).toHaveAttribute("aria-valuenow", "48");
  await tabTo("the download", visitor.part("download"));
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  expect(download.suggestedFilename()).toBe("foliage-2x.png");
});
