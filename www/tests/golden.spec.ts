/**
 * The page's look, as pictures that people have checked. `npx playwright test golden
 * --update-snapshots` makes them anew. They show only what stays the same, so no times and no
 * measured numbers. Small windows and few photographs keep the files small.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { expectOwnFont, useOwnFont } from "./own-font.ts";
import { Visitor } from "./support.ts";

/**
 * The major version of Chromium that made the pictures: another version may draw edges differently.
 */
const madeBy = join(import.meta.dirname, "golden.spec.ts-snapshots/chromium-version.txt");

let visitor: Visitor;

test.skip(
  ({ browserName, headless }) => browserName !== "chromium" || !headless || process.platform !== "linux",
  "The pictures are of Chromium on Linux without a window.",
);

test.beforeEach(async ({ page, browser }, { config }) => {
  const [major = ""] = browser.version().split(".");
  const isUpdate = config.updateSnapshots === "all" || config.updateSnapshots === "changed";
  if (isUpdate) writeFileSync(madeBy, `${major}\n`);
  const maker = readFileSync(madeBy, "utf8").trim();
  test.skip(major !== maker, `The pictures are of Chromium ${maker}, and this is ${major}.`);

  visitor = new Visitor(page);
  await useOwnFont(page);
  await visitor.open();
  await visitor.expectState("idle");
});

test.afterEach(async ({ page }, { status, expectedStatus }) => {
  if (status === expectedStatus && status !== "skipped") await expectOwnFont(page);
});

/** Hides the photographs but keeps their space, because they would make the files large. */
async function hidePhotographs(): Promise<void> {
  await visitor.page.locator(".demos img").evaluateAll((all: HTMLElement[]) => {
    for (const photograph of all) photograph.style.visibility = "hidden";
  });
}

const stage = () => visitor.page.locator("#stage");

test.describe("desktop", () => {
  test.use({ viewport: { width: 900, height: 320 } });

  test("welcome", async () => {
    await hidePhotographs();
    await expect(stage()).toHaveScreenshot("welcome.png");
  });

  for (const layout of ["divided", "beside"] as const) {
    test(`a picture and its enlargement, ${layout}`, async ({ page }) => {
      test.slow();
      await visitor.chooseDemo("Print");
      await visitor.run();
      if (layout === "beside") {
        await page.setViewportSize({ width: 900, height: 240 });
        await visitor.tool("beside").click();
      } else await visitor.divider.press("ArrowLeft");
      await expect(stage()).toHaveScreenshot(`${layout}.png`);
      // The comparison would notice if the smallest button were missing.
      await page.locator("[data-action=out]").evaluate((button) => (button.style.visibility = "hidden"));
      await expect(stage()).not.toHaveScreenshot(`${layout}.png`);
    });
  }

  test("a part", async () => {
    await visitor.open("#img=demo:fur&part=120,70,120,90");
    await visitor.expectState("done");
    await expect(stage()).toHaveScreenshot("part.png");
  });

  test("the network", async ({ page }) => {
    await visitor.unfold("network");
    await expect(page.locator(".network svg").first()).toHaveScreenshot("network.png");
    await expect(page.locator(".network svg").last()).toHaveScreenshot("channels.png");
  });

  test.describe("dark", () => {
    test.use({ colorScheme: "dark" });

    test("welcome", async () => {
      await hidePhotographs();
      await expect(stage()).toHaveScreenshot("welcome-dark.png");
    });
  });
});

test.describe("phone", () => {
  test.use({ viewport: { width: 390, height: 560 }, hasTouch: true, isMobile: true });

  test("welcome", async ({ page }) => {
    await hidePhotographs();
    await expect(page).toHaveScreenshot("welcome-phone.png");
  });

  test("a picture and its enlargement", async () => {
    test.slow();
    await visitor.chooseDemo("Print");
    await visitor.run();
    await expect(stage()).toHaveScreenshot("divided-phone.png");
  });
});
