/** The viewer: its gestures in both layouts, the flip between both pictures, and the part that is enlarged while it is marked. */
import { expect, test, type CDPSession, type Locator, type Page } from "@playwright/test";
import { noise, Visitor } from "./support.ts";

/** The demo's picture. */
const FUR = { width: 372, height: 280 };

interface Point {
  x: number;
  y: number;
}

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
});

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("it is not in sight");
  return box;
}

const layer = (page: Page, name: "before" | "after") => page.locator(`.layer.${name} canvas`);

/** The point of a picture that is at a point of the page, in pixels of the original. */
async function under(page: Page, name: "before" | "after", at: Point): Promise<Point> {
  const { x, y, width, height } = await boxOf(layer(page, name));
  return { x: ((at.x - x) / width) * FUR.width, y: ((at.y - y) / height) * FUR.height };
}

/** CSS pixels for each pixel of the original. */
async function magnification(page: Page): Promise<number> {
  return (await boxOf(layer(page, "before"))).width / FUR.width;
}

function expectSame(a: Point, b: Point, within = 0.5): void {
  expect(Math.hypot(a.x - b.x, a.y - b.y), `${JSON.stringify(a)} is ${JSON.stringify(b)}`).toBeLessThan(within);
}

/** Both pictures are at the same place, or at the same place of their panes. */
async function expectTogether(page: Page): Promise<void> {
  const [before, after, view] = await Promise.all([
    boxOf(layer(page, "before")),
    boxOf(layer(page, "after")),
    boxOf(page.locator(".viewport")),
  ]);
  const isBeside = await page.locator("#stage.beside").count();
  expect(after.x - before.x).toBeCloseTo(isBeside ? view.width / 2 : 0, 0);
  expect(after.y).toBeCloseTo(before.y, 0);
  expect(after.width).toBeCloseTo(before.width, 0);
}

/** Where gestures may begin, and the picture that is there. */
async function places(page: Page, layout: "divided" | "beside"): Promise<[Point, "before" | "after"][]> {
  const { x, y, width, height } = await boxOf(page.locator(".viewport"));
  const at = (across: number, down: number): Point => ({ x: x + across * width, y: y + down * height });
  return layout === "beside"
    ? [
        [at(0.2, 0.4), "before"],
        [at(0.8, 0.48), "after"],
      ]
    : [
        [at(0.4, 0.3), "before"],
        [at(0.6, 0.6), "after"],
        // The divider.
        [at(0.5, 0.3), "after"],
      ];
}

async function compareFur(page: Page, layout: "divided" | "beside"): Promise<void> {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  if (layout === "beside") await page.getByRole("button", { name: "Beside" }).click();
}

