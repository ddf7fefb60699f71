/** The part in view comes first: as a picture opens, as a slider moves, where the whole is slow. */
import { expect, test, type Page } from "@playwright/test";
import { coordinatorOf, holdAfterFirstPart, noise, Visitor } from "./support.ts";
import { boxOf, layer } from "./viewing.ts";

declare global {
  interface Window {
    /** All drawings of the result, in the order of time. */
    drawn: { width: number; height: number; isWhole: boolean }[];
  }
}

/** For `page.addInitScript`: fills `window.drawn`. */
function noteDrawings(): void {
  window.drawn = [];
  const put = Reflect.get(CanvasRenderingContext2D.prototype, "putImageData") as (...how: unknown[]) => void;
  CanvasRenderingContext2D.prototype.putImageData = function (...how: unknown[]) {
    put.apply(this, how);
    const { width, height } = how[0] as ImageData;
    if (this.canvas.dataset["testid"] !== "result") return;
    const isWhole = document.querySelector("#stage")?.getAttribute("data-shows") === "comparison";
    window.drawn.push({ width, height, isWhole });
  };
}

/** From now on, the engine says that a run took, or that one will take, so many milliseconds. */
async function tellTimes(page: Page, told: { run?: number; estimate?: number }): Promise<void> {
  await visitor.stir();
  await expect.poll(() => page.workers().some((worker) => worker.url().includes("coordinator"))).toBe(true);
  await coordinatorOf(page).evaluate((told) => {
    const post = self.postMessage.bind(self) as (...message: unknown[]) => void;
    const postTold = (...message: unknown[]) => {
      const { result } = message[0] as { result?: { report?: { milliseconds: number }; milliseconds?: number } };
      if (result?.report && told.run !== undefined) result.report.milliseconds = told.run;
      if (result?.milliseconds !== undefined && told.estimate !== undefined) result.milliseconds = told.estimate;
      post(...message);
    };
    Object.assign(self, { postMessage: postTold });
  }, told);
}

const forget = (page: Page) => page.evaluate(() => void (window.drawn = []));
const drawn = (page: Page) => page.evaluate(() => window.drawn);

const small = { name: "small.bmp", mimeType: "image/bmp", buffer: noise(320, 180) };
const medium = { name: "medium.bmp", mimeType: "image/bmp", buffer: noise(640, 360) };
/** At ×4 the whole takes long on any machine, and the part in view, a fiftieth of it, does not. */
const large = { name: "large.bmp", mimeType: "image/bmp", buffer: noise(2000, 1200) };

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await page.addInitScript(noteDrawings);
});

