/**
 * The element `splitsr-zoom` on somebody else's page: the lens, the size that the box needs, slots,
 * parts, laziness.
 */
import { createServer, type Server } from "node:http";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test, type Locator, type Page } from "@playwright/test";
import type * as Splitsr from "../src/module/splitsr.ts";
import { dataFolder, holdRequests, load, SMALLEST, violations } from "./support.ts";
import { boxOf, FUR, Touch } from "./viewing.ts";

interface Heard {
  type: string;
  detail: { x: number; y: number; zoom: number; region?: Splitsr.Area; message?: string };
}

declare global {
  interface Window {
    /** The element's events so far. */
    heard: Heard[];
  }
}

const pageWith = (body: string) =>
  `<!doctype html><html lang="en"><title>Host</title><meta name="viewport" content="width=device-width">
    <style>body { margin: 20px }</style><main>${body}</main>`;

/** Opens a page that holds `body`, and loads the module. */
async function openPage(page: Page, baseURL: string | undefined, body: string, url = "/host.html"): Promise<void> {
  await page.route(`${baseURL}host.html`, (route) => route.fulfill({ contentType: "text/html", body: pageWith(body) }));
  await page.addInitScript(() => {
    window.heard = [];
    for (const type of ["zoom", "splitsr-done", "splitsr-error"]) {
      document.addEventListener(type, (event) => {
        const { detail } = event as CustomEvent<Heard["detail"]>;
        window.heard.push({ type, detail: detail instanceof Error ? ({ message: detail.message } as never) : detail });
      });
    }
  });
  // The lens has its size at once.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(url);
  await load(page, `${baseURL}splitsr.js`);
}

const magnified = (attributes = "") =>
  `<h1>Host</h1><splitsr-zoom src="demo/fur.png" alt="A dog" model="${SMALLEST}" zoom="4" magnify ${attributes}></splitsr-zoom>`;

const eventsOf = (page: Page, type: string) =>
  page.evaluate((type) => window.heard.filter((one) => one.type === type).map(({ detail }) => detail), type);

const count = (page: Page, type: string) => () => eventsOf(page, type).then(({ length }) => length);

const lens = (page: Page): Locator => page.locator("splitsr-zoom [part=lens]");
const frame = (page: Page): Locator => page.getByRole("application", { name: "Magnifier" });

/** Where the frame is, once its picture is loaded. */
async function boxOfFrame(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  await expect(page.locator("splitsr-zoom img")).not.toHaveJSProperty("naturalWidth", 0);
  return boxOf(frame(page));
}

/** The last event `zoom`. */
async function seen(page: Page): Promise<Heard["detail"] & { region: Splitsr.Area }> {
  const last = (await eventsOf(page, "zoom")).at(-1);
  if (!last?.region) throw new Error("there was no event");
  return { ...last, region: last.region };
}

/**
 * The lens's largest difference, in levels, from the same region of a whole picture that is four
 * times as large.
 */
const differenceFrom = (page: Page, how: "network" | "plain") =>
  page.evaluate(
    async ({ how, model }) => {
      const zoom = document.querySelector("splitsr-zoom");
      const lens = zoom?.shadowRoot?.querySelector<HTMLCanvasElement>("[part=lens]");
      const region = window.heard.findLast(({ type }) => type === "zoom")?.detail.region;
      const image = zoom?.shadowRoot?.querySelector("img");
      if (!lens || !region || !image) throw new Error("there is no lens");
      const { width, height } = lens;
      const whole = new OffscreenCanvas(4 * image.naturalWidth, 4 * image.naturalHeight).getContext("2d");
      const part = lens.getContext("2d")?.getImageData(0, 0, width, height);
      if (!whole || !part) throw new Error("no canvas");
      if (how === "network") {
        const upscaler = await window.splitsr.createUpscaler({ model });
        whole.putImageData((await upscaler.upscale("demo/fur.png", { scale: 4 })).imageData(), 0, 0);
        upscaler.destroy();
      } else {
        whole.imageSmoothingQuality = "high";
        whole.drawImage(image, 0, 0, whole.canvas.width, whole.canvas.height);
      }
      const other = whole.getImageData(4 * region.left, 4 * region.top, width, height);
      return part.data.reduce((max, value, at) => Math.max(max, Math.abs(value - (other.data[at] ?? 0))), 0);
    },
    { how, model: SMALLEST },
  );

