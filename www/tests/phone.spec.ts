/** The page on a phone: edges that are not all usable, little height, and long pictures. */
import { expect, test } from "@playwright/test";
import { noise, TINY, Visitor } from "./support.ts";
import { boxOf } from "./viewing.ts";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

test("what is pressed and read keeps clear of the notch and of the bar at the bottom", async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.unfold("tuning");
  for (const { width, height, insets } of [
    { width: 390, height: 844, insets: { top: 47, bottom: 34, left: 0, right: 0 } },
    { width: 844, height: 390, insets: { top: 0, bottom: 21, left: 47, right: 47 } },
  ]) {
    await page.setViewportSize({ width, height });
    await session.send("Emulation.setSafeAreaInsetsOverride", { insets });
    const safe = [visitor.part("run"), visitor.part("download"), visitor.tool("out"), page.locator(".tag-before")];
    const expectSafe = async () => {
      for (const element of safe) {
        const box = await boxOf(element);
        expect(box.x).toBeGreaterThanOrEqual(insets.left);
        expect(box.y).toBeGreaterThanOrEqual(insets.top);
        expect(width - box.x - box.width).toBeGreaterThanOrEqual(insets.right);
        expect(height - box.y - box.height).toBeGreaterThanOrEqual(insets.bottom);
      }
    };
    await expectSafe();
    await visitor.part("finetune-open").click();
    safe.splice(0, Infinity, visitor.part("finetune-close"), visitor.part("finetune-start"));
    await expectSafe();
    await visitor.part("finetune-close").click();
  }
});

test("without a picture, the button that opens one is in sight, and Enlarge after that", async ({ page }) => {
  await expect(visitor.part("open")).toBeInViewport({ ratio: 1 });
  await expect(visitor.part("run")).toBeHidden();
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), visitor.part("open").tap()]);
  await chooser.setFiles({ name: "small.bmp", mimeType: "image/bmp", buffer: noise(60, 48) });
  await expect(visitor.part("run")).toBeInViewport({ ratio: 1 });
  await expect(visitor.part("open")).toHaveCount(0);
  // A photo, and what the camera sees live, have names of their own.
  await expect(page.getByText("Take a photo")).toBeVisible();
  await expect(visitor.part("camera")).toHaveText("Live zoom");
});

test("the examples beside a picture take one row, which scrolls", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  const demos = page.locator("#panel .demos button");
  const tops = await demos.evaluateAll((all) => all.map((demo) => demo.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
  await demos.last().tap();
  await expect(demos.last()).toHaveAttribute("aria-pressed", "true");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

for (const [width, height] of [
  [390, 844],
  [844, 390],
] as const) {
  test(`a long picture is opened and enlarged at ${width} × ${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await visitor.chooseFile({ name: "long.bmp", mimeType: "image/bmp", buffer: noise(300, 2400) });
    await expect(visitor.part("run")).toBeEnabled();
    await visitor.part("run").tap();
    await visitor.expectState("done");
    expect(await visitor.resultSize()).toEqual([600, 4800]);
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "comparison");
    await expect(visitor.divider).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    // At first the detail is seen; all of it on request.
    await visitor.tool("fit").tap();
    const [view, result] = [await boxOf(page.locator(".viewport")), await boxOf(visitor.part("result"))];
    expect(result.y).toBeGreaterThanOrEqual(view.y);
    expect(result.height).toBeLessThan(view.height);
  });
}
