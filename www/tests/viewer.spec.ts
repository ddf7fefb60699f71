/** The viewer: its gestures in both layouts, and the flip between both pictures. */
import { expect, test, type Page } from "@playwright/test";
import { TINY, Visitor } from "./support.ts";
import { boxOf, FUR, layer, magnification, Touch, type Point } from "./viewing.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

/** The point of a picture that is at a point of the page, in pixels of the original. */
async function under(page: Page, name: "before" | "after", at: Point): Promise<Point> {
  const { x, y, width, height } = await boxOf(layer(page, name));
  return { x: ((at.x - x) / width) * FUR.width, y: ((at.y - y) / height) * FUR.height };
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
  if (layout === "beside") await visitor.tool("beside").click();
}

test("a mouse moves the dividing line by the line, and the pictures a little beside it", async ({ page }) => {
  await compareFur(page, "divided");
  const { x, y, width, height } = await boxOf(page.locator(".viewport"));
  const split = () => visitor.divider.getAttribute("aria-valuenow");
  const drag = async (from: number) => {
    const at = { x: x + width / 2 + from, y: y + height * 0.2 };
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 50, at.y + 30, { steps: 3 });
    await page.mouse.up();
  };
  const before = await boxOf(layer(page, "before"));
  await drag(10);
  expect(await split()).toBe("50");
  const moved = await boxOf(layer(page, "before"));
  expect(moved.x - before.x).toBeCloseTo(50, 1);
  expect(moved.y - before.y).toBeCloseTo(30, 1);
  await drag(4);
  expect(Number(await split())).toBeGreaterThan(50);
  expect(await boxOf(layer(page, "before"))).toEqual(moved);
});

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
      const divider = visitor.divider;
      const focused = [page.locator(".viewport"), visitor.tool("fit"), divider];
      for (const element of focused) {
        await element.press("1");
        // A pixel of the result at ×2 is half a pixel of the original.
        await expect(page.locator(".percent")).toHaveText("200 %");
        await element.press("+");
        await expect(page.locator(".percent")).toHaveText("250 %");
        const { y } = await boxOf(layer(page, "before"));
        await element.press("ArrowDown");
        expect((await boxOf(layer(page, "before"))).y).toBeCloseTo(y - 60, 0);
        await expectTogether(page);
        await element.press("0");
        await expect(page.locator(".percent")).not.toHaveText("250 %");
      }
    });

    test("close up, both pictures are smooth, and both are raw pixels on request", async ({ page }) => {
      const rendering = () =>
        page
          .locator(".layer.before canvas, .layer.after canvas")
          .evaluateAll((canvases) => canvases.map((canvas) => getComputedStyle(canvas).imageRendering));
      const [[at] = [{ x: 0, y: 0 }]] = await places(page, layout);
      await page.mouse.move(at.x, at.y);
      for (let turns = 0; turns < 8; turns++) await page.mouse.wheel(0, -500);
      await expect.poll(() => magnification(page)).toBeGreaterThan(8);
      expect(await rendering()).toEqual(["auto", "auto"]);
      await visitor.tool("pixels").click();
      expect(await rendering()).toEqual(["pixelated", "pixelated"]);
    });

    test("one pixel can fill the viewer, and no more than that", async ({ page }) => {
      await visitor.tool("pixels").click();
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

test("the name of the original says so where the browser smooths it, and not where its pixels are squares", async ({
  page,
}) => {
  await visitor.chooseDemo("Fur");
  await visitor.run();
  const name = page.locator(".tag-before");
  await expect(page.locator(".percent")).not.toHaveText(/^\d\d %/);
  await expect(name).toHaveText("Original, smoothed by the browser");
  await visitor.tool("pixels").click();
  await expect(name).toHaveText("Original");
  await visitor.tool("pixels").click();
  await expect(name).toHaveText("Original, smoothed by the browser");
  // At its own size, or smaller, it is shown as it is.
  for (let step = 0; step < 8; step++) await visitor.tool("out").click();
  await expect(page.locator(".percent")).toHaveText(/^\d\d %/);
  await expect(name).toHaveText("Original");
});

test("both pictures flip at the same place, by key and by button", async ({ page }) => {
  const flip = visitor.tool("flip");
  await visitor.chooseDemo("Fur");
  await expect(flip).toBeDisabled();
  await visitor.run();
  const place = await boxOf(layer(page, "before"));
  const divider = visitor.divider;
  const [before, after] = [page.locator(".tag-before"), page.locator(".tag-after")];
  await expect(before).toBeVisible();
  await page.locator(".viewport").press("x");
  await expect(divider).toHaveAttribute("aria-valuenow", "0");
  await expect(before).toBeHidden();
  await expect(after).toBeVisible();
  const clip = { x: place.x + 50, y: place.y + 50, width: 200, height: 200 };
  const enlarged = await page.screenshot({ clip });
  // The focus stays on the button, and the key keeps working.
  await flip.click();
  await expect(divider).toHaveAttribute("aria-valuenow", "100");
  await expect(before).toBeVisible();
  await expect(after).toBeHidden();
  expect((await page.screenshot({ clip })).equals(enlarged)).toBe(false);
  await flip.press("x");
  expect((await page.screenshot({ clip })).equals(enlarged)).toBe(true);
  // With Caps Lock, and on a Hangul layout.
  for (const [key, shown] of [
    ["X", "100"],
    ["ㅌ", "0"],
  ] as const) {
    await flip.dispatchEvent("keydown", { key, code: "KeyX", bubbles: true });
    await expect(divider).toHaveAttribute("aria-valuenow", shown);
  }
  expect(await boxOf(layer(page, "before"))).toEqual(place);

  // Side by side, the pictures change places, and the line is nothing to move.
  await visitor.tool("beside").click();
  await expect(divider).toHaveJSProperty("inert", true);
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

test("one picture alone is shown until the line moves or another result comes, and no link keeps it", async ({
  page,
}) => {
  const { divider } = visitor;
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await page.locator(".viewport").press("x");
  await expect(divider).toHaveAttribute("aria-valuenow", "0");
  await visitor.format.selectOption("JPEG");
  await expect(page).toHaveURL(/&as=jpg$/);
  await visitor.part("zoom").fill("1.5");
  await visitor.run();
  await expect(divider).toHaveAttribute("aria-valuenow", "50");
  await page.locator(".viewport").press("x");
  await divider.press("ArrowRight");
  await expect(divider).toHaveAttribute("aria-valuenow", "2");
  await expect(page).toHaveURL(/&view=.*,0\.02$/);
});

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
      if (layout === "beside") await visitor.tool("beside").tap();
      await page.locator(".viewport").press("0");
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
      const divider = visitor.divider;
      await expect(divider).toHaveAttribute("aria-valuenow", "50");
      expect(await page.evaluate(() => scrollY)).toBe(0);
    });
  }
});
