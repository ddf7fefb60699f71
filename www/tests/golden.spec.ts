/**
 * How the page looks, as pictures that were looked at. `npx playwright test golden --update-snapshots` makes them anew.
 * They are of what stays the same: no times, no measured numbers; small windows and few photographs keep them small.
 */
import { expect, test } from "@playwright/test";
import { Visitor } from "./support.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
});

/** Leaves the photographs out, whose bytes are many: their places stay. */
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
        await page.getByRole("button", { name: "Beside" }).click();
      } else await page.getByRole("slider", { name: "Comparison" }).press("ArrowLeft");
      await expect(stage()).toHaveScreenshot(`${layout}.png`);
    });
  }

  test("a part", async () => {
    await visitor.open("#img=demo:fur&part=120,70,120,90");
    await visitor.expectState("done");
    await expect(stage()).toHaveScreenshot("part.png");
  });

  test("the network", async ({ page }) => {
    await page.locator(".network summary").click();
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