for (const layout of ["divided", "beside"] as const) {
  test.describe(layout, () => {
    test.beforeEach(({ page }) => compareFur(page, layout));

    test("the wheel and a touchpad's pinch zoom about the pointer", async ({ page }) => {
      for (const [at, name] of await places(page, layout)) {
        await page.mouse.move(at.x, at.y);
        const seen = await under(page, name, at);
        const before = await magnification(page);
        await page.mouse.wheel(0, -400);
        await expect.poll(() => magnification(page)).toBeGreaterThan(before * 1.5);
        expectSame(await under(page, name, at), seen);
        await expectTogether(page);

        // A pinch on a touchpad comes as a wheel with Ctrl.
        await page.keyboard.down("Control");
        const wide = await magnification(page);
        for (let step = 0; step < 5; step++) await page.mouse.wheel(0, 10);
        await page.keyboard.up("Control");
        await expect.poll(() => magnification(page)).toBeLessThan(wide * 0.7);
        expectSame(await under(page, name, at), seen);
        await page.locator(".viewport").press("0");
      }
    });

    test("a mouse drags the pictures, and a double click zooms in and out again", async ({ page }) => {
      const fitted = await magnification(page);
      for (const [at, name] of await places(page, layout)) {
        await page.mouse.move(at.x, at.y);
        const seen = await under(page, name, at);
        await page.mouse.dblclick(at.x, at.y);
        expect(await magnification(page)).toBeGreaterThan(fitted * 1.5);
        expectSame(await under(page, name, at), seen);
        await expectTogether(page);
        await page.mouse.dblclick(at.x, at.y);
        expect(await magnification(page)).toBeCloseTo(fitted, 3);
      }
      const [[at, name] = [{ x: 0, y: 0 }, "before" as const]] = await places(page, layout);
      const seen = await under(page, name, at);
      await page.mouse.move(at.x, at.y);
      await page.mouse.down();
      await page.mouse.move(at.x + 60, at.y + 40, { steps: 3 });
      await page.mouse.up();
      expectSame(await under(page, name, { x: at.x + 60, y: at.y + 40 }), seen);
      await expectTogether(page);
    });

    test("the keys move, zoom and flip, wherever the focus is in the viewer", async ({ page }) => {
      const divider = page.getByRole("slider", { name: "Comparison" });
      const focused = [page.locator(".viewport"), page.getByRole("button", { name: "Fit" }), divider];
      for (const element of focused) {
        await element.press("1");
        await expect(page.locator(".percent")).toHaveText("100 %");
        await element.press("+");
        await expect(page.locator(".percent")).toHaveText("125 %");
        const { y } = await boxOf(layer(page, "before"));
        await element.press("ArrowDown");
        expect((await boxOf(layer(page, "before"))).y).toBeCloseTo(y - 60, 0);
        await expectTogether(page);
        await element.press("0");
        await expect(page.locator(".percent")).not.toHaveText("125 %");
      }
    });

    test("one pixel can fill the viewer, and no more than that", async ({ page }) => {
      await page.getByRole("button", { name: "Pixels" }).click();
      const [[at] = [{ x: 0, y: 0 }]] = await places(page, layout);
      await page.mouse.move(at.x, at.y);
      for (let turns = 0; turns < 20; turns++) await page.mouse.wheel(0, -1000);
      const { width } = await boxOf(page.locator(".viewport"));
      await expect.poll(() => magnification(page)).toBeGreaterThanOrEqual(width);
      expect(await magnification(page)).toBeLessThan(2.1 * width);
      // Around the middle of that pixel there is one colour.
      const pixel = await under(page, "before", at);
      const scale = await magnification(page);
      const centre = {
        x: at.x + (Math.floor(pixel.x) + 0.5 - pixel.x) * scale,
        y: at.y + (Math.floor(pixel.y) + 0.5 - pixel.y) * scale,
      };
      const shown = await page.screenshot({ clip: { x: at.x, y: at.y, width: 40, height: 40 } });
      const colours = await coloursOf(page, shown);
      // Unless an edge of the pixel runs through it.
      const onEdge = Math.abs(centre.x - at.x - 20) > scale / 2 - 40 || Math.abs(centre.y - at.y - 20) > scale / 2 - 40;
      expect(colours).toBeLessThanOrEqual(onEdge ? 4 : 1);
      await page.locator(".viewport").press("0");
      await expectTogether(page);
    });
  });
}

/** How many colours a screenshot has. */
async function coloursOf(page: Page, png: Buffer): Promise<number> {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context?.drawImage(image, 0, 0);
    const data = context?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
    return new Set(new Uint32Array(data.buffer)).size;
  }, png.toString("base64"));
}

test("a view in a link is brought within what the viewer shows", async ({ page }) => {
  await visitor.open("#img=demo:fur&view=0.5,0.5,999999,0.5");
  await visitor.expectState("done");
  const { width } = await boxOf(page.locator(".viewport"));
  expect(await magnification(page)).toBeLessThan(2.1 * width);
  await visitor.open("#img=demo:fur&view=0.5,0.5,0.002,0.5");
  await visitor.expectState("done");
  expect(await magnification(page)).toBeGreaterThan(0.3);
});

