/** Nothing that a visitor does holds the page up for more than 50 ms. */
import { writeFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import config from "../playwright.config.ts";
import { noise, Visitor } from "./support.ts";
import { expectNoLongTask, longTasks } from "./tracing.ts";

const { launchOptions = {} } = config.projects?.find(({ name }) => name === "cpu")?.use ?? {};
const fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

test.use({ launchOptions: { ...launchOptions, args: [...(launchOptions.args ?? []), ...fake] } });

test(
  "12 megapixels hold the page up for no more than 50 ms, opened and enlarged",
  { tag: "@alone" },
  async ({ page }) => {
    const visitor = new Visitor(page);
    await visitor.open();
    await visitor.expectState("idle");
    const open = async (width: number, height: number) => {
      // Chosen as a file, because buffers reach the page through its own thread.
      const path = test.info().outputPath("noise.bmp");
      await writeFile(path, noise(width, height));
      await visitor.chooseFile(path);
      await expect(visitor.part("status")).toHaveText(new RegExp(`^Ready: ${width} × ${height}`));
    };
    const run = async () => {
      await visitor.part("run").click();
      await visitor.expectState("done");
      expect(await visitor.part("result").evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBe(4000);
    };
    await expectNoLongTask(page, "a picture of 12 megapixels", () => open(4000, 3000));
    await open(2000, 1500);
    await expectNoLongTask(page, "a result of 12 megapixels", run);

    const holdUp = () =>
      page.evaluate(
        () =>
          new Promise((resolve) => {
            new PerformanceObserver(resolve).observe({ type: "longtask" });
            setTimeout(() => {
              const end = performance.now() + 300;
              while (performance.now() < end);
            });
          }),
      );
    const held = await longTasks(page, holdUp);
    expect(held.length, "what does hold it up is seen").toBe(1);
  },
);

test("a picture that is enlarged as it opens does not hold the page up", { tag: "@alone" }, async ({ page }) => {
  const visitor = new Visitor(page);
  await page.goto("/");
  await visitor.expectState("idle");
  // The first picture loads the code for all of them.
  await page.getByRole("button", { name: "Fur" }).click();
  await visitor.expectState("done");
  const demos = ["Sign", "Portrait", "Foliage"];
  await expectNoLongTask(page, "opening a demo picture", async () => {
    const name = demos.pop() ?? "";
    await page.getByRole("button", { name }).click();
    await expect(page.locator(".tag-after")).toHaveText("Enlarged ×2");
    await visitor.expectState("done");
  });
});

test(
  "sliders of an elastic model, which the result follows, do not hold the page up",
  { tag: "@alone" },
  async ({ page }) => {
    const visitor = new Visitor(page);
    await page.goto("/#model=splitsr-elastic-x2&hi=3");
    await visitor.expectState("idle");
    await page.getByRole("button", { name: "Fur" }).click();
    await visitor.expectState("done");
    await visitor.unfold("network");
    await expect(visitor.part("slice-score")).toContainText("PSNR");
    await expectNoLongTask(page, "moving the sliders", async () => {
      for (const step of [0, 1, 2, 3, 4, 5, 6, 7]) {
        await visitor.part("hybrid-index").fill(String(step));
        await visitor.part("split-ratio").fill(step % 2 ? "0.5" : "0.25");
        await page.waitForTimeout(100);
      }
      await visitor.expectState("done");
    });
  },
);

test("comparing and scoring do not hold the page up", { tag: "@alone" }, async ({ page }) => {
  test.slow();
  const visitor = new Visitor(page);
  await visitor.open("#model=splitsr-tiny-x2");
  await visitor.expectState("idle");
  await visitor.chooseDemo("Fur");
  await visitor.run();
  await visitor.unfold("compare");
  const rivals = ["bicubic", "lanczos3", "splitsr-x2"];
  await expectNoLongTask(page, "comparing, and the test of which is closer", async () => {
    const rival = rivals.shift() ?? "";
    await visitor.part("compare-model").selectOption(rival);
    await visitor.expectState("done");
    await visitor.part("diff").check();
    await expect(page.locator("#stage")).toHaveAttribute("data-shows", "difference");
    await visitor.expectState("done");
    await visitor.part("closer").click();
    await expect(visitor.part("closer-verdict")).not.toBeEmpty();
    await visitor.part("diff").uncheck();
    await visitor.expectState("done");
  });
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(240, 180) });
  await visitor.expectState("idle");
  await visitor.unfold("score");
  await expectNoLongTask(page, "scoring", async () => {
    await visitor.part("score-run").click();
    await expect(visitor.part("cancel")).toBeVisible();
    await expect(visitor.part("status")).toHaveText(/^Scored/);
  });
});

test("the viewfinder does not hold the page up", { tag: "@alone" }, async ({ page }) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
  await visitor.part("camera").click();
  await expect(visitor.part("viewfinder-save")).toBeEnabled();
  await expectNoLongTask(page, "three live seconds at ×2 and at ×4", async () => {
    for (const scale of [4, 2]) {
      await visitor.part(`viewfinder-x${scale}`).click();
      await page.waitForTimeout(1500);
    }
    await expect(visitor.part("viewfinder-numbers")).toHaveText(/^\d+ frames a second/);
  });
});