test.describe("the lens", () => {
  test("follows the mouse, and shows what the network makes of what is under it", async ({ page, baseURL }) => {
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url()));
    const model = await holdRequests(page, `**/${SMALLEST}.safetensors`);
    await openPage(page, baseURL, magnified());
    const box = await boxOfFrame(page);
    expect([box.width, box.height]).toEqual([FUR.width, FUR.height]);
    await expect(lens(page)).toBeHidden();
    // Nothing of the engine is loaded before the lens is used.
    expect(loaded.filter((url) => /wasm|safetensors|worker|coordinator/.test(url))).toEqual([]);
    expect(page.workers()).toEqual([]);

    await page.mouse.move(box.x + 100, box.y + 120);
    await expect(lens(page)).toBeVisible();
    await model.requested;
    // The browser's own pixels, until the engine is there.
    expect(await differenceFrom(page, "plain")).toBeLessThan(24);
    // Only the newest of these is enlarged.
    for (let step = 1; step <= 20; step++) await page.mouse.move(box.x + 100 + 5 * step, box.y + 120);
    const { x, y, zoom, region } = await seen(page);
    expect([x, y, zoom]).toEqual([200, 120, 4]);
    expect(region.width).toBeCloseTo((await boxOf(lens(page))).width / 4, 1);
    // In the middle of the lens.
    expect(region.left + region.width / 2).toBeCloseTo(200, 0);
    expect(region.top + region.height / 2).toBeCloseTo(120, 0);
    expect(await eventsOf(page, "splitsr-done")).toEqual([]);
    model.release();
    // At first twofold, then fourfold.
    await expect.poll(count(page, "splitsr-done")).toBe(2);
    const newest = { model: SMALLEST, region: { left: Math.floor(region.left) } };
    expect(await eventsOf(page, "splitsr-done")).toMatchObject([newest, newest]);
    // The halo is that of one pass, and two are needed.
    expect(await differenceFrom(page, "network")).toBeLessThanOrEqual(2);
    expect(await differenceFrom(page, "plain")).toBeGreaterThan(24);

    await page.mouse.move(box.x + box.width + 10, box.y);
    await expect(lens(page)).toBeHidden();
    const whole = { left: 0, top: 0, ...FUR };
    expect(await seen(page)).toEqual({ x: FUR.width / 2, y: FUR.height / 2, zoom: 1, region: whole });
  });

  test("stays inside of the picture, and shows its corner in the corner", async ({ page, baseURL }) => {
    await openPage(page, baseURL, magnified());
    const box = await boxOfFrame(page);
    for (const [x, y] of [
      [0, 0],
      [box.width - 1, box.height - 1],
    ] as const) {
      await page.mouse.move(box.x + x, box.y + y);
      await expect(lens(page)).toBeVisible();
      const { region } = await seen(page);
      const at = await boxOf(lens(page));
      expect(at.x).toBeGreaterThanOrEqual(box.x);
      expect(at.y).toBeGreaterThanOrEqual(box.y);
      // The lens is not always a whole number of pixels wide.
      expect(at.x + at.width).toBeLessThan(box.x + box.width + 1);
      expect(at.y + at.height).toBeLessThan(box.y + box.height + 1);
      // The point under the pointer stays there.
      expect(region.left + (box.x + x - at.x) / 4).toBeCloseTo(x, 0);
      expect(region.top + (box.y + y - at.y) / 4).toBeCloseTo(y, 0);
    }
  });

  test("works by keyboard", async ({ page, baseURL }) => {
    await openPage(page, baseURL, magnified('label="Loupe"'));
    const target = page.getByRole("application", { name: "Loupe" });
    await expect(target).toHaveAttribute("tabindex", "0");
    await page.keyboard.press("Tab");
    await expect(target).toBeFocused();
    await expect(lens(page)).toBeHidden();
    await page.keyboard.press("ArrowRight");
    await expect(lens(page)).toBeVisible();
    const first = await seen(page);
    expect([first.x, first.y]).toEqual([FUR.width / 2, FUR.height / 2]);
    await page.keyboard.press("ArrowRight");
    const second = await seen(page);
    expect(second.x).toBeCloseTo(first.x + first.region.width / 8, 3);
    expect(second.y).toBe(first.y);
    await page.keyboard.press("Shift+ArrowUp");
    expect((await seen(page)).y).toBeCloseTo(first.y - first.region.height / 2, 3);
    await expect.poll(count(page, "splitsr-done")).toBeGreaterThan(0);
    await page.keyboard.press("+");
    const nearer = await seen(page);
    expect(nearer.zoom).toBe(5);
    expect(nearer.region.width).toBeCloseTo((first.region.width * 4) / 5, 3);
    await page.keyboard.press("-");
    expect((await seen(page)).zoom).toBe(4);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(lens(page)).toBeHidden();
    expect((await seen(page)).zoom).toBe(1);
    await page.keyboard.press("Enter");
    await expect(lens(page)).toBeVisible();
    await page.keyboard.press("Tab");
    await expect(lens(page)).toBeHidden();
    expect(await violations(page)).toEqual([]);
  });

  test("is closed by Escape while the mouse hovers, until it comes again", async ({ page, baseURL }) => {
    await openPage(page, baseURL, magnified());
    const { x, y } = await boxOfFrame(page);
    await page.mouse.move(x + 50, y + 50);
    await expect(lens(page)).toBeVisible();
    await page.keyboard.press("Escape");
    await page.mouse.move(x + 60, y + 60);
    await expect(lens(page)).toBeHidden();
    await page.mouse.move(0, 0);
    await page.mouse.move(x + 60, y + 60);
    await expect(lens(page)).toBeVisible();
  });

  test("is not animated for those who do not want that", async ({ page, baseURL }) => {
    await openPage(page, baseURL, magnified());
    const animation = () => lens(page).evaluate((lens) => getComputedStyle(lens).animationName);
    await expect(frame(page)).toBeVisible();
    expect(await animation()).toBe("none");
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await animation()).toBe("open");
  });

  test("needs no network where the picture has pixels enough", async ({ page, baseURL }) => {
    await openPage(page, baseURL, magnified('style="width: 62px"'));
    const { x, y, width } = await boxOfFrame(page);
    expect(width).toBe(62);
    // Six pixels of the picture for one of the page.
    await page.mouse.move(x + 30, y + 20);
    expect((await seen(page)).region.width).toBeCloseTo(((await boxOf(lens(page))).width * 6) / 4, 0);
    expect(page.workers()).toEqual([]);
    await page.evaluate(() => document.querySelector("splitsr-zoom")?.setAttribute("zoom", "8"));
    await expect.poll(count(page, "splitsr-done")).toBe(1);
  });

  test("lies over an enlarged picture as well", async ({ page, baseURL }) => {
    await openPage(page, baseURL, magnified('scale="2"'));
    await expect.poll(count(page, "splitsr-done")).toBe(1);
    const { x, y, width } = await boxOf(frame(page).getByRole("img", { name: "A dog" }));
    expect(width).toBe(2 * FUR.width);
    await page.mouse.move(x + 300, y + 200);
    expect(await seen(page)).toMatchObject({ x: 150, y: 100, zoom: 4 });
    await expect.poll(count(page, "splitsr-done")).toBe(3);
  });

  test("asks the file, and not the part, how strongly it was compressed", async ({ page, baseURL }) => {
    await openPage(
      page,
      baseURL,
      '<splitsr-zoom src="demo/snapshot.jpg" magnify zoom="4" clean="auto"></splitsr-zoom>',
    );
    const { x, y } = await boxOfFrame(page);
    await page.mouse.move(x + 100, y + 100);
    await expect.poll(count(page, "splitsr-done")).toBe(2);
    const strength = await page.evaluate(async () => {
      const upscaler = await window.splitsr.createUpscaler();
      return (await upscaler.upscale("demo/snapshot.jpg", { scale: 1, clean: "auto" })).report.clean;
    });
    expect(strength).toBeGreaterThan(30);
    expect((await eventsOf(page, "splitsr-done"))[0]).toMatchObject({ clean: strength });
  });

  test("goes when its attribute goes, and the workers with it", async ({ page, baseURL }) => {
    await openPage(page, baseURL, magnified());
    const { x, y } = await boxOfFrame(page);
    await page.mouse.move(x + 50, y + 50);
    await expect.poll(count(page, "splitsr-done")).toBe(2);
    await page.evaluate(() => {
      const zoom = document.querySelector("splitsr-zoom");
      zoom?.setAttribute("scale", "1");
      zoom?.removeAttribute("magnify");
    });
    await expect(lens(page)).toHaveCount(0);
    await expect(frame(page)).toHaveCount(0);
    await page.evaluate(() => document.querySelector("splitsr-zoom")?.setAttribute("label", "Lens"));
    await expect(page.locator("splitsr-zoom [part=frame]")).not.toHaveAttribute("aria-label");
    await expect.poll(count(page, "splitsr-done")).toBe(3);
    await expect.poll(() => page.workers().length).toBe(0);
  });
});