test("both pictures flip at the same place, by key and by button", async ({ page }) => {
  const flip = page.getByRole("button", { name: "Flip" });
  await visitor.chooseDemo("Fur");
  await expect(flip).toBeDisabled();
  await visitor.run();
  const place = await boxOf(layer(page, "before"));
  const divider = page.getByRole("slider", { name: "Comparison" });
  const [before, after] = [page.locator(".tag-before"), page.locator(".tag-after")];
  await expect(before).toBeVisible();
  await page.locator(".viewport").press("x");
  await expect(divider).toHaveAttribute("aria-valuenow", "0");
  await expect(before).toBeHidden();
  await expect(after).toBeVisible();
  const clip = { x: place.x + 50, y: place.y + 50, width: 200, height: 200 };
  const enlarged = await page.screenshot({ clip });
  // The focus stays on the button, and the key goes on to work.
  await flip.click();
  await expect(divider).toHaveAttribute("aria-valuenow", "100");
  await expect(before).toBeVisible();
  await expect(after).toBeHidden();
  expect((await page.screenshot({ clip })).equals(enlarged)).toBe(false);
  await flip.press("x");
  expect((await page.screenshot({ clip })).equals(enlarged)).toBe(true);
  expect(await boxOf(layer(page, "before"))).toEqual(place);

  // Side by side each comes into the other's place.
  await page.getByRole("button", { name: "Beside" }).click();
  const [left, right] = [await boxOf(layer(page, "before")), await boxOf(layer(page, "after"))];
  await flip.click();
  const [flippedBefore, flippedAfter] = [await boxOf(layer(page, "before")), await boxOf(layer(page, "after"))];
  expect([flippedBefore.x, flippedAfter.x]).toEqual([right.x, left.x]);
  expect((await boxOf(before)).x).toBeGreaterThan((await boxOf(after)).x);
  const shown = await page.screenshot({ clip: { x: flippedAfter.x + 50, y: left.y + 50, width: 100, height: 100 } });
  await flip.press("x");
  const original = await page.screenshot({ clip: { x: left.x + 50, y: left.y + 50, width: 100, height: 100 } });
  expect(shown.equals(original)).toBe(false);
  expect(await boxOf(layer(page, "before"))).toEqual(left);
});

/** A point of the page where a pixel of the picture is. */
async function pixelAt(page: Page, x: number, y: number): Promise<[number, number]> {
  const box = await boxOf(layer(page, "before"));
  const width = await layer(page, "before").evaluate((canvas: HTMLCanvasElement) => canvas.width);
  const scale = box.width / width;
  return [box.x + x * scale, box.y + y * scale];
}

/** The part that the result is of, as the page tells by where it shows it. */
async function resultArea(page: Page): Promise<number[]> {
  const [before, after] = [await boxOf(layer(page, "before")), await boxOf(layer(page, "after"))];
  const width = await layer(page, "before").evaluate((canvas: HTMLCanvasElement) => canvas.width);
  const scale = before.width / width;
  return [after.x - before.x, after.y - before.y, after.width, after.height].map((side) => Math.round(side / scale));
}

/** Waits until the part is enlarged; it takes its time where other processes take the processor. */
async function expectArea(page: Page, area: readonly number[]): Promise<void> {
  await expect.poll(() => resultArea(page), { timeout: 20_000 }).toEqual(area);
}

