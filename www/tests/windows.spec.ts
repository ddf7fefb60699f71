/** How browsers treat pages: hide, keep for later, open twice, and store nothing for them. */
import { readFileSync } from "node:fs";
import { chromium, expect, test, type Page } from "@playwright/test";
import { startFile, Tuner } from "./tuner.ts";
import { fillDisk, holdRequests, noise, TINY, Visitor } from "./support.ts";

/** A model of the visitor's own; each number gives a different one. */
function ownModel(number: number): Buffer {
  const file = readFileSync(startFile);
  // The lowest bits of one of the last weights, of 16 or 32 bits.
  const at = file.length - 4;
  file[at] = ((file[at] ?? 0) + number) % 256;
  return file;
}

/**
 * For `addInitScript`: the worst case of a hidden tab. No frame is drawn; timers take ten minutes.
 */
function hide(): void {
  const TEN_MINUTES = 600_000;
  const [setTimeout, setInterval] = [window.setTimeout.bind(window), window.setInterval.bind(window)];
  window.requestAnimationFrame = () => 0;
  window.requestIdleCallback = () => 0;
  Object.assign(window, {
    setTimeout: (handler: () => void) => setTimeout(handler, TEN_MINUTES),
    setInterval: (handler: () => void) => setInterval(handler, TEN_MINUTES),
  });
  Object.defineProperties(document, { hidden: { value: true }, visibilityState: { value: "hidden" } });
}

test(
  "in a hidden tab a picture is opened and enlarged, a batch is saved and a model is fine-tuned as in sight",
  { tag: "@alone" },
  async ({ page }) => {
    await page.addInitScript(hide);
    const visitor = new Tuner(page);
    await visitor.open(TINY);
    await visitor.expectState("idle");
    const large = { name: "large.bmp", mimeType: "image/bmp", buffer: noise(2000, 1500) };
    await visitor.chooseFile(large);
    await visitor.expectState("idle");
    await visitor.run();
    expect(await visitor.resultSize()).toEqual([4000, 3000]);
    // The whole of it is drawn.
    expect((await visitor.resultPixel(3999, 2999))[3]).toBe(255);
    const small = [1, 2].map((number) => ({ ...large, name: `${number}.bmp`, buffer: noise(100 * number, 100) }));
    await visitor.part("file-input").setInputFiles(small);
    await visitor.expectState("idle");
    await Promise.all([page.waitForEvent("download"), visitor.part("batch-run").click()]);
    await visitor.expectState("done");
    await visitor.setUp(20);
    await visitor.part("finetune-start").click();
    await visitor.expectPhase("done");
  },
);

test("in a hidden tab a picture is enlarged without a click as in sight", async ({ page }) => {
  await page.addInitScript(hide);
  const visitor = new Visitor(page);
  // As a visitor opens it: enlarging waits for no click.
  await page.goto(`/${TINY}`);
  await visitor.chooseFile({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(200, 150) });
  await visitor.expectState("done");
  expect(await visitor.resultSize()).toEqual([400, 300]);
  await expect(page.locator("#panel")).toContainText("small 200 × 150 pixels");
});