test.describe("with a finger", () => {
  test.use({ viewport: { width: 414, height: 700 }, hasTouch: true, isMobile: true });

  let touch: Touch;
  let box: { x: number; y: number; width: number; height: number };
  test.beforeEach(async ({ page, baseURL }) => {
    await openPage(page, baseURL, `<p style="height: 250px">Above</p>${magnified()}<p style="height: 900px">Below</p>`);
    box = await boxOfFrame(page);
    touch = new Touch(await page.context().newCDPSession(page));
  });

  const at = (x: number, y: number) => ({ x: box.x + x, y: box.y + y });

  test("a tap opens the lens above it, a drag moves it, a pinch sets its zoom, and a tap closes it", async ({
    page,
  }) => {
    await touch.tap(at(150, 100));
    await expect(lens(page)).toBeVisible();
    expect((await seen(page)).x).toBeCloseTo(150, 3);
    const above = await boxOf(lens(page));
    expect(above.y + above.height).toBeLessThan(box.y + 100);
    await expect.poll(count(page, "splitsr-done")).toBeGreaterThan(0);
    // In all directions, as the page does not scroll.
    await touch.drag(at(150, 100), at(160, 200));
    expect((await seen(page)).y).toBeCloseTo(200, 3);
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await touch.pinch(at(150, 100), 40, at(150, 100), 60);
    expect((await seen(page)).zoom).toBeCloseTo(6, 1);
    await expect(lens(page)).toBeVisible();
    await touch.tap(at(150, 100));
    await expect(lens(page)).toBeHidden();
  });

  test("a drag to the side opens it, and a tap elsewhere closes it", async ({ page }) => {
    await touch.drag(at(50, 100), at(250, 110));
    await expect(lens(page)).toBeVisible();
    const { x, y } = await seen(page);
    expect([Math.round(x), Math.round(y)]).toEqual([250, 110]);
    await touch.tap({ x: box.x + 50, y: box.y - 100 });
    await expect(lens(page)).toBeHidden();
  });

  test("up and down scrolls the page", async ({ page }) => {
    await touch.drag(at(150, 200), at(152, 50));
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(50);
    await expect(lens(page)).toBeHidden();
    expect(await eventsOf(page, "zoom")).toEqual([]);
  });

  test("the lens is beside the finger where there is no room above it", async ({ page }) => {
    await page.evaluate((y) => scrollTo(0, y), box.y);
    await touch.tap({ x: box.x + 80, y: 60 });
    const beside = await boxOf(lens(page));
    expect(beside.x).toBeGreaterThan(box.x + 80);
    expect(beside.y).toBeGreaterThan(-1);
  });
});

