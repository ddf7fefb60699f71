/** The part of a picture that is enlarged while it is marked. */
import { expect, test, type Page } from "@playwright/test";
import { noise, TINY, Visitor } from "./support.ts";
import { boxOf, layer, magnification, Touch, type Point } from "./viewing.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

/** A point of the page where a pixel of the picture is. */
async function pixelAt(page: Page, x: number, y: number): Promise<[number, number]> {
  const box = await boxOf(layer(page, "before"));
  const width = await layer(page, "before").evaluate((canvas: HTMLCanvasElement) => canvas.width);
  const scale = box.width / width;
  return [box.x + x * scale, box.y + y * scale];
}

/** The part that was enlarged, found by where the page shows the result. */
async function resultArea(page: Page): Promise<number[]> {
  const [before, after] = [await boxOf(layer(page, "before")), await boxOf(layer(page, "after"))];
  const width = await layer(page, "before").evaluate((canvas: HTMLCanvasElement) => canvas.width);
  const scale = before.width / width;
  return [after.x - before.x, after.y - before.y, after.width, after.height].map((side) => Math.round(side / scale));
}

/** Waits until the part is enlarged, which takes longer if other processes use the processor. */
async function expectArea(page: Page, area: readonly number[]): Promise<void> {
  await expect.poll(() => resultArea(page)).toEqual(area);
}

/** From now on, notes what the page asks of the engine, and what is answered. */
async function watchCalls(page: Page): Promise<() => Promise<string[]>> {
  const calls = await page.evaluateHandle(() => {
    const calls: string[] = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its object below
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message: { id: number; method?: string }, ...rest: never[]) {
      post.call(this, message, ...rest);
      const { id, method } = message;
      if (method === undefined) return;
      calls.push(method);
      // Receives an answer after the page, which has sent its next question by then.
      this.addEventListener("message", ({ data }: MessageEvent<{ id: number; event?: unknown }>) => {
        if (data.id === id && !("event" in data)) calls.push(`${method}: answered`);
      });
    };
    return calls;
  });
  return () => calls.evaluate((calls) => calls);
}

