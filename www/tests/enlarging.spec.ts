/** An enlargement on its way: its zoom, what it would take, its parts, and its end by Cancel. */
import { expect, test } from "@playwright/test";
import { holdAfterFirstPart, noise, TINY, Visitor } from "./support.ts";

let visitor: Visitor;

test.beforeEach(async ({ page }) => {
  visitor = new Visitor(page);
  await visitor.open(TINY);
  await visitor.expectState("idle");
});

test("the cost of a run is shown before it starts", async () => {
  await visitor.chooseDemo("Fur");
  const estimate = visitor.part("estimate");
  await expect(estimate).toHaveText(/Result: 744 × 560 pixels; about [\d.]+ s, [\d.]+\sMB of memory/);
  await visitor.part("zoom").fill("4");
  await expect(estimate).toHaveText(/Result: 1488 × 1120 pixels; about /);
});

test("the result appears part by part, over the original", async ({ page }) => {
  await visitor.chooseDemo("Sign");
  await visitor.part("zoom").fill("4");
  const release = await holdAfterFirstPart(page);
  await visitor.part("run").click();
  const stage = page.locator("#stage");
  await expect(stage).toHaveAttribute("data-shows", "preview");
  const opaque = () =>
    visitor.part("result").evaluate((canvas: HTMLCanvasElement) => {
      const small = new OffscreenCanvas(64, 48).getContext("2d");
      small?.drawImage(canvas, 0, 0, 64, 48);
      const data = small?.getImageData(0, 0, 64, 48).data ?? [];
      let count = 0;
      for (let at = 3; at < data.length; at += 4) count += data[at] === 255 ? 1 : 0;
      return count / (64 * 48);
    });
  await expect.poll(opaque).toBeGreaterThan(0);
  expect(await opaque()).toBeLessThan(1);
  const name = page.locator(".tag-after");
  await expect(name).toHaveText("Enlarging ×4…");
  await release();
  await visitor.expectState("done");
  await expect(stage).toHaveAttribute("data-shows", "comparison");
  await expect(name).toHaveText("Enlarged ×4");
  expect(await opaque()).toBe(1);
});

/** For `page.evaluate`: cancels a run when its first part is drawn. Returns the ms that takes. */
function cancelAtFirstPart(): Promise<number> {
  const find = (testId: string) => document.querySelector<HTMLElement>(`[data-testid=${testId}]`);
  return new Promise((resolve) => {
    const { prototype } = CanvasRenderingContext2D;
    const draw = Object.getOwnPropertyDescriptor(prototype, "putImageData");
    const status = find("status");
    if (!draw || !status) throw new Error("there is no page");
    const cancel = () => {
      const start = performance.now();
      new MutationObserver((_, observer) => {
        if (status.dataset["state"] !== "idle") return;
        observer.disconnect();
        resolve(performance.now() - start);
      }).observe(status, { attributeFilter: ["data-state"] });
      find("cancel")?.click();
    };
    prototype.putImageData = function (...image: unknown[]) {
      Object.defineProperty(prototype, "putImageData", draw);
      (draw.value as (...image: unknown[]) => void).apply(this, image);
      cancel();
    };
  });
}

test(
  "cancel answers within 100 ms in the middle of a picture, and the next run works",
  { tag: "@alone" },
  async ({ page }) => {
    await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(1600, 1200) });
    await visitor.expectState("idle");
    // A slow page is slow each time; a busy machine isn't.
    const times: number[] = [];
    while (times.length < 3 && !times.some((time) => time < 100)) {
      const cancelled = page.evaluate(cancelAtFirstPart);
      await visitor.part("run").click();
      times.push(await cancelled);
    }
    expect(Math.min(...times), times.join(", ")).toBeLessThan(100);
    await visitor.chooseDemo("Fur");
    await visitor.run();
    expect(await visitor.resultSize()).toEqual([744, 560]);
  },
);

test("a result that cannot fit is refused with a zoom that does", async () => {
  await visitor.chooseFile({ name: "noise.bmp", mimeType: "image/bmp", buffer: noise(1600, 1200) });
  await visitor.expectState("idle");
  await visitor.part("zoom").fill("16");
  await visitor.part("run").click();
  await visitor.expectState("error");
  await expect(visitor.part("status")).toContainText("25600 × 19200 pixels (492 megapixels)");
  await expect(visitor.part("status")).toContainText("Choose a zoom of 11.5 or less");
});

test("the page is never held up while it enlarges", { tag: "@alone" }, async () => {
  await visitor.watchTasks();
  await visitor.chooseDemo("Sign");
  // Code that blocks the page does so in every run; a busy machine does not.
  const runs: number[] = [];
  while (runs.length < 3 && !runs.includes(0)) {
    await visitor.forgetTasks();
    await visitor.part("zoom").fill(String(4 - runs.length / 10));
    await visitor.run();
    expect((await visitor.resultSize())[0]).toBe(1920 - 48 * runs.length);
    runs.push(await visitor.longestTask());
  }
  // The observer only reports tasks over 50 ms.
  expect(Math.min(...runs), `longest tasks, ms: ${runs.join(", ")}`).toBe(0);
});

test("a number that is being typed is left as it is", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  await visitor.part("zoom").click();
  for (const key of "2.05") {
    await page.keyboard.type(key);
    // Each key is drawn before the next one.
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await expect(visitor.part("estimate")).toContainText("763 × 574 pixels");
  await expect(visitor.part("zoom")).toHaveValue("2.05");
  await page.getByRole("button", { name: "×3" }).click();
  await expect(visitor.part("zoom")).toHaveValue("3");
});

test("the arrow keys move the zoom slider by a twentieth, from one end to the other", async ({ page }) => {
  await visitor.chooseDemo("Fur");
  const slider = page.getByRole("slider", { name: "Enlarge by" });
  for (const [key, zoom] of [
    ["Home", "1"],
    ["ArrowLeft", "1"],
    ["ArrowRight", "1.05"],
    ["ArrowUp", "1.1"],
    ["ArrowDown", "1.05"],
    ["End", "16"],
    ["ArrowRight", "16"],
    ["ArrowLeft", "15.95"],
  ] as const) {
    await slider.press(key);
    await expect(visitor.part("zoom")).toHaveValue(zoom);
  }
});