test("a page that the visitor leaves and comes back to has its picture, its result and its workers", async ({
  baseURL,
}, { project }) => {
  // Playwright turns the browser's memory of pages off.
  const browser = await chromium.launch({
    ...project.use.launchOptions,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  try {
    const page = await browser.newPage({ baseURL: baseURL ?? "" });
    const visitor = new Visitor(page);
    await visitor.waitForClicks();
    await page.goto("/");
    await visitor.expectState("idle");
    await visitor.chooseFile({ name: "mine.bmp", mimeType: "image/bmp", buffer: noise(300, 200) });
    await expect(visitor.part("status")).toHaveText(/^Ready/);
    await visitor.run();
    const hash = await visitor.outputHash();
    const leave = async () => {
      await page.evaluate(() =>
        addEventListener("pageshow", ({ persisted }) => (document.body.dataset["kept"] = String(persisted))),
      );
      // Another site's page.
      await page.goto("data:text/html,elsewhere");
      await page.goBack({ waitUntil: "commit" }).catch(() => undefined);
      const kept = expect(page.locator("body")).toHaveAttribute("data-kept", "true", { timeout: 20_000 });
      return kept.then(
        () => true,
        () => false,
      );
    };
    expect(await leave()).toBe(true);
    await expect(page.locator("#panel")).toContainText("mine 300 × 200 pixels");
    expect(await visitor.outputHash()).toBe(hash);
    // With the model that the next run needs too, so that the browser freezes no download.
    await visitor.part("zoom").fill("4");
    await visitor.run();
    expect(await visitor.resultSize()).toEqual([1200, 800]);

    // In the middle of a run. The browser may drop a busy page and reload it; then it is tried
    // again.
    for (let attempt = 1; ; attempt++) {
      await visitor.part("zoom").fill("16");
      await visitor.part("run").click();
      await visitor.expectState("working");
      if (await leave()) break;
      expect(attempt, "the browser never keeps the page").toBeLessThan(3);
      await visitor.chooseFile({ name: "mine.bmp", mimeType: "image/bmp", buffer: noise(300, 200) });
      await expect(visitor.part("status")).toHaveText(/^Ready/);
    }
    await visitor.expectState("done");
    expect(await visitor.resultSize()).toEqual([4800, 3200]);
  } finally {
    await browser.close();
  }
});

test("two windows do not take each other's models away, and hear of them", async ({ page, context }) => {
  const one = new Tuner(page);
  const two = new Tuner(await context.newPage());
  for (const window of [one, two]) {
    await window.open();
    await window.expectState("idle");
  }
  await one.loadModel("a.safetensors", ownModel(1));
  await expect(one.part("model")).toHaveValue("splitsr-tiny-x2-2");
  // This window does not know of the other one's model.
  await two.loadModel("b.safetensors", ownModel(2));
  await expect(two.part("model")).toHaveValue("splitsr-tiny-x2-3");
  await expect(two.part("model-note")).toContainText("this one is named splitsr-tiny-x2-3");
  await one.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect.poll(() => one.models()).toContain("splitsr-tiny-x2-3");
  await expect(one.part("model")).toHaveValue("splitsr-tiny-x2-2");
  // Both at once.
  await Promise.all([one.loadModel("c.safetensors", ownModel(3)), two.loadModel("d.safetensors", ownModel(4))]);
  await expect(one.part("model")).toHaveValue(/-[45]$/);
  await expect(two.part("model")).toHaveValue(/-[45]$/);
  await one.open();
  await one.expectState("idle");
  const own = (await one.models()).filter((name) => /^splitsr-tiny-x2-\d$/.test(name));
  expect(own.toSorted()).toEqual([2, 3, 4, 5].map((number) => `splitsr-tiny-x2-${number}`));
  // One that is deleted goes away, also where it is chosen.
  const gone = await two.part("model").inputValue();
  await one.part("model").selectOption(gone);
  await two.part("model-delete").click();
  await expect(two.part("model-note")).toContainText(`Deleted ${gone}.`);
  await one.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(one.part("model")).toHaveValue("splitsr-x2");
  expect(await one.models()).not.toContain(gone);
});

/** Opens the page, enlarges, and loads a model that stays for this visit. */
async function useWithoutStorage(page: Page, note: RegExp): Promise<void> {
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  const visitor = new Tuner(page);
  await visitor.open();
  await visitor.expectState("idle");
  // The page cannot remember the choice to wait for a click.
  await visitor.unfold("device");
  await visitor.part("auto-enlarge").uncheck();
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.loadModel("mine.safetensors", ownModel(1));
  await expect(visitor.part("model")).toHaveValue("splitsr-tiny-x2-2");
  await expect(visitor.part("model-note")).toContainText(note);
  await expect(visitor.part("model-note")).toContainText("stays in the list until you close this page");
  await visitor.run();
  await expect(visitor.part("report")).toContainText("splitsr-tiny-x2-2");
  expect(errors).toEqual([]);
}

/** How browsers keep a page from storing anything: in private windows, or at their user's wish. */
const refusals: Record<string, () => void> = {
  "there is none": () => {
    for (const name of ["indexedDB", "caches", "localStorage"])
      Object.defineProperty(window, name, { value: undefined });
    for (const name of ["storage", "locks", "serviceWorker"]) {
      Reflect.deleteProperty(Navigator.prototype, name);
    }
  },
  "asking throws": () => {
    const refuse = () => {
      throw new DOMException("It is not allowed here.", "SecurityError");
    };
    for (const name of ["indexedDB", "caches", "localStorage"]) Object.defineProperty(window, name, { get: refuse });
    if ("storage" in navigator) StorageManager.prototype.persist = refuse;
  },
  "opening fails": () => {
    IDBFactory.prototype.open = () => {
      const request = new EventTarget() as IDBOpenDBRequest;
      const error = new DOMException("It is not allowed here.", "InvalidStateError");
      Object.defineProperty(request, "error", { value: error });
      setTimeout(() => void request.onerror?.(new Event("error")));
      return request;
    };
  },
  "it never answers": () => {
    IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
  },
};

for (const [how, refuse] of Object.entries(refusals)) {
  test(`without a storage the page works: ${how}`, async ({ page }) => {
    await page.addInitScript(refuse);
    await useWithoutStorage(page, /The browser does not let this page save anything on this device/);
  });
}

test("on a full disk a loaded model can be used, and the page says that it is not saved", async ({ page }) => {
  await page.addInitScript(fillDisk);
  await useWithoutStorage(page, /There is no space left on this device/);
});

test("a list of models that did not load is loaded with the next picture, for which the link counts", async ({
  page,
}) => {
  await page.route("**/models/index.json", (route) => route.abort());
  const visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("error");
  const file = { name: "early.bmp", mimeType: "image/bmp", buffer: noise(200, 150) };
  await visitor.chooseFile(file);
  await expect(visitor.part("status")).toContainText("Could not load the list of models");
  await page.unroute("**/models/index.json");
  await visitor.chooseFile(file);
  await visitor.expectState("idle");
  await visitor.run();
  expect(new URL(page.url()).hash).toContain("model=splitsr-tiny-x2");
});

test("a picture that is chosen before the list of models is there is enlarged", async ({ page }) => {
  const list = await holdRequests(page, "**/models/index.json");
  const visitor = new Visitor(page);
  await page.goto(`/${TINY}`, { waitUntil: "commit" });
  await visitor.chooseFile({ name: "early.bmp", mimeType: "image/bmp", buffer: noise(200, 150) });
  await list.requested;
  list.release();
  await visitor.expectState("done");
  await expect(page.locator("#panel")).toContainText("early 200 × 150 pixels");
});