test.describe("a part", () => {
  test("is enlarged while it is marked, moved and resized, and is what a link to it gives", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    const part = page.getByRole("button", { name: "Part" });
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
    // All of it is enlarged, and not what is right of the divider alone.
    await expect(page.getByRole("slider", { name: "Comparison" })).toHaveAttribute("aria-valuenow", "0");

    // By its inside it is moved.
    await page.mouse.move(...(await pixelAt(page, 140, 110)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 170, 120)), { steps: 4 });
    await expectArea(page, [130, 90, 80, 60]);
    await expect(status).toHaveAttribute("data-state", "working");
    // No further than the picture's edge.
    await page.mouse.move(...(await pixelAt(page, 20, 120)), { steps: 4 });
    await expectArea(page, [0, 90, 80, 60]);
    await page.mouse.move(...(await pixelAt(page, 170, 120)), { steps: 4 });
    await page.mouse.up();
    await visitor.expectState("done");
    await expect(page).toHaveURL(/part=130,90,80,60/);

    // So it is where the divider lies over it, which is moved by its grip.
    const grip = await boxOf(page.locator(".grip"));
    const line = (await pixelAt(page, 150, 0))[0];
    await page.mouse.move(grip.x + grip.width - 5, grip.y + 20);
    await page.mouse.down();
    await page.mouse.move(line, grip.y + 20, { steps: 3 });
    await page.mouse.up();
    await expect(page.getByRole("slider", { name: "Comparison" })).not.toHaveAttribute("aria-valuenow", "0");
    await page.mouse.move(...(await pixelAt(page, 150, 110)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 150, 115)), { steps: 4 });
    await page.mouse.move(...(await pixelAt(page, 150, 110)), { steps: 4 });
    await page.mouse.up();
    await visitor.expectState("done");
    expect(await resultArea(page)).toEqual([130, 90, 80, 60]);

    // By a corner and by an edge it is resized.
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

    // By keys, from the focus that it has after a drag.
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
    const link = page.url();
    expect(link).toContain(`part=${left},100,110,${height}`);
    await visitor.open(link.slice(link.indexOf("#")));
    await visitor.expectState("done");
    expect(await visitor.outputHash()).toBe(hash);
    await page.getByRole("application", { name: /^Part/ }).press("Delete");
    await expect(status).toHaveText("Ready: 372 × 280 pixels to 744 × 560 pixels.");
    await expect(page.locator(".viewport")).toBeFocused();
  });

  test("keeps up with a pointer that never rests", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await page.getByRole("button", { name: "Part" }).click();
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
    await page.mouse.move(...(await pixelAt(page, 50, 50)));
    await page.mouse.down();
    const end = Date.now() + 4000;
    let moves = 0;
    for (; Date.now() < end; moves++) {
      const turn = moves / 20;
      await page.mouse.move(...(await pixelAt(page, 150 + 90 * Math.sin(turn), 130 + 60 * Math.cos(turn))));
    }
    // While it moves it is enlarged more than once a second, also on a slow machine, and never more often than it moved.
    const during = await seen.evaluate((places) => places.size);
    expect(during).toBeGreaterThan(4);
    expect(during).toBeLessThanOrEqual(moves);
    await page.mouse.move(...(await pixelAt(page, 200, 100)));
    await page.mouse.up();
    const released = Date.now();
    await visitor.expectState("done");
    // Nothing has piled up.
    expect(Date.now() - released).toBeLessThan(1500);
    expect(await resultArea(page)).toEqual([170, 70, 64, 64]);
  });

  test("that takes long is enlarged when the visitor lets go; a small one of a large picture at once", async ({
    page,
  }) => {
    const picture = noise(1600, 1200);
    await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: picture });
    await expect(visitor.part("status")).toHaveText(/^Ready: 1600/);
    await page.getByRole("button", { name: "Part" }).click();
    const [left, top, side] = [700, 500, 40];
    await page.mouse.move(...(await pixelAt(page, left + 0.5, top + 0.5)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, left + side - 0.5, top + side - 0.5)), { steps: 2 });
    await expectArea(page, [left, top, side, side]);
    await page.mouse.move(...(await pixelAt(page, 1500, 1100)), { steps: 2 });
    // More than the time of a part that is live.
    await page.waitForTimeout(1000);
    expect(await resultArea(page)).toEqual([left, top, side, side]);
    await page.mouse.up();
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "arrival");
    await visitor.part("cancel").click();
    await visitor.expectState("idle");

    // Moved far, and then what was cut is what would have been cut from the whole.
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
  });

  test("begins by keyboard", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await page.getByRole("button", { name: "Part" }).press("Enter");
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
    await page.getByRole("button", { name: "Part" }).click();
    await page.mouse.move(...(await pixelAt(page, 50.5, 60.5)));
    await page.mouse.down();
    await page.mouse.move(...(await pixelAt(page, 89.5, 99.5)), { steps: 2 });
    await expectArea(page, [50, 60, 40, 40]);
    await page.mouse.up();
    await visitor.expectState("done");
    await page.getByRole("button", { name: "Part" }).click();
    await visitor.expectState("idle");
    await expect(page.locator(".region")).toBeHidden();
    await visitor.run();
    // The comparison is where it was before.
    await expect(page.getByRole("slider", { name: "Comparison" })).toHaveAttribute("aria-valuenow", "50");
  });

  test("is no click: nothing is marked by one", async ({ page }) => {
    await visitor.chooseDemo("Fur");
    await page.getByRole("button", { name: "Part" }).click();
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

  let touch: Touch;

  test.beforeEach(async ({ page }) => {
    touch = new Touch(await page.context().newCDPSession(page));
  });

  for (const layout of ["divided", "beside"] as const) {
    test(`fingers move and zoom, ${layout}`, async ({ page }) => {
      await page.getByRole("button", { name: "Fur" }).tap();
      await visitor.expectState("idle");
      await visitor.part("run").tap();
      await visitor.expectState("done");
      if (layout === "beside") await page.getByRole("button", { name: "Beside" }).tap();
      const fitted = await magnification(page);
      for (const [at, name] of await places(page, layout)) {
        // Two fingers part, and move on together.
        const seen = await under(page, name, at);
        await touch.pinch(at, 30, { x: at.x + 20, y: at.y + 30 }, 90);
        expect(await magnification(page)).toBeCloseTo(3 * fitted, 0);
        expectSame(await under(page, name, { x: at.x + 20, y: at.y + 30 }), seen, 2);
        await expectTogether(page);

        // One finger moves.
        const start = { x: 60, y: at.y };
        const there = await under(page, "before", start);
        await touch.drag(start, { x: 90, y: at.y - 20 });
        expectSame(await under(page, "before", { x: 90, y: at.y - 20 }), there, 1);
        await expectTogether(page);
        await page.locator(".viewport").press("0");

        // A double tap zooms, and another goes back.
        const tapped = await under(page, name, at);
        await touch.tap(at);
        await touch.tap(at);
        await expect.poll(() => magnification(page)).toBeGreaterThan(1.5 * fitted);
        expectSame(await under(page, name, at), tapped);
        await touch.tap(at);
        await touch.tap(at);
        await expect.poll(() => magnification(page)).toBeCloseTo(fitted, 3);
      }
      const divider = page.getByRole("slider", { name: "Comparison" });
      await expect(divider).toHaveAttribute("aria-valuenow", "50");
      expect(await page.evaluate(() => scrollY)).toBe(0);
    });
  }

  test("a part is marked, moved and resized by one finger, while two move the view", async ({ page }) => {
    await page.getByRole("button", { name: "Fur" }).tap();
    await visitor.expectState("idle");
    await page.getByRole("button", { name: "Part" }).tap();
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
    await expect(page.getByRole("button", { name: "Flip" })).toBeAttached();
    const toolbar = await boxOf(page.locator(".toolbar"));
    expect(toolbar.x).toBeGreaterThanOrEqual(0);
    expect(toolbar.x + toolbar.width).toBeLessThanOrEqual(390);
  });
});

