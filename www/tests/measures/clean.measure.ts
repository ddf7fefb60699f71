/**
 * How soon the page shows another clean-up of a JPEG of 320x180: from the move of the slider to the
 * first frame in which the picture changes, and to the whole result. `npm run measure clean` prints
 * the medians.
 */
import { writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { median, Visitor } from "../support.ts";
import { watchResult } from "./seen.ts";

test("the slider of the clean-up", async ({ page }, info) => {
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectState("idle");
  const jpeg = await page.evaluate(async () => {
    const bitmap = await createImageBitmap(await (await fetch("demo/fur.png")).blob());
    const canvas = new OffscreenCanvas(320, 180);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, 320, 180);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.6 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  const file = info.outputPath("small.jpg");
  writeFileSync(file, new Uint8Array(jpeg));
  await visitor.chooseFile(file);
  await visitor.expectState("idle");
  await visitor.run();
  await page.evaluate(watchResult);
  const times = await page.evaluate(async () => {
    const part = (name: string) => document.querySelector(`[data-testid=${name}]`);
    const slider = part("clean") as HTMLInputElement;
    const report = part("report");
    const done = () => part("status")?.getAttribute("data-state") === "done";
    const times = { first: [] as number[], whole: [] as number[] };
    for (let strength = 10; strength <= 90; strength += 10) {
      // First the last drawing has to be on the screen.
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
      const before = report?.textContent;
      window.seen = [];
      const start = performance.now();
      slider.value = String(strength);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          if (report?.textContent === before || !done()) return;
          observer.disconnect();
          resolve();
        });
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      });
      times.whole.push(performance.now() - start);
      times.first.push((window.seen[0] ?? NaN) - start);
    }
    return times;
  });
  const text = (values: number[]) => `${median(values).toFixed(0)} ms (${values.map(Math.round).join(", ")})`;
  console.log(`From the move to the first change: ${text(times.first)}; to the result: ${text(times.whole)}.`);
  expect(times.first).toHaveLength(9);
});