test.describe("the picture", () => {
  test('is enlarged as far as its box needs with scale="auto", and again when that grows', async ({
    page,
    baseURL,
  }) => {
    const body = `<splitsr-zoom src="demo/fur.png" alt="A dog" model="${SMALLEST}" scale="auto" style="width: 300px"></splitsr-zoom>`;
    await openPage(page, baseURL, body);
    const picture = page.locator("splitsr-zoom").getByRole("img", { name: "A dog" });
    await expect(picture).toHaveJSProperty("clientWidth", 300);
    // The picture has more pixels than its box needs.
    expect(page.workers()).toEqual([]);
    const grow = (width: number) =>
      page.evaluate((width) => {
        const zoom = document.querySelector("splitsr-zoom");
        if (zoom) zoom.style.width = `${width}px`;
      }, width);
    const canvas = page.locator("splitsr-zoom [part=canvas]");
    for (const [index, width] of [558, 744].entries()) {
      await grow(width);
      await expect(canvas).toHaveJSProperty("width", width);
      expect(await boxOf(canvas)).toMatchObject({ width, height: (width / FUR.width) * FUR.height });
      expect(await count(page, "splitsr-done")()).toBe(index + 1);
    }
  });

  test('is not loaded before it is in sight with loading="lazy", and neither is the engine', async ({
    page,
    baseURL,
  }) => {
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url()));
    const zoom = (name: string, more = "") =>
      `<splitsr-zoom src="demo/${name}" model="${SMALLEST}" loading="lazy" ${more}></splitsr-zoom>`;
    const gap = '<p style="height: 3000px"></p>';
    await openPage(
      page,
      baseURL,
      `${zoom("sign.png", "magnify")}${gap}${zoom("fur.png")}${zoom("fur.png", "magnify")}`,
    );
    // The first one is in sight.
    await expect(frame(page)).toHaveCount(1);
    await expect(page.locator("splitsr-zoom img").first()).toHaveJSProperty("naturalWidth", 480);
    expect(loaded.filter((url) => /fur|safetensors|wasm/.test(url))).toEqual([]);
    await page.locator("splitsr-zoom").last().scrollIntoViewIfNeeded();
    await expect.poll(count(page, "splitsr-done")).toBe(1);
    await expect(frame(page)).toHaveCount(2);
    expect(loaded.some((url) => url.endsWith("fur.png"))).toBe(true);
  });

  test("has a caption, parts for style sheets, and words for errors", async ({ page, baseURL }) => {
    const slots = '<span slot="caption">A dog at <em>night</em></span><b slot="error">There is no dog.</b>';
    const style = `<style>splitsr-zoom::part(image) { border-radius: 12px } splitsr-zoom::part(caption) { color: #333 }
      splitsr-zoom::part(lens) { width: 100px; border-radius: 0 } splitsr-zoom::part(error) { background: #ffe }</style>`;
    await openPage(page, baseURL, style + magnified().replace("</splitsr-zoom>", `${slots}</splitsr-zoom>`));
    const figure = page.getByRole("figure", { name: "A dog at night" });
    await expect(figure).toBeVisible();
    const { x, y } = await boxOfFrame(page);
    await page.mouse.move(x + 50, y + 50);
    expect(await boxOf(lens(page))).toMatchObject({ width: 100, height: 100 });
    const styles = await page.evaluate(() => {
      const root = document.querySelector("splitsr-zoom")?.shadowRoot;
      const styleOf = (part: string) => {
        const element = root?.querySelector(`[part=${part}]`);
        if (!element) throw new Error(`there is no part ${part}`);
        return getComputedStyle(element);
      };
      const parts = [...(root?.querySelectorAll("[part]") ?? [])].map((one) => one.getAttribute("part"));
      return [
        styleOf("image").borderTopLeftRadius,
        styleOf("caption").color,
        styleOf("lens").borderTopLeftRadius,
        parts,
      ];
    });
    const parts = ["frame", "image", "canvas", "progress", "lens", "caption", "error"];
    expect(styles).toEqual(["12px", "rgb(51, 51, 51)", "0px", parts]);
    const error = page.getByText("There is no dog.");
    await expect(error).toBeHidden();
    expect(await violations(page)).toEqual([]);
    await page.evaluate(() => document.querySelector("splitsr-zoom")?.setAttribute("src", "missing.png"));
    await expect(error).toBeVisible();
    expect((await eventsOf(page, "splitsr-error"))[0]?.message).toMatch(/^Could not load the picture ".*missing\.png"/);
    expect(await violations(page)).toEqual([]);
    await page.evaluate(() => document.querySelector("splitsr-zoom")?.setAttribute("src", "demo/sign.png"));
    await expect(error).toBeHidden();
  });

  test("with a scale that is none stays as it is, and says so", async ({ page, baseURL }) => {
    const zoom = (scale: string) =>
      `<splitsr-zoom src="demo/fur.png" model="${SMALLEST}" scale="${scale}"></splitsr-zoom>`;
    await openPage(page, baseURL, zoom("big") + zoom("0"));
    await expect.poll(count(page, "splitsr-error")).toBe(2);
    const messages = (await eventsOf(page, "splitsr-error")).map(({ message }) => message);
    expect(messages.sort()).toEqual([0, NaN].map((scale) => `The scale must be a number from 1 to 16, not ${scale}.`));
    for (const image of await page.locator("splitsr-zoom img").all()) {
      await expect(image).toHaveJSProperty("clientWidth", 372);
    }
  });

  test("gets other words without being enlarged again, and is decoration without them", async ({ page, baseURL }) => {
    await openPage(page, baseURL, `<splitsr-zoom src="demo/fur.png" alt="A dog" model="${SMALLEST}"></splitsr-zoom>`);
    const zoom = page.locator("splitsr-zoom");
    await expect.poll(count(page, "splitsr-done")).toBe(1);
    /** Whether it begins again, which hides the enlarged picture. */
    const setAlt = (alt: string) =>
      zoom.evaluate(async (zoom, alt) => {
        zoom.setAttribute("alt", alt);
        // An element begins a microtask later.
        await Promise.resolve();
        return zoom.shadowRoot?.querySelector("canvas")?.hidden;
      }, alt);
    expect(await setAlt("A cat")).toBe(false);
    await expect(zoom.getByRole("img", { name: "A cat" })).toBeVisible();
    expect(await setAlt("")).toBe(false);
    await expect(zoom.getByRole("img")).toHaveCount(0);
  });

  test("can be hidden, and is not a figure without a caption", async ({ page, baseURL }) => {
    await openPage(page, baseURL, magnified());
    await expect(frame(page)).toBeVisible();
    await expect(page.getByRole("figure")).toHaveCount(0);
    await page.evaluate(() => document.querySelector("splitsr-zoom")?.toggleAttribute("hidden"));
    await expect(page.locator("splitsr-zoom")).toBeHidden();
  });
});