/** Fingers on the screen. */
class Touch {
  readonly #session: CDPSession;

  constructor(session: CDPSession) {
    this.#session = session;
  }

  async #send(type: "touchStart" | "touchMove" | "touchEnd", points: Point[]): Promise<void> {
    const touchPoints = points.map(({ x, y }, id) => ({ x, y, id }));
    await this.#session.send("Input.dispatchTouchEvent", { type, touchPoints });
  }

  start = (...points: Point[]): Promise<void> => this.#send("touchStart", points);
  move = (...points: Point[]): Promise<void> => this.#send("touchMove", points);
  end = (): Promise<void> => this.#send("touchEnd", []);

  async tap(at: Point): Promise<void> {
    await this.start(at);
    await this.end();
  }

  async drag(from: Point, to: Point): Promise<void> {
    await this.start(from);
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await this.move({ x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) });
    }
    await this.end();
  }

  /** Two fingers, so far left and right of a point, come to be so far from another one. */
  async pinch(from: Point, apart: number, to: Point, thenApart: number): Promise<void> {
    const fingers = (part: number): [Point, Point] => {
      const along = (a: number, b: number) => a + part * (b - a);
      const [x, y] = [along(from.x, to.x), along(from.y, to.y)];
      const space = along(apart, thenApart);
      return [
        { x: x - space, y },
        { x: x + space, y },
      ];
    };
    const [first] = fingers(0);
    await this.start(first);
    await this.start(...fingers(0));
    for (const part of [0.25, 0.5, 0.75, 1]) await this.move(...fingers(part));
    await this.end();
  }
}