test.describe("a part", () => {
  test(
    "is enlarged while it is marked, moved and resized, and is what a link to it gives",
    { tag: "@alone" },
    async ({ page }) => {
      await visitor.chooseDemo("Fur");
      const part = visitor.tool("region");
      await part.click();
      const status = visitor.part("status");
      await page.mouse.move(...(await pixelAt(page, 100.5, 80.5)));
      await page.mouse.down();
      await page.mouse.move(...(await pixelAt(page, 139.5, 109.5)), { steps: 3 });
      await expectArea(page, [100, 80, 40, 30]);
      await page.mouse.move(...(await pixelAt(page, 179.5, 139.5)), { steps: 3 });
      await expectArea(page, [100, 80, 80, 60]);
      await expect(status).toHaveAttribute("data-state", "working");
      const shown = await visitor.resultPixel(60, 50);
      await page.mouse.up();
      await visitor.expectState("done");
      await expect(page).toHaveURL(/part=100,80,80,60/);
      expect(await visitor.resultPixel(60, 50)).toEqual(shown);
      // All of it is enlarged, not only the part to the right of the divider.
      await expect(visitor.divider).toHaveAttribute("aria-valuenow", "0");

      // Dragging its inside moves it.
      await page.mouse.move(...(await pixelAt(page, 140, 110)));
      await page.mouse.down();
      await page.mouse.move(...(await pixelAt(page, 170, 120)), { steps: 4 });
      await expectArea(page, [130, 90, 80, 60]);
      await expect(status).toHaveAttribute("data-state", "working");
      // It cannot be moved beyond the picture's edge.
      await page.mouse.move(...(await pixelAt(page, 20, 120)), { steps: 4 });
      await expectArea(page, [0, 90, 80, 60]);
      await page.mouse.move(...(await pixelAt(page, 170, 120)), { steps: 4 });
      await page.mouse.up();
      await visitor.expectState("done");
      await expect(page).toHaveURL(/part=130,90,80,60/);

      // The same holds under the divider, which is moved by its grip.
      const grip = await boxOf(page.locator(".grip"));
      const line = (await pixelAt(page, 150, 0))[0];
      await page.mouse.move(grip.x + grip.width - 5, grip.y + 20);
      await page.mouse.down();
      await page.mouse.move(line, grip.y + 20, { steps: 3 });
      await page.mouse.up();
      await expect(visitor.divider).not.toHaveAttribute("aria-valuenow", "0");
      await page.mouse.move(...(await pixelAt(page, 150, 110)));
      await page.mouse.down();
      await page.mouse.move(...(await pixelAt(page, 150, 115)), { steps: 4 });
      await page.mouse.move(...(await pixelAt(page, 150, 110)), { steps: 4 });
      await page.mouse.up();
      await visitor.expectState("done");
      expect(await resultArea(page)).toEqual([130, 90, 80, 60]);

      // Dragging a corner or an edge resizes it.
      const resize = async (from: Point, to: Point, area: number[]) => {
        await page.mouse.move(...(await pixelAt(page, from.x, from.y)));
        await page.mouse.down();
        await page.mouse.move(...(await pixelAt(page, to.x, to.y)), { steps: 4 });
        await expectArea(page, area);
        await page.mouse.up();
        await visitor.expectState("done");
      };
      await resize({ x: 130, y: 90 }, { x: 120, y: 100 }, [120, 100, 90, 50]);
      await resize({ x: 210, y: 120 }, { x: 230, y: 150 }, [120, 100, 110, 50]);
      await resize({ x: 170, y: 150 }, { x: 170, y: 50 }, [120, 100, 110, 1]);

      // Keys work too, since it has the focus after a drag.
      const region = page.getByRole("application", { name: /^Part: 110 × 1 pixels at 120, 100\./ });
      await expect(region).toBeFocused();
      await page.keyboard.down("Shift");
      for (let press = 0; press < 8; press++) await page.keyboard.press("ArrowDown");
      await page.keyboard.up("Shift");
      await page.keyboard.press("ArrowLeft");
      await visitor.expectState("done");
      const [left = 0, top, width, height = 0] = await resultArea(page);
      expect([top, width]).toEqual([100, 110]);
      expect(left).toBeLessThan(120);
      expect(height).toBeGreaterThan(8);

      const hash = await visitor.outputHash();
      const link = await visitor.address();
      expect(link).toContain(`part=${left},100,110,${height}`);
      await visitor.open(link.slice(link.indexOf("#")));
      await visitor.expectState("done");
      expect(await visitor.outputHash()).toBe(hash);
      await page.getByRole("application", { name: /^Part/ }).press("Delete");
      await expect(status).toHaveText(/^Ready.* 372 × 280 .* 744 × 560 /);
      await expect(page.locator(".viewport")).toBeFocused();
    },
  );

  test("keeps up with a pointer that never rests", { tag: "@alone" }, async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await visitor.tool("region").click();
    await page.mouse.move(...(await pixelAt(page, 20.5, 20.5)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 83.5, 83.5)), { steps: 2 });
    await expectArea(page, [20, 20, 64, 64]);
    await page.mouse.up();
    await visitor.expectState("done");
    const seen = await page.evaluateHandle(() => {
      const places = new Set<string>();
      const canvas = document.querySelector<HTMLElement>(".layer.after canvas");
      if (canvas) {
        new MutationObserver(() => places.add(canvas.style.transform)).observe(canvas, { attributeFilter: ["style"] });
      }
      return places;
    });
    const count = () => seen.evaluate((places) => places.size);
    await page.mouse.move(...(await pixelAt(page, 50, 50)));
    await page.mouse.down();
    let moves = 0;
    /** Moves until the part was enlarged five times on the way; how long that took, in ms. */
    const circle = async () => {
      const start = performance.now();
      for (const least = (await count()) + 5; (await count()) < least; moves++) {
        const turn = moves / 20;
        await page.mouse.move(...(await pixelAt(page, 150 + 90 * Math.sin(turn), 130 + 60 * Math.cos(turn))));
      }
      return performance.now() - start;
    };
    // While it moves it is enlarged more than once a second, also on a slow machine, and never more
    // often than it moved. Slow code is slow each time; a busy machine is not.
    const times: number[] = [];
    while (times.length < 3 && !times.some((time) => time < 5000)) times.push(await circle());
    expect(Math.min(...times), times.join(", ")).toBeLessThan(5000);
    const during = await count();
    expect(during).toBeLessThanOrEqual(moves);
    await page.mouse.move(...(await pixelAt(page, 200, 100)));
    await page.mouse.up();
    await visitor.expectState("done");
    // Nothing has piled up: only the current step, perhaps the next one, and the last one.
    expect((await count()) - during).toBeLessThanOrEqual(3);
    expect(await resultArea(page)).toEqual([170, 70, 64, 64]);
  });

  test(
    "that takes long is enlarged when the visitor lets go; a small one of a large picture at once",
    { tag: "@alone" },
    async ({ page }) => {
      // With one worker most of the picture takes long on every machine.
      await page.addInitScript(() => Object.defineProperty(navigator, "hardwareConcurrency", { value: 1 }));
      await visitor.open();
      await visitor.expectState("idle");
      const calls = await watchCalls(page);
      const picture = noise(1600, 1200);
      await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: picture });
      await expect(visitor.part("status")).toHaveText(/^Ready: 1600/);
      await visitor.tool("region").click();
      const [left, top, side] = [200, 150, 40];
      await page.mouse.move(...(await pixelAt(page, left + 0.5, top + 0.5)));
      await page.mouse.down();
      await page.mouse.move(...(await pixelAt(page, left + side - 0.5, top + side - 0.5)), { steps: 2 });
      await expectArea(page, [left, top, side, side]);
      // Most of the picture in one move: smaller parts in between might be enlarged live.
      const before = (await calls()).length;
      await page.mouse.move(...(await pixelAt(page, 1580, 1180)));
      // The engine is only asked how long that would take. The answer about the crop may come
      // before or after the question about the time.
      const estimate = ["crop", "crop: answered", "estimate", "estimate: answered"];
      await expect.poll(async () => (await calls()).slice(before).sort()).toEqual(estimate);
      expect(await resultArea(page)).toEqual([left, top, side, side]);
      await page.mouse.up();
      await expect(page.locator("#stage")).toHaveAttribute("data-shows", "preview");
      await visitor.part("cancel").click();
      await visitor.expectState("idle");

      // After a long move, the part is the same as one that is cut from the whole picture.
      await page.mouse.move(...(await pixelAt(page, 60.5, 40.5)));
      await page.mouse.down();
      await page.mouse.move(...(await pixelAt(page, 99.5, 79.5)), { steps: 2 });
      await expectArea(page, [60, 40, side, side]);
      await page.mouse.up();
      await visitor.expectState("done");
      await page.mouse.move(...(await pixelAt(page, 80, 60)));
      await page.mouse.down();
      await page.mouse.move(...(await pixelAt(page, 1320, 960)), { steps: 5 });
      await expectArea(page, [1300, 940, side, side]);
      await page.mouse.up();
      await visitor.expectState("done");
      const hash = await visitor.outputHash();
      await visitor.chooseFile({
        name: "cut.bmp",
        mimeType: "image/bmp",
        buffer: cutBmp(picture, 1600, 1200, 1300, 940, side),
      });
      await expect(visitor.part("status")).toHaveText(/^Ready: 40 × 40/);
      await visitor.run();
      expect(await visitor.outputHash()).toBe(hash);
    },
  );

  test("is drawn by the first drag in a view that is zoomed in, and is not seen side by side", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await visitor.run();
    await visitor.tool("beside").click();
    for (let press = 0; press < 6; press++) await page.locator(".viewport").press("+");
    await visitor.tool("region").click();
    await expect(page.locator(".hint")).toBeVisible();
    await expect(page.locator(".region")).toBeHidden();
    await expect(visitor.tool("beside")).toHaveAttribute("aria-pressed", "false");
    await expect(visitor.tool("beside")).toBeDisabled();
    await page.mouse.move(...(await pixelAt(page, 170.5, 130.5)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 199.5, 149.5)), { steps: 3 });
    await expectArea(page, [170, 130, 30, 20]);
    await page.mouse.up();
    await visitor.expectState("done");
    await visitor.tool("region").click();
    await expect(visitor.tool("beside")).toBeDisabled();
    await visitor.whole.click();
    await expect(visitor.tool("beside")).toHaveAttribute("aria-pressed", "true");
    await expect(visitor.tool("beside")).toBeEnabled();
  });

  test("begins by keyboard", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await visitor.tool("region").press("Enter");
    await visitor.expectState("done");
    expect(await resultArea(page)).toEqual([124, 93, 124, 93]);
    const region = page.getByRole("application", { name: /^Part: 124 × 93 pixels at 124, 93/ });
    await expect(region).toBeFocused();
    await page.keyboard.press("ArrowRight");
    await expect.poll(async () => (await resultArea(page))[0]).toBeGreaterThan(124);
    await visitor.expectState("done");
  });

  test("that was marked over a result shows that until it is enlarged itself, and goes back to it", async ({
    page,
  }) => {
    await visitor.chooseDemo("Fur");
    await visitor.run();
    await visitor.tool("region").click();
    await page.mouse.move(...(await pixelAt(page, 50.5, 60.5)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 89.5, 99.5)), { steps: 2 });
    await expectArea(page, [50, 60, 40, 40]);
    await page.mouse.up();
    await visitor.expectState("done");
    await visitor.whole.click();
    await visitor.expectState("idle");
    await expect(page.locator(".viewport")).toBeFocused();
    await expect(visitor.tool("region")).toHaveAttribute("aria-pressed", "false");
    await expect(page.locator(".region")).toBeHidden();
    await visitor.run();
    // The comparison is where it was before.
    await expect(visitor.divider).toHaveAttribute("aria-valuenow", "50");
  });

  test("stays with its result when the marking ends: a drag moves the picture again", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    const hint = page.locator(".hint");
    await expect(hint).toBeHidden();
    await visitor.tool("region").click();
    await expect(hint).toBeVisible();
    await page.mouse.move(...(await pixelAt(page, 100.5, 80.5)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 139.5, 109.5)), { steps: 3 });
    await page.mouse.up();
    await visitor.expectState("done");
    await expect(hint).toBeHidden();
    const hash = await visitor.outputHash();

    await visitor.tool("region").click();
    await expect(visitor.tool("region")).toHaveAttribute("aria-pressed", "false");
    await visitor.expectState("done");
    const before = await boxOf(layer(page, "before"));
    await page.mouse.move(...(await pixelAt(page, 120, 95)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 160, 95)), { steps: 3 });
    await page.mouse.up();
    expect((await boxOf(layer(page, "before"))).x).toBeGreaterThan(before.x + 10);
    expect(await resultArea(page)).toEqual([100, 80, 40, 30]);
    expect(await visitor.outputHash()).toBe(hash);

    // It can be changed again.
    await visitor.tool("region").click();
    await expect(page.locator(".region")).toBeVisible();
    await visitor.expectState("done");
    await page.mouse.move(...(await pixelAt(page, 120, 95)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 130, 95)), { steps: 3 });
    await page.mouse.up();
    await expectArea(page, [110, 80, 40, 30]);
  });

  test("is not a click: a click marks nothing", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await visitor.tool("region").click();
    await page.mouse.click(...(await pixelAt(page, 100, 100)));
    await expect(page.locator(".region")).toBeHidden();
    await visitor.expectState("idle");
  });
});