test.describe("a picture of another site", () => {
  const servers: Server[] = [];
  test.afterEach(() => servers.splice(0).forEach((server) => server.close()));

  async function serve(content: string | Uint8Array, headers: Record<string, string>): Promise<string> {
    const server = createServer((_, response) => response.writeHead(200, headers).end(content));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  for (const answer of ["splitsr-done", "splitsr-error"]) {
    test(`is enlarged plainly, and by the network only if that site allows it (${answer})`, async ({
      page,
      baseURL,
    }) => {
      const isAllowed = answer === "splitsr-done";
      const fur = readFileSync(join(dataFolder, "demo/fur.png"));
      const picture = await serve(fur, {
        "Content-Type": "image/png",
        ...(isAllowed ? { "Access-Control-Allow-Origin": "*" } : {}),
      });
      const body = magnified().replace("demo/fur.png", picture);
      const site = await serve(pageWith(body), { "Content-Type": "text/html" });
      await openPage(page, baseURL, body, site);
      const { x, y } = await boxOfFrame(page);
      await page.mouse.move(x + 100, y + 100);
      await expect(lens(page)).toBeVisible();
      await expect.poll(count(page, answer)).toBe(isAllowed ? 2 : 1);
      if (!isAllowed) expect((await eventsOf(page, answer))[0]?.message).toContain("the site does not allow it");
      expect(await count(page, isAllowed ? "splitsr-error" : "splitsr-done")()).toBe(0);
      await expect(lens(page)).toBeVisible();
    });
  }
});