test.describe("at once", () => {
  test.beforeEach(async ({ page }) => {
    // With two cores, a picture that is large here is large on machines with many cores too.
    await page.addInitScript(() => Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 }));
    await page.goto("/");
    await visitor.expectState("idle");
  });

  test("a preview of a picture is seen first, and the result is as it is without one", async ({ page }) => {
    await visitor.chooseFile(small);
    await visitor.expectState("done");
    const [first] = await drawn(page);
    expect(first?.width).toBeLessThanOrEqual(2 * 96);
    expect(await visitor.resultSize()).toEqual([640, 360]);
    const hash = await visitor.outputHash();
    await visitor.unfold("device");
    await visitor.part("auto-enlarge").uncheck();
    await visitor.chooseFile(small);
    await visitor.expectState("idle");
    await visitor.run();
    expect(await visitor.outputHash()).toBe(hash);
  });

  test("of a large picture the part in view is enlarged, and follows the view; a click enlarges all", async ({
    page,
  }) => {
    const status = visitor.part("status");
    const done = /^The part in view is enlarged\. The whole picture takes about \d+ (s|min): press Enlarge\.$/;
    await visitor.part("zoom").fill("4");
    await visitor.chooseFile(large);
    await expect(status).toHaveText(done);
    await visitor.expectState("idle");
    // It covers the view, at its full size.
    await expect(page.locator(".percent")).toHaveText("400 %");
    const coversView = async () => {
      const [view, part] = [await boxOf(page.locator(".viewport")), await boxOf(layer(page, "after"))];
      return part.x <= view.x && part.x + part.width >= view.x + view.width - 1;
    };
    expect(await coversView()).toBe(true);
    const [width] = await visitor.resultSize();
    expect(width).toBeLessThan(3000);
    // Only whole results can be saved.
    await expect(visitor.part("download")).toBeDisabled();
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "comparison");

    await page.locator(".viewport").focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowLeft");
    expect(await coversView()).toBe(false);
    await expect.poll(coversView).toBe(true);
    await expect(status).toHaveText(done);
    // At a low magnification, all of it is in view.
    await page.keyboard.press("0");
    await expect(status).toHaveText(/^Zoom in to enlarge what you see\. The whole picture takes/);

    await forget(page);
    await visitor.part("run").click();
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "preview");
    expect(await visitor.resultSize()).toEqual([8000, 4800]);
    // The part that was seen stays.
    expect((await drawn(page))[0]?.width).toBe(width);
    await visitor.part("cancel").click();
    await expect(status).toHaveText("Cancelled.");
  });

  test.describe("on a phone", () => {
    test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

    test("what comes into view when the panel is pushed down is enlarged too", async ({ page }) => {
      await visitor.part("zoom").fill("4");
      await visitor.chooseFile(large);
      const covers = async () => {
        const [view, part] = [await boxOf(page.locator(".viewport")), await boxOf(layer(page, "after"))];
        return part.y <= view.y && part.y + part.height >= view.y + view.height - 1;
      };
      await expect(visitor.part("status")).toHaveText(/^The part in view is enlarged\./);
      expect(await covers()).toBe(true);
      const { height } = await boxOf(layer(page, "after"));
      await page.locator("#handle").tap();
      await expect.poll(async () => (await boxOf(layer(page, "after"))).height).toBeGreaterThan(height + 200);
      await expect.poll(covers).toBe(true);
    });
  });

  test("a click does not wait for the part in view, and another setting enlarges it again", async () => {
    const enlarging = visitor.actWhen({ selector: "[data-testid=status]", text: /^Enlarging the part in view/ }, "run");
    await visitor.part("zoom").fill("4");
    await visitor.chooseFile(large);
    await enlarging;
    await expect(visitor.part("status")).toHaveText(/^Enlarging to 8000 × 4800 pixels/);
    await visitor.part("cancel").click();
    await visitor.part("zoom").fill("3");
    await expect(visitor.part("status")).toHaveText(/^The part in view is enlarged\./);
    await expect(visitor.page.locator(".tag-after")).toHaveText("Part enlarged ×3");
  });

  test.describe("over a result that stays", () => {
    const done = /^The part in view is enlarged\. The whole picture takes about \d+ (s|min): press Enlarge\.$/;
    const next = (page: Page) => page.locator(".layer.next canvas");
    const nextWidth = (page: Page) => next(page).evaluate(({ width }: HTMLCanvasElement) => width);
    const tag = (page: Page) => page.locator(".tag-after");
    const coversView = async (page: Page) => {
      const [view, part] = [await boxOf(page.locator(".viewport")), await boxOf(next(page))];
      return part.x <= view.x && part.x + part.width >= view.x + view.width - 1;
    };

    for (const model of ["the same model", "another model"]) {
      test(`the part in view shows a setting that takes long, of ${model}, and goes away with it`, async ({ page }) => {
        await visitor.part("model").selectOption("splitsr-tiny-x2");
        await visitor.chooseFile(medium);
        await visitor.expectState("done");
        const hash = await visitor.outputHash();
        const pixel = await visitor.resultPixel(100, 100);
        await page.locator(".viewport").focus();
        for (let step = 0; step < 10; step++) await page.keyboard.press("+");
        const change = async () => {
          await visitor.part("zoom").fill("16");
          await expect(tag(page)).toHaveText("Part enlarged ×16");
          if (model === "another model") await visitor.part("model").selectOption("splitsr-x2-hi7");
          await expect(visitor.part("status")).toHaveText(done);
          await expect(tag(page)).toHaveText("Part enlarged ×16");
        };
        await change();
        expect(await coversView(page)).toBe(true);
        // The result is below, and can be saved.
        expect(await visitor.resultSize()).toEqual([1280, 720]);
        expect(await visitor.resultPixel(100, 100)).toEqual(pixel);
        expect(await visitor.outputHash()).toBe(hash);
        await expect(visitor.part("download")).toBeEnabled();
        await expect(visitor.part("run")).toHaveClass("primary");

        await page.locator(".viewport").focus();
        for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowLeft");
        expect(await coversView(page)).toBe(false);
        await expect.poll(() => coversView(page)).toBe(true);

        await visitor.part("model").selectOption("splitsr-tiny-x2");
        await visitor.part("zoom").fill("2");
        await expect(tag(page)).toHaveText("Enlarged ×2");
        expect(await nextWidth(page)).toBe(0);
        await expect(visitor.part("status")).toHaveText(/^Ready/);
        expect(await visitor.outputHash()).toBe(hash);

        // A comparison is with the result.
        await change();
        await visitor.unfold("compare");
        await visitor.part("compare-model").selectOption("bicubic");
        await visitor.expectState("done");
        await expect(tag(page)).toHaveText("Enlarged ×2");
        expect(await nextWidth(page)).toBe(0);
      });
    }

    test("a quick setting does not replace a result that took long either", async ({ page }) => {
      const part = /^The part in view is enlarged\. The whole picture takes about [\d.]+ s: press Enlarge\.$/;
      await tellTimes(page, { run: 12_000 });
      await visitor.chooseFile(small);
      await expect(visitor.part("status")).toHaveText(/^Done in 1\d\.\d s/);
      const hash = await visitor.outputHash();

      await visitor.part("zoom").fill("4");
      await expect(visitor.part("status")).toHaveText(part);
      await expect(tag(page)).toHaveText("Part enlarged ×4");
      expect(await nextWidth(page)).toBe(4 * 320);
      // The engine that can save it is still there.
      expect(await visitor.resultSize()).toEqual([640, 360]);
      expect((await visitor.save()).name).toBe("small-2x.png");
      await visitor.part("zoom").fill("2");
      await expect(tag(page)).toHaveText("Enlarged ×2");
      expect(await nextWidth(page)).toBe(0);
      expect(await visitor.outputHash()).toBe(hash);

      // The click starts from the part that was seen.
      await visitor.part("zoom").fill("4");
      await expect(tag(page)).toHaveText("Part enlarged ×4");
      await forget(page);
      await visitor.run();
      expect((await drawn(page))[0]).toMatchObject({ width: 4 * 320, isWhole: false });
      expect(await nextWidth(page)).toBe(0);
      await expect(tag(page)).toHaveText("Enlarged ×4");
      expect(await visitor.resultSize()).toEqual([1280, 720]);
    });
  });
});