/** A square of a BMP file of `noise`, as such a file. */
function cutBmp(file: Buffer, width: number, height: number, left: number, top: number, side: number): Buffer {
  const header = 54;
  const cut = noise(side, side);
  const [row, cutRow] = [Math.ceil((width * 3) / 4) * 4, Math.ceil((side * 3) / 4) * 4];
  for (let y = 0; y < side; y++) {
    // Such files begin with the lowest row.
    const from = header + (height - 1 - (top + y)) * row + 3 * left;
    file.copy(cut, header + (side - 1 - y) * cutRow, from, from + 3 * side);
  }
  return cut;
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a part is marked, moved and resized by one finger, while two move the view", async ({ page }) => {
    const touch = new Touch(await page.context().newCDPSession(page));
    await page.getByRole("button", { name: "Fur" }).tap();
    await visitor.expectState("idle");
    await visitor.tool("region").tap();
    const at = async (x: number, y: number): Promise<Point> => {
      const [left, top] = await pixelAt(page, x, y);
      return { x: left, y: top };
    };
    await touch.start(await at(100.5, 80.5));
    await touch.move(await at(150, 100));
    await touch.move(await at(199.5, 179.5));
    await expectArea(page, [100, 80, 100, 100]);
    await touch.end();
    await visitor.expectState("done");

    await touch.start(await at(150, 130));
    await touch.move(await at(160, 130));
    await touch.move(await at(190, 130));
    await expectArea(page, [140, 80, 100, 100]);
    await touch.end();
    await visitor.expectState("done");

    // A finger needs not hit the corner exactly.
    await touch.start(await at(250, 190));
    await touch.move(await at(260, 195));
    await touch.move(await at(280, 210));
    await expectArea(page, [140, 80, 130, 120]);
    await touch.end();
    await visitor.expectState("done");

    const region = await page.locator(".region").getAttribute("aria-label");
    const fitted = await magnification(page);
    await touch.pinch(await at(200, 140), 30, await at(200, 140), 60);
    expect(await magnification(page)).toBeCloseTo(2 * fitted, 0);
    await expect(page.locator(".region")).toHaveAttribute("aria-label", region ?? "");
    await expect(visitor.tool("flip")).toBeAttached();
    const toolbar = await boxOf(page.locator(".toolbar"));
    expect(toolbar.x).toBeGreaterThanOrEqual(0);
    expect(toolbar.x + toolbar.width).toBeLessThanOrEqual(390);
  });
});