test.describe("a slider", () => {
  test.beforeEach(async ({ page }) => {
    await visitor.open("#model=splitsr-x2&zoom=2");
    await visitor.expectState("idle");
    await visitor.chooseFile(medium);
    await visitor.expectState("idle");
    // On a slow machine the result would not follow.
    await tellTimes(page, { run: 1000 });
    await visitor.run();
  });

  test("changes the middle of the view first, over the last result", async ({ page }) => {
    const before = await visitor.outputHash();
    await forget(page);
    await visitor.part("clean").fill("50");
    await expect(visitor.part("report").filter({ hasText: before })).toHaveCount(0);
    await visitor.expectState("done");
    const [first, ...rest] = await drawn(page);
    expect(first).toMatchObject({ isWhole: true });
    expect(first?.width).toBeLessThan(1280 / 2);
    // The tiles, and then all of it.
    expect(rest.length).toBeGreaterThan(4);
    const hash = await visitor.outputHash();
    await visitor.run();
    expect(await visitor.outputHash()).toBe(hash);
  });

  test("is followed by what it enlarges quickly, though the estimate was far too long", async ({ page }) => {
    await tellTimes(page, { estimate: 12_000 });
    await visitor.part("zoom").fill("1.5");
    await expect(visitor.part("status")).toHaveText(/^Ready/);
    await expect(visitor.part("estimate")).toHaveText(/about 1\d s/);
    await visitor.run();
    const before = await visitor.outputHash();
    await visitor.part("clean").fill("50");
    await expect(visitor.part("report").filter({ hasText: before })).toHaveCount(0);
    await visitor.expectState("done");
  });

  test("leaves no part of a cancelled result", async ({ page }) => {
    const pixels = () =>
      visitor.part("result").evaluate((canvas: HTMLCanvasElement) => {
        const { width, height } = canvas;
        const data = Array.from(canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? []);
        return data.reduce((sum, value, index) => (sum * 31 + value * (index % 251)) % 1_000_003, 0);
      });
    const before = await pixels();
    const release = await holdAfterFirstPart(page);
    await forget(page);
    await visitor.part("clean").fill("100");
    // The preview and the first tile.
    await page.waitForFunction(() => window.drawn.length >= 2);
    expect(await pixels()).not.toBe(before);
    await visitor.part("cancel").click();
    await expect(visitor.part("status")).toHaveText("Cancelled.");
    expect(await pixels()).toBe(before);
    await release();
  });
});
